"""Telegram Desktop's messages.html, messages2.html and so on, read with lxml, page by page.

Source: telegramdesktop/tdesktop, Telegram/SourceFiles/export/output/export_output_html.cpp. A
message that follows another of the same author ("joined") bears no name. Lines on what happened
in a chat bear no time: they get that of the message before. Edits are not told.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from clone_pipeline.chats.parsers.telegram_page import (
    class_of,
    content,
    first,
    forwarded,
    text_of,
    top,
)
from clone_pipeline.chats.partly import Losses
from clone_pipeline.records import Kind, Message

NAME = "telegram"

_SLICE = 1 << 18
_DAY = re.compile(r"^\d{1,2} [A-Z][a-z]+ \d{4}$")
_NUMBER = re.compile(r"^message(-?\d{1,19})$")
_TARGET = re.compile(r"#go_to_message(-?\d{1,19})$")
_VIA = re.compile(r" via @\w+$")
_TIME = re.compile(
    r"^(?P<time>\d\d\.\d\d\.\d{4} \d\d:\d\d:\d\d)(?: (?:UTC|GMT)(?P<zone>[+-]\d\d:\d\d))?$"
)
_AGAIN = "Export the chat again, or leave it: what could be read is used."


# Kind, text, author, what it answers.
_Found = tuple[Kind, str, str, str | None]


@dataclass(slots=True)
class _Page:
    """Where the reading of a page stands."""

    chat: str
    author: str = ""
    via_bot: bool = False
    time: datetime | None = None


def parse_html(path: Path, *, source_file: str) -> Iterator[Message]:
    """Every message of a page.

    Raises:
        PartlyRead: last of all, if the page is cut short or a message's time can't be read.
    """
    losses = Losses(source_file)
    page = _Page(PurePosixPath(source_file).parent.name or PurePosixPath(source_file).stem)
    for element in _divisions(path, losses):
        names = class_of(element)
        if "page_header" in names:
            page.chat = " ".join(text_of(element).split()) or page.chat
        elif "message" in names and (number := _NUMBER.match(element.get("id") or "")):
            message = _message(element, names, number.group(1), page, source_file, losses)
            if message:
                yield message
            _drop(element)
    losses.tell()


def _divisions(path: Path, losses: Losses) -> Iterator[Any]:
    """The page's `div` elements, each when it ends."""
    from lxml import etree  # noqa: PLC0415

    parser = etree.HTMLPullParser(events=("end",), tag="div", encoding="utf-8")
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    tail = b""
    try:
        with path.open("rb") as file:
            while piece := file.read(_SLICE):
                tail = (tail + piece)[-64:]
                parser.feed(decoder.decode(piece).replace("\0", "").encode())
                yield from (element for _, element in parser.read_events())
        parser.close()
        yield from (element for _, element in parser.read_events())
    except etree.LxmlError as error:
        losses.note(f"a page that can't be read to its end ({error})", _AGAIN)
        return
    if b"</html>" not in tail:
        losses.note("a page that is cut short", _AGAIN)
    elif any(entry.level_name == "FATAL" for entry in parser.feed_error_log):
        losses.note("a page too deep or with a text too long to be read to its end", _AGAIN)


def _drop(element: Any) -> None:
    """Forget a message that was read, and what stood before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        parent.remove(element.getprevious())


def _message(
    element: Any, names: list[str], number: str, page: _Page, source_file: str, losses: Losses
) -> Message | None:
    body = first(element, "body")
    if body is None:
        return None
    found = _service(body) if "service" in names else _said(body, number, page, losses)
    if found is None:
        return None
    kind, text, author, reply = found
    return Message(
        message_id=f"{NAME}:{page.chat}/{number}",
        platform=NAME,
        channel_id=page.chat,
        channel=page.chat,
        timestamp=page.time,
        author_id=author,
        author=author,
        persona=None,
        kind=kind,
        text=text,
        reply_to=reply,
        source_file=source_file,
    )


def _service(body: Any) -> _Found | None:
    """What happened; None for the date that stands between two days."""
    text = " ".join(text_of(body).split())
    return None if _DAY.match(text) else ("system", text, "", None)


def _said(body: Any, number: str, page: _Page, losses: Losses) -> _Found | None:
    if not _read_head(body, number, page, losses):
        return None
    kind, text = content(body)
    if forwarded(body) is not None:
        kind = "forward"
    elif page.via_bot and kind == "text":
        kind = "bot"
    return kind, text, page.author, _reply(body, page.chat)


def _read_head(body: Any, number: str, page: _Page, losses: Losses) -> bool:
    """Take the message's time and author over, if it has them; False if its time is none."""
    date = top(body, "date")
    stamp = _TIME.match((date.get("title") or "").strip()) if date is not None else None
    if stamp is None:
        losses.lose(f"message {number} without a time", _AGAIN)
        return False
    try:
        page.time = _utc(stamp["time"], stamp["zone"])
    except (ValueError, OverflowError) as error:
        losses.lose(f"message {number} with a time that is none ({error})", _AGAIN)
        return False
    name = top(body, "from_name")
    if name is not None:
        shown = " ".join(text_of(name).split())
        page.author = _VIA.sub("", shown)
        page.via_bot = page.author != shown
    return True


def _utc(time: str, zone: str | None) -> datetime:
    naive = datetime.strptime(f"{time} {zone or '+00:00'}", "%d.%m.%Y %H:%M:%S %z")
    return naive.astimezone(UTC)


def _reply(body: Any, chat: str) -> str | None:
    answered = first(body, "reply_to")
    links = answered.iter("a") if answered is not None else ()
    targets = (_TARGET.search(link.get("href") or "") for link in links)
    return next((f"{NAME}:{chat}/{target.group(1)}" for target in targets if target), None)
