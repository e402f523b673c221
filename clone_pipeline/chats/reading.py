"""The exports of a folder as one list of messages: merged, whose they are known, masked."""

import functools
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from clone_pipeline.chats import parsers
from clone_pipeline.chats.accounts import Accounts, Names
from clone_pipeline.chats.identifiers import masked_message_id, masked_message_ids, masked_name
from clone_pipeline.chats.parsers import neutral
from clone_pipeline.chats.partly import PartlyRead, digest
from clone_pipeline.chats.privacy import words_of
from clone_pipeline.records import Message
from clone_pipeline.settings import Fault, FaultyInput

MaskNames = Callable[[str, Collection[str]], str]

_NEVER = datetime.min.replace(tzinfo=UTC)
_ONLY_LINKS = re.compile(r"(?:<?(?:https?://|www\.)\S+(?:\s+|\Z))+\Z", re.IGNORECASE)
_MEDIA_FOLDER = re.compile(r"_Files$|^__MACOSX$")


class Read(NamedTuple):
    """What a folder held; every message that entered is in `messages` or counted in `dropped`."""

    messages: list[Message]
    dropped: Counter[str]
    skipped: list[Fault]


def export_files(folder: Path) -> list[Path]:
    """The files under `folder` that may be exports, parts in the order of their numbers.

    Hidden files and DiscordChatExporter's folders of downloaded media (`*_Files`) are left out.
    """
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(
        (path for path in found if _may_be_export(path.relative_to(folder))),
        key=lambda path: _natural(path.relative_to(folder).with_suffix("").as_posix()),
    )


def read_chats(
    folder: Path,
    *,
    accounts: Accounts,
    mask: Callable[[str], str],
    mask_names: MaskNames | None = None,
) -> Read:
    """Every message of the exports in `folder` and the folders in it.

    Overlapping exports are merged by `message_id`: of an edited message the last version is
    kept, at the place of the first. The unit that enters is messages.

    Args:
        folder: may be missing, as in a project without chats.
        accounts: {persona's key: {platform: [author ids, login names or display names]}}.
        mask: hides personal data; applied to texts, names, file names, and to ids that are no
            numbers. Equal ids stay equal, different message ids different.
        mask_names: hides names in masked texts, but for those of the writers.

    Returns:
        The messages; "duplicate" and "unreadable" ones, counted; files that no parser knows, and
        what is wrong with those that could be read in part.

    Raises:
        FaultyInput: an account is claimed by two personas.
    """
    names = Names(accounts, mask)
    dropped: Counter[str] = Counter()
    skipped: list[Fault] = []
    merged: dict[str, Message] = {}
    for path in export_files(folder):
        source_file = path.relative_to(folder).as_posix()
        for message in _parsed(path, source_file, dropped, skipped):
            _merge(merged, message, dropped)
    ids = masked_message_ids(merged, mask)
    shown = functools.lru_cache(maxsize=1 << 16)(lambda name: masked_name(name, mask))
    messages = [_finished(each, names, mask, ids, shown) for each in merged.values()]
    if mask_names:
        writers = words_of([each.author for each in messages])
        messages = [replace(each, text=mask_names(each.text, writers)) for each in messages]
    hidden = [Fault(shown(each.where), mask(each.found), mask(each.fix)) for each in skipped]
    return Read(messages, dropped, hidden)


def _may_be_export(path: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.parts)
    return not hidden and not any(_MEDIA_FOLDER.search(part) for part in path.parts[:-1])


def _natural(name: str) -> list[tuple[int, str]]:
    """A key that sorts "part 10" behind "part 9"."""
    parts = re.split(r"(\d+)", name)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def _parsed(
    path: Path, source_file: str, dropped: Counter[str], skipped: list[Fault]
) -> Iterator[Message]:
    known = parsers.find(path)
    if known is None:
        fix = "Unpack it." if path.suffix.lower() == ".zip" else "Convert it to the neutral schema."
        skipped.append(Fault(source_file, "a file that is no chat export we know", fix))
        return
    try:
        yield from known.parse(path, source_file=source_file)
    except PartlyRead as partly:
        skipped += partly.faults
        dropped.update({"unreadable": partly.lost} if partly.lost else {})
    except FaultyInput as unread:
        skipped += unread.faults


def _merge(merged: dict[str, Message], message: Message, dropped: Counter[str]) -> None:
    standing = merged.setdefault(message.message_id, message)
    if standing is message:
        return
    if not _same(standing, message):
        own = f"{message.message_id}~{digest(message.source_file)}"
        _merge(merged, replace(message, message_id=own), dropped)
        return
    dropped["duplicate"] += 1
    if (message.edited or _NEVER) >= (standing.edited or _NEVER):
        merged[message.message_id] = message


def _same(one: Message, other: Message) -> bool:
    """Whether equal ids mean one message; files of two chats may number their messages alike."""
    same_channel = one.channel_id == other.channel_id
    if one.platform != neutral.NAME and same_channel:
        return True
    where = same_channel or one.timestamp is not None
    return where and (one.author_id, one.timestamp) == (other.author_id, other.timestamp)


def _finished(
    message: Message,
    names: Names,
    mask: Callable[[str], str],
    ids: Mapping[str, str],
    shown: Callable[[str], str],
) -> Message:
    """The message with its persona, with masks, and of kind "link" if it is nothing but links."""
    text = mask(message.text)
    only_links = message.kind == "text" and _ONLY_LINKS.match(text.strip())
    persona, author_id, author = names(message)
    channel_id, channel = names.channel(message)
    reply_to = message.reply_to
    return Message(
        message_id=ids.get(message.message_id, message.message_id),
        platform=message.platform,
        channel_id=channel_id,
        channel=channel,
        timestamp=message.timestamp,
        author_id=author_id,
        author=author,
        persona=persona,
        kind="link" if only_links else message.kind,
        text=text,
        reply_to=reply_to and (ids.get(reply_to) or masked_message_id(reply_to, mask)),
        source_file=shown(message.source_file),
        conversation=message.conversation and shown(message.conversation),
    )
