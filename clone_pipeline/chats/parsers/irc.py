"""Chats on IRC, from the logs of irssi, WeeChat, X-Chat, HexChat, mIRC, ZNC, eggdrop and others.

Sources of the formats: see irc_lines. IRC has no message ids and its logs no zone: ids are
digests of what the line says, times are those of the writer's clock.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path, PurePosixPath

from clone_pipeline.chats.parsers.beside import Beside, nothing_beside
from clone_pipeline.chats.parsers.irc_clock import Clock, date_in, date_of_name, has_twelve_hours
from clone_pipeline.chats.parsers.irc_head import is_log, tells_zone
from clone_pipeline.chats.parsers.irc_lines import Line, line_of, nick_change, place_of
from clone_pipeline.chats.parsers.text_lines import TextLines
from clone_pipeline.chats.partly import Losses, Numbered
from clone_pipeline.records import Kind, Message

NAME = "irc"
LOCAL_TIMES = True

_SURVEYED = 50_000
_TALK = ("said", "action", "notice")
_KINDS: dict[str, Kind] = {"said": "text", "action": "text", "notice": "bot"}
_PLAYED = re.compile(r"\[?(?P<time>[012]\d:[0-5]\d(?::[0-5]\d)?)\]? ")
_CHANNEL = re.compile(r"[#&][^\s/,]+?(?=$|[._-]?\d{4}[-._]?\d{2}|\.(?:log|txt|weechatlog)\b|\.\d)")
_DATES = re.compile(r"[-._ ]*\d{4}[-._]?\d{2}[-._]?\d{2}(?:[-._ ]\d{1,6})?[-._ ]*")


def matches(path: Path, head: bytes) -> bool:
    """Whether it is a log of an IRC client whose stamps are those of a clock on the wall."""
    return is_log(head) and not tells_zone(head)


def parse(path: Path, *, source_file: str, beside: Beside = nothing_beside) -> Iterator[Message]:
    """Every line in which something happened; times None where no date is known.

    The date is that of lines such as "--- Day changed", of full stamps, or of the file's name. A
    clock without hours above 12 that goes from 12 to 1 has twelve hours and starts in the morning.

    Yields:
        Messages, actions ("/me waves") as texts without the nick, notices as kind "bot", joins,
        modes and the like as kind "system" without an author. `author_id` is the first nick in
        this file of whoever changed nicks since.

    Raises:
        PartlyRead: last of all, if a stamp is no time, or a line is no UTF-8 (it is read as
            Windows-1252, as IRC clients do).
    """
    yield from messages_of(path, source_file=source_file, zoned=False)


def messages_of(path: Path, *, source_file: str, zoned: bool) -> Iterator[Message]:
    """The messages as `parse` gives them; in UTC if the stamps bear their zone (`zoned`)."""
    start = _Start(path, source_file)
    losses = Losses(source_file)
    clock = Clock(start.day, twelve=start.twelve, zoned=zoned)
    lines = TextLines(path, losses, other="cp1252")
    numbered = Numbered(NAME)
    ids: dict[str, str] = {}
    playback = False
    for number, raw in enumerate(lines, 1):
        line = line_of(raw)
        if line.kind == "blank":
            continue
        try:
            if line.kind == "day":
                _turn(clock, line)
                continue
            time = clock.at(line)
        except (ValueError, OverflowError) as error:
            losses.lose(f"line {number}, whose time is none ({error})", "Mend the line.")
            continue
        if line.nick == "***":
            playback = "Buffer Playback" in line.text
        elif playback and (played := _PLAYED.match(line.text)):
            time = clock.played_back(played["time"])
            line = Line(line.kind, line.stamp, line.nick, line.text[played.end() :])
        if line.kind == "event" and (change := nick_change(line.text)):
            ids[change[1]] = ids.get(change[0], change[0])
        yield _message(line, time, ids, start.channel, source_file, numbered)
    lines.tell()
    losses.tell()


class _Start:
    """What has to be known of a log before its first line is read.

    Attributes:
        channel: the one that its events name most, else that of the file's name.
        day: of its first line; None if the log tells no date.
        twelve: whether its clock goes from 12 to 1.
    """

    def __init__(self, path: Path, source_file: str) -> None:
        places: Counter[str] = Counter()
        hours: list[int] = []
        told = date_of_name(source_file)
        in_text: date | None = None
        talk = 0
        for raw in islice(TextLines(path, Losses(source_file), other="cp1252"), _SURVEYED):
            line = line_of(raw)
            if place := place_of(line):
                places[place.lower()] += 1
            if line.stamp and (not hours or hours[-1] != int(line.stamp["hour"])):
                hours.append(int(line.stamp["hour"]))
            if line.kind == "day" and in_text is None and (day := date_in(line.text)):
                before = talk > 0 and "changed" in line.text
                in_text = _day_before(day) if before else day
            talk += line.kind in _TALK
        self.channel = next(iter(places.most_common(1)), ("", 0))[0] or _channel(source_file)
        self.day = in_text or told
        self.twelve = has_twelve_hours(hours)


def _day_before(day: date) -> date:
    return day - timedelta(days=1) if day > date.min else day


def _turn(clock: Clock, line: Line) -> None:
    """A line that says which day it is; the closing of a log says when, not that a day began."""
    if day := date_in(line.text):
        clock.new_day(day)


def _channel(source_file: str) -> str:
    """The channel that the file's name or the folder above tells, else the name without dates."""
    path = PurePosixPath(source_file)
    for part in (path.name, path.parent.name):
        if found := _CHANNEL.search(part):
            return found.group().lower()
    stem = re.sub(r"(?:\.(?:log|txt|raw|weechatlog))+$", "", path.name, flags=re.IGNORECASE)
    return _DATES.sub("", stem) or path.parent.name or stem


def _message(
    line: Line,
    time: datetime | None,
    ids: dict[str, str],
    channel: str,
    source_file: str,
    numbered: Numbered,
) -> Message:
    talk = line.kind in _TALK
    nick = line.nick if talk else ""
    when = time.isoformat() if time else ""
    return Message(
        message_id=numbered(channel, when, line.kind, nick, line.text),
        platform=NAME,
        channel_id=channel,
        channel=channel,
        timestamp=time,
        author_id=ids.get(nick, nick),
        author=nick,
        persona=None,
        kind=_KINDS.get(line.kind, "system"),
        text=line.text,
        reply_to=None,
        source_file=source_file,
    )
