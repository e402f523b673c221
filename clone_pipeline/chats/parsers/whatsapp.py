"""WhatsApp, as exported by the app to a text file, from iOS or Android.

The app writes no ids, no zone and no escapes: ids are digests of what the line says, times are
the wall clock's, and the order of a date is decided over the whole file. Source of the format:
the app's own wordings (see `whatsapp_words`) and the date patterns of Unicode CLDR.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from itertools import islice
from pathlib import Path

from clone_pipeline.chats.parsers.beside import Beside, nothing_beside
from clone_pipeline.chats.parsers.text_lines import TextLines, text_of
from clone_pipeline.chats.parsers.whatsapp_channel import channel_of
from clone_pipeline.chats.parsers.whatsapp_dates import day_of
from clone_pipeline.chats.parsers.whatsapp_lines import Head, head_of, time_of
from clone_pipeline.chats.parsers.whatsapp_speakers import spoken
from clone_pipeline.chats.parsers.whatsapp_survey import Survey, entries, survey_of
from clone_pipeline.chats.partly import Losses, Numbered, lines_of
from clone_pipeline.records import Kind, Message

NAME = "whatsapp"
LOCAL_TIMES = True

_LONGEST_FIRST = 1 << 14
_LINES_SEEN = 200
_NUMBERED_AT_ONCE = 50_000  # more than the app exports
_MOST_IN_CHANNEL = 20
# What a program's log has where a chat has a name.
_LEVELS = frozenset(
    {"trace", "debug", "verbose", "info", "information", "notice", "warn", "warning", "error"}
    | {"err", "severe", "critical", "fatal", "root", "stdout", "stderr"}
)
_FIRST_WORD = re.compile(r"[\W_]*([^\W_]+)")


def matches(path: Path, head: bytes) -> bool:
    """Whether the first line that is not empty begins with a WhatsApp date and time."""
    text = (text_of(head) or "").lstrip("\ufeff")
    lines = (line for line in lines_of(text) if line.strip())
    first = next(lines, "")
    found = head_of(first) if len(first) < _LONGEST_FIRST else None
    if found is None or _of_others(found):
        return False
    more = (read.rest for line in islice(lines, _LINES_SEEN) if (read := head_of(line)))
    rests = [found.rest, *more]
    speakers = {rest.partition(":")[0] for rest in rests if ":" in rest}
    if speakers and all(_is_level(speaker) for speaker in speakers):
        return False
    return bool(speakers) or any("WhatsApp" in rest for rest in rests)


def parse(path: Path, *, source_file: str, beside: Beside = nothing_beside) -> Iterator[Message]:
    """Every message of the export, notices of the app too (kind "system").

    Yields:
        Messages whose `author_id` is the author's name and whose channel is the other party or
        the group, from the file's name, else everyone who writes. Times are naive: the wall
        clock's, marked as UTC.

    Raises:
        PartlyRead: last of all, if a line's date is impossible, if the order of the dates is no
            more than a guess, or if bytes were mended.
    """
    survey = survey_of(TextLines(path, Losses(source_file)))
    channel = channel_of(source_file) or _participants(path, survey)
    losses = Losses(source_file)
    lines = TextLines(path, losses)
    numbered, count, last = Numbered(NAME), 0, None
    for time, body in _timed(lines, survey, losses):
        author, kind, text = spoken(body, survey.names)
        if count >= _NUMBERED_AT_ONCE and time != last:
            numbered, count = Numbered(NAME), 0
        count, last = count + 1, time
        own = numbered(channel, time.isoformat(), author, kind, text)
        yield _message(own, channel, time, author, kind, text, source_file)
    _tell(lines, survey, losses)


def _timed(lines: TextLines, survey: Survey, losses: Losses) -> Iterator[tuple[datetime, str]]:
    """Time and body of each message whose date is one."""
    day_in = cache(day_of)
    for head, body in entries(lines, survey.shapes):
        order = survey.orders[head.shape].letters
        day = day_in(head.date, order)
        if day is None:
            losses.lose(_impossible(head, order), "Mend the line, or leave it out.")
        else:
            yield time_of(head, day), body


def _message(
    own: str, channel: str, time: datetime, author: str, kind: Kind, text: str, source_file: str
) -> Message:
    return Message(
        message_id=own,
        platform=NAME,
        channel_id=channel,
        channel=channel,
        timestamp=time,
        author_id=author,
        author=author,
        persona=None,
        kind=kind,
        text=text,
        reply_to=None,
        source_file=source_file,
    )


def _is_level(speaker: str) -> bool:
    word = _FIRST_WORD.match(speaker)
    return word is not None and word.group(1).lower() in _LEVELS


def _of_others(head: Head) -> bool:
    """Whether the line is of an export of Signal's, or of IRC, where a nick is in brackets."""
    opened, sign, _, seconds, *_ = head.shape
    signal = opened and sign == "-" and not seconds and len(head.date[0]) > 2
    return signal or head.rest.startswith(("<", "* ", "-!-"))


def _participants(path: Path, survey: Survey) -> str:
    """The names of those who write, where no file's name tells the chat's."""
    found: set[str] = set()
    for _, body in entries(TextLines(path, Losses("")), survey.shapes):
        author, kind, _ = spoken(body, survey.names)
        if kind != "system" and author:
            found.add(author)
        if len(found) >= _MOST_IN_CHANNEL:
            break
    return ", ".join(sorted(found))


def _impossible(head: Head, order: str) -> str:
    return f"the date {head.shape[1].join(head.date)}, where dates read {order}"


def _tell(lines: TextLines, survey: Survey, losses: Losses) -> None:
    for doubt in sorted({order.doubt for order in survey.orders.values() if order.doubt}):
        losses.note(doubt, "Should that be wrong, export a longer part of the chat.")
    lines.tell()
    losses.tell()
