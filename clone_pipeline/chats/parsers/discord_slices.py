"""A slice of a DiscordChatExporter file -> columns of messages."""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec
import numpy as np
import pyarrow as pa

from clone_pipeline.chats.columns import Columns, Times, Where, Who, coded, times_of
from clone_pipeline.chats.parsers.discord_fields import (
    Attachment,
    Embed,
    Forwarded,
    Reference,
    Sticker,
    Written,
)
from clone_pipeline.chats.parsers.json_array import objects
from clone_pipeline.chats.parsers.media import kind_of_file
from clone_pipeline.records import Kind

NAME = "discord"

_PLAIN = frozenset({"Default", "Reply", "0", "19", 0, 19})
_COMMANDS = frozenset({"20", "23", 20, 23})
_CALLS = frozenset({"Call", "3", 3})
_TIME = pa.timestamp("us", "UTC")
_LIST = msgspec.json.Decoder(list[Written])
_ONE = msgspec.json.Decoder(Written)
_ATTACHMENTS = msgspec.json.Decoder(list[Attachment] | None)
_STICKERS = msgspec.json.Decoder(list[Sticker] | None)
_EMBEDS = msgspec.json.Decoder(list[Embed] | None)
_FORWARDED = msgspec.json.Decoder(Forwarded | None)


class Slice(NamedTuple):
    """A JSON array of whole messages, and their channel."""

    piece: bytes
    where: Where


def decoded(given: Slice) -> tuple[Columns, list[str]]:
    """The messages of the slice, and why others can't be read."""
    lost: list[str] = []
    try:
        written = _LIST.decode(given.piece)
        return _columns(written, given.where), lost
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError):
        piece = given.piece[1:]
        spans = [piece[start:end] for start, end in objects(piece)]
        return _columns(list(_whole(spans, lost)), given.where), lost


def _whole(spans: Sequence[bytes], lost: list[str]) -> Iterator[Written]:
    """The messages of a slice that did not decode: half a surrogate pair is mended, else lost."""
    for span in spans:
        try:
            mended = json.dumps(json.loads(span.decode("utf-8", "replace")), ensure_ascii=False)
            one = _ONE.decode(mended.encode("utf-8", "replace"))
            _columns([one], Where("", ""))
            yield one
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            known = re.search(rb'"id"\s*:\s*"?(\d+)', span)
            which = f" {known.group(1).decode()}" if known else ""
            lost.append(f"message{which} that can't be read ({error})")


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
    return Columns(
        platform=NAME,
        message_id=[f"{NAME}:{own}" for own in own_ids],
        times=_times([each.timestamp for each in written]),
        edited=_times([each.timestamp_edited for each in written]),
        who=[Who(str(own), nick or name or str(own), name) for own, name, nick in known],
        who_codes=who_codes,
        where=[where],
        where_codes=np.zeros(len(written), dtype=np.int32),
        kind=kinds,
        text=texts,
        reply_to=[_answered(each.reference) if each.reference else None for each in written],
        conversation=None,
        numbered="".join(own_ids).isdecimal(),
    )


def _answered(reference: Reference) -> str | None:
    if reference.message_id is None or reference.type == "Forward":
        return None
    return f"{NAME}:{reference.message_id}"


def _times(written: list[str | None]) -> Times:
    try:
        times: Times = pa.array(written, pa.string()).cast(_TIME).to_numpy(zero_copy_only=False)
        return times
    except pa.ArrowInvalid:
        return times_of([_time(each) for each in written])


def _time(written: str | None) -> datetime | None:
    """A time with more digits than microseconds, or without a zone."""
    if written is None:
        return None
    time = datetime.fromisoformat(written)
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


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
    forwarded = _FORWARDED.decode(written.forwarded_message)
    if forwarded or (written.reference and written.reference.type == "Forward"):
        return "forward", (forwarded.content or "") if forwarded else ""
    if stickers := _STICKERS.decode(written.stickers):
        return "sticker", stickers[0].name
    if attachments := _ATTACHMENTS.decode(written.attachments):
        return kind_of_file(attachments[0].file_name), ""
    shown = _shown(written.embeds)
    return ("link", shown) if shown else ("text", "")


def _shown(embeds: msgspec.Raw) -> str:
    listed = _EMBEDS.decode(embeds) or []
    return "\n".join(part for each in listed for part in (each.title, each.description) if part)
