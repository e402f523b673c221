"""Discord, as exported by DiscordChatExporter in its CSV format.

Source of the format: DiscordChatExporter.Core/Exporting/CsvMessageWriter.cs, and for old versions
ExportTemplates/Csv.csv (semicolons, no id of the author). A CSV has no message ids,
replies, edits or bots: the JSON format has.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from clone_pipeline.chats.parsers.beside import Beside, nothing_beside
from clone_pipeline.chats.parsers.csv_rows import columns_of, csv_rows
from clone_pipeline.chats.parsers.media import kind_of_file
from clone_pipeline.chats.parsers.times import in_utc
from clone_pipeline.chats.partly import Losses, Numbered
from clone_pipeline.records import Kind, Message

NAME = "discord"

_COLUMNS = ("author", "date", "content", "attachments")
_FIX = "Export the channel again, best in the JSON format."
_ID = re.compile(r"\[(\d{15,20})\]")
_PART = re.compile(r"(?: \[part \d{1,9}\]| \((?:after|before|\d{4}-)[^()]{0,99}\))$")
_MOST_PARTS = 4
_TAG = re.compile(r"#\d{4}\Z")
_CALL = re.compile(r"Started a call that lasted \d+ minutes?\.\Z")
_NOTICE = re.compile(
    r"(?:Added (?:a recipient|.{1,40} to the group)|Removed (?:a recipient|.{1,40} from the group)"
    r"|Left the group|Changed the channel (?:icon|name)(?:: .*)?|Pinned a message"
    r"|Started a thread|Joined the server)\.?\Z"
)
_SHORT = re.compile(
    r"(?P<a>\d{1,4})(?P<sign>[./-])\s?(?P<b>\d{1,2}|[A-Za-z]{3})[./-]\s?(?P<c>\d{1,4})\.?,? "
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?\s?(?P<half>[AaPp]\.?[Mm]\.?)?"
)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905


def matches(path: Path, head: bytes) -> bool:
    """Whether the first line has the columns of DiscordChatExporter, and no others."""
    names = tuple(name for name in columns_of(head) if name not in ("authorid", "reactions", ""))
    return names == _COLUMNS


def parse(path: Path, *, source_file: str, beside: Beside = nothing_beside) -> Iterator[Message]:
    """Every row as a message; the channel is that of the file's name.

    Versions of today write times with their zone. Older ones write the local time in the form
    of the writer's country: it is taken as UTC, and which of day and month comes first is decided
    over the whole file.

    Yields:
        Messages in the file's order. The sentences that stand for notices are kind "system".

    Raises:
        PartlyRead: last of all, if a row can't be read.
    """
    losses = Losses(source_file)
    order = _order(path, source_file)
    channel_id, channel = _channel(source_file)
    numbered = Numbered(NAME)
    for number, row in csv_rows(path, losses, fix=_FIX):
        try:
            message = _message(row, order, channel_id, channel, numbered, source_file)
        except (ValueError, OverflowError) as error:
            losses.lose(f"row {number} with {error}", _FIX)
            continue
        yield message
    losses.tell()


def kind_of(content: str, attachments: str) -> Kind:
    """The kind of a message by its words, else by its first attachment's address."""
    if _CALL.match(content):
        return "call"
    if _NOTICE.match(content):
        return "system"
    address = re.split(r"[,\s]", attachments.strip(), maxsplit=1)[0]
    if content.strip() or not address:
        return "text"
    return kind_of_file(_path_of(address))


def _message(
    row: Mapping[str, str],
    order: str,
    channel_id: str,
    channel: str,
    numbered: Numbered,
    source_file: str,
) -> Message:
    author = _TAG.sub("", row.get("author", "").strip())
    if not author or "content" not in row:
        raise ValueError("too few columns")
    content, attachments = row["content"], row.get("attachments", "")
    time = _time(row.get("date", "").strip(), order)
    author_id = row.get("authorid", "").strip() or author
    return Message(
        message_id=numbered(channel_id, time.isoformat(), author_id, content, attachments),
        platform=NAME,
        channel_id=channel_id,
        channel=channel,
        timestamp=time,
        author_id=author_id,
        author=author,
        persona=None,
        kind=kind_of(content, attachments),
        text=content,
        reply_to=None,
        source_file=source_file,
        login=author,
    )


def _path_of(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return address


def _channel(source_file: str) -> tuple[str, str]:
    """Id and name of the channel, as "Server - Category - name [id].csv" tells them."""
    stem = PurePosixPath(source_file).stem
    if found := _ID.search(stem):
        name = stem[: found.start()].rpartition(" - ")[2].strip()
        return found.group(1), name or found.group(1)
    for _ in range(_MOST_PARTS):
        stem = _PART.sub("", stem)
    return stem, stem


def _order(path: Path, source_file: str) -> str:
    """Which of day and month comes first in dates such as 5/3/2024, by all of them."""
    order = ""
    for _, row in csv_rows(path, Losses(source_file), fix=_FIX):
        found = _SHORT.match(row.get("date", "").strip())
        if found is None or len(found["a"]) > 2:
            continue
        if found["sign"] != "/" or int(found["a"]) > 12:
            return "dmy"
        if found["b"].isdecimal() and int(found["b"]) > 12:
            return "mdy"
        order = order or ("mdy" if found["half"] else "dmy")
    return order or "dmy"


def _time(text: str, order: str) -> datetime:
    """The row's time in UTC.

    Raises:
        ValueError: it is none.
    """
    found = _SHORT.match(text)
    if found is None or len(found["a"]) > 2:
        time = datetime.fromisoformat(text)
        return in_utc(time)
    first, second, year = int(found["a"]), found["b"], int(found["c"])
    named = not second.isdecimal()
    month = _MONTHS.index(second.lower()) + 1 if named else int(second)
    day = first
    if order == "mdy" and not named:
        day, month = month, day
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % 12 + (12 if found["half"][0] in "pP" else 0)
    year += 2000 if year < 100 else 0
    second_of = int(found["second"] or 0)
    return datetime(year, month, day, hour, int(found["minute"]), second_of, tzinfo=UTC)
