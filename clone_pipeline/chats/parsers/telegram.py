"""Telegram, as exported by Telegram Desktop: result.json of one chat or of all, or HTML pages.

Source of the format: telegramdesktop/tdesktop, Telegram/SourceFiles/export/output/
export_output_json.cpp and export_output_html.cpp. Exports whose times bear no zone (older ones)
are told apart by `telegram_local`.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from clone_pipeline.chats.parsers.beside import Beside, nothing_beside
from clone_pipeline.chats.parsers.telegram_html import parse_html
from clone_pipeline.chats.parsers.telegram_json import NAME as _NAME
from clone_pipeline.chats.parsers.telegram_json import parse_json
from clone_pipeline.records import Message

NAME = _NAME

_TYPES = (
    rb"saved_messages|replies|verification_codes|personal_chat|bot_chat|private_group|private_supergroup"
    rb"|public_supergroup|private_channel|public_channel"
)
_CHAT = re.compile(rb'"type"\s*+:\s*+"(?:' + _TYPES + rb')"')
_MESSAGES = re.compile(rb'(?<!\\)"messages"\s*+:\s*+\[\s*+(?:[{\]]|\Z)')
_WRITTEN = re.compile(rb'"type"\s*+:\s*+"(?:message|service|unsupported)"')
_DATED = re.compile(rb'"date(?:_unixtime)?"\s*+:\s*+"\d')
_ALL = re.compile(
    rb'^\s*\{\s*"about"\s*+:\s*+"[^"]{0,4000}Telegram'
    rb'|"(?:left_)?chats"\s*+:\s*+\{\s*+(?:"about"\s*+:\s*+"(?:[^"\\]|\\.)*+"\s*+,\s*+)?"list"\s*+:\s*+\['
)
_PAGE = re.compile(rb"<title>\s*Exported Data\s*</title>.*class=\"page_wrap", re.DOTALL)
_LOCAL_TITLE = re.compile(rb'title="\d\d\.\d\d\.\d{4} \d\d:\d\d:\d\d"')
_LOCAL_DATE = re.compile(rb'"date"\s*+:\s*+"\d')
_SCANNED = 64 << 20
_NEAR = 256
_SLICE = 1 << 20
_BOM = b"\xef\xbb\xbf"


def matches(path: Path, head: bytes) -> bool:
    """Whether it is a file of Telegram Desktop's whose times bear their zone, or has no times."""
    return is_export(head) and not has_local_times(path, head)


def parse(path: Path, *, source_file: str, beside: Beside = nothing_beside) -> Iterator[Message]:
    """Every message of the file; pages that hold no messages, such as a list of chats, give none.

    Yields:
        Messages with ids `telegram:<chat>/<number>`, as numbers are a chat's own. The chat is
        its id in JSON, its name in HTML, which tells no ids; so the two do not merge.

    Raises:
        PartlyRead: last of all, if the file is cut short or a message can't be read.
    """
    with path.open("rb") as file:
        start = file.read(1 << 12).removeprefix(_BOM).lstrip()[:1]
    read = parse_html if start == b"<" else parse_json
    yield from read(path, source_file=source_file)


def is_export(head: bytes) -> bool:
    """Whether a file that begins with `head` was written by Telegram Desktop's export."""
    start = head.removeprefix(_BOM).lstrip()
    if start.startswith(b"<"):
        return bool(_PAGE.search(start))
    if not start.startswith(b"{"):
        return False
    if _ALL.search(start):
        return True
    return bool(_MESSAGES.search(start)) and bool(
        _CHAT.search(start) or (_WRITTEN.search(start) and _DATED.search(start))
    )


def has_local_times(path: Path, head: bytes) -> bool:
    """Whether the export tells the wall clock's time alone."""
    if head.removeprefix(_BOM).lstrip().startswith(b"<"):
        return bool(_LOCAL_TITLE.search(head))
    try:
        with path.open("rb") as file:
            read, seen = 0, b""
            while read < _SCANNED and (piece := file.read(_SLICE)):
                read, seen = read + len(piece), seen[-_NEAR:] + piece
                if b'"date_unixtime"' in seen:
                    return False
                if _LOCAL_DATE.search(seen) and len(piece) < _SLICE:
                    return True
                if _LOCAL_DATE.search(seen, 0, len(seen) - _NEAR):
                    return True
    except OSError:
        return False
    return False
