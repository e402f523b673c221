"""A slice of a DiscordChatExporter file -> columns of messages."""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar

import msgspec
import numpy as np
import pyarrow as pa

from clone_pipeline.chats.columns import (
    Columns,
    Times,
    Where,
    Who,
    coded,
    strings,
    times_of,
)
from clone_pipeline.chats.parsers.discord_fields import (
    Attachment,
    Embed,
    Forwarded,
    Reference,
    Sticker,
    Written,
)
from clone_pipeline.chats.parsers.json_faulty import whole_objects
from clone_pipeline.chats.parsers.json_objects import text as as_text
from clone_pipeline.chats.parsers.media import kind_of_file
from clone_pipeline.records import Kind

NAME = "discord"

Value = TypeVar("Value")

_PLAIN = frozenset({"Default", "Reply", "0", "19", 0, 19})
_COMMANDS = frozenset({"20", "23", 20, 23})
_CALLS = frozenset({"Call", "3", 3})
_FORWARDS = frozenset({"Forward", "1", 1})
_TIME = pa.timestamp("us", "UTC")
_FIRST = np.datetime64(datetime.min, "us")
_LAST = np.datetime64(datetime.max, "us")
_FAULTS = (msgspec.DecodeError, ValueError, OverflowError, RecursionError)
_LIST = msgspec.json.Decoder(list[Written])
_ONE = msgspec.json.Decoder(Written)
_ATTACHMENTS = msgspec.json.Decoder(list[Attachment] | None)
_STICKERS = msgspec.json.Decoder(list[Sticker] | None)
_EMBEDS = msgspec.json.Decoder(list[Embed] | None)
_FORWARDED = msgspec.json.Decoder(Forwarded | None)


class Slice(NamedTuple):
    """A JSON array that should hold whole messages, their channel, and its place in the file."""

    piece: bytes
    where: Where
    place: int = 0


class Decoded(NamedTuple):
    """The messages of a slice or of several, and why others can't be read.

    Attributes:
        faulty: the place of a slice that is no JSON array: nothing of it, or behind it, is given.
    """

    columns: Columns
    lost: list[str]
    faulty: int | None = None


def decoded(given: Slice) -> Decoded:
    """The messages of the slice; one that can't be read takes no other with it."""
    try:
        return Decoded(_columns(_LIST.decode(given.piece), given.where), [])
    except _FAULTS:
        piece = given.piece[1:-1]
        spans, end, _ = whole_objects(piece)
        if end < len(piece):
            return Decoded(_columns([], given.where), [], faulty=given.place)
        lost: list[str] = []
        whole = list(_whole([piece[start:stop] for start, stop in spans], lost))
        return Decoded(_columns(whole, given.where), lost)


def unread(span: bytes, why: str) -> str:
    """What is said of a message that can't be read."""
    known = re.search(rb'"id"\s*+:\s*+"?(\d{1,20})', span)
    which = f" {known.group(1).decode()}" if known else ""
    return f"message{which} that can't be read ({why})"


def _whole(spans: Sequence[bytes], lost: list[str]) -> Iterator[Written]:
    """The messages of a slice that did not decode: half a surrogate pair is mended, else lost."""
    for span in spans:
        try:
            mended = json.dumps(json.loads(span.decode("utf-8", "replace")), ensure_ascii=False)
            one = _ONE.decode(mended.encode("utf-8", "replace"))
            _columns([one], Where("", ""))
            yield one
        except _FAULTS as error:
            lost.append(unread(span, str(error)))


def _columns(written: list[Written], where: Where) -> Columns:
    authors = [each.author for each in written]
    # A webhook writes under many names.
    known, who_codes = coded([(each.id, each.name, each.nickname) for each in authors])
    bots = np.array([each.is_bot for each in authors], dtype=bool)
    kinds: list[str] = ["text"] * len(written)
    texts = [each.content or "" for each in written]
    unusual = {place for place, each in enumerate(written) if each.type not in _PLAIN}
    unusual.update(place for place, text in enumerate(texts) if not text or text.isspace())
    unusual.update(np.flatnonzero(bots).tolist())
    for place in unusual:
        kinds[place], texts[place] = _unusual(written[place], texts[place], is_bot=bots[place])
    own_ids = [str(each.id) for each in written]
    answered = [_answered(each.reference) if each.reference else "" for each in written]
    return Columns(
        platform=NAME,
        message_id=strings(f"{NAME}:{own}" for own in own_ids),
        times=_times([each.timestamp for each in written]),
        edited=_times([each.timestamp_edited for each in written]),
        who=[Who(str(own), nick or name or str(own), name or "") for own, name, nick in known],
        who_codes=who_codes,
        where=[where],
        where_codes=np.zeros(len(written), dtype=np.int32),
        kind=strings(kinds),
        text=strings(texts),
        reply_to=strings(f"{NAME}:{own}" if own else None for own in answered),
        conversation=None,
        numbered="".join((*own_ids, *answered)).isdecimal(),
    )


def _answered(reference: Reference) -> str:
    if reference.message_id is None or reference.type in _FORWARDS:
        return ""
    return str(reference.message_id)


def _times(written: list[str | None]) -> Times:
    try:
        times: Times = pa.array(written, pa.string()).cast(_TIME).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        return times_of([_time(each) for each in written])
    return np.clip(times, _FIRST, _LAST)


def _time(written: str | None) -> datetime | None:
    """A time with more digits than microseconds, or without a zone; in the years 1 to 9999."""
    if written is None:
        return None
    time = datetime.fromisoformat(written)
    try:
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except OverflowError:
        nearest = datetime.min if time.year == 1 else datetime.max
        return nearest.replace(tzinfo=UTC)


def _unusual(written: Written, text: str, *, is_bot: bool) -> tuple[Kind, str]:
    """The kind of a message that is no plain text, and whatever text there is."""
    if written.type in _CALLS:
        return "call", text
    if written.type not in _PLAIN and written.type not in _COMMANDS:
        return "system", text
    if is_bot or written.type in _COMMANDS:
        return "bot", text or _shown(written.embeds)
    return ("text", text) if text.strip() else _wordless(written)


def _wordless(written: Written) -> tuple[Kind, str]:
    forwarded = _read(_FORWARDED, written.forwarded_message)
    if forwarded or (written.reference and written.reference.type in _FORWARDS):
        return "forward", as_text(forwarded.content) if forwarded else ""
    if stickers := _read(_STICKERS, written.stickers):
        return "sticker", as_text(stickers[0].name)
    if attachments := _read(_ATTACHMENTS, written.attachments):
        return kind_of_file(as_text(attachments[0].file_name)), ""
    shown = _shown(written.embeds)
    return ("link", shown) if shown else ("text", "")


def _shown(embeds: msgspec.Raw) -> str:
    listed = _read(_EMBEDS, embeds) or []
    parts = (as_text(part) for each in listed for part in (each.title, each.description))
    return "\n".join(filter(None, parts))


def _read(decoder: msgspec.json.Decoder[Value], raw: msgspec.Raw) -> Value | None:
    """What adorns a message; a fault in it costs the caption, not the message."""
    try:
        return decoder.decode(raw)
    except _FAULTS:
        return None
