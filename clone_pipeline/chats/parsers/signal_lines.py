"""The messages of signal-export's files: Markdown with a date in front, or rows of JSON."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from clone_pipeline.chats.parsers.json_objects import AGAIN, mapping, mappings, text
from clone_pipeline.chats.partly import Losses

HEAD = re.compile(
    r"\[(?P<day>\d{4}-\d{2}-\d{2})(?P<comma>,?) (?P<time>\d{2}:\d{2}(?P<second>:\d{2})?)\] "
    r"(?P<sender>[^:<\n\u200e]{1,200}): ?(?P<body>.*)",
    re.ASCII,
)
_DELETED = "(This message was deleted)"
_QUOTE = re.compile(r"\A\s*\n\n?(?:>.*\n)+\n?")
_FILE = re.compile(r"!?\[((?:(?!\]\()[^\n]){0,255})\]\(\./media/[^)\n]*\)\Z")
_STICKER = re.compile(
    r"(?:\n?\(\( ([^\n]{0,64}?) \)\)|\[([^\]\n]{0,64})\]\(\.\./exported_stickers/[^)\n]*\))\Z"
)
_REACTIONS = re.compile(r"\n\(- [^\n]{1,4000} -\)\Z")
_LONGEST_FILE = 1_000
_LONGEST_REACTIONS = 4_100
_MOST_FILES = 100


@dataclass(frozen=True, slots=True)
class Said:
    """A message as the exporter has it; `date` is ISO 8601, `files` are names."""

    date: str
    sender: str
    body: str
    sticker: str = ""
    files: tuple[str, ...] = ()
    deleted: bool = False
    call: bool = False


def said_by(row: Mapping[str, Any]) -> Said:
    """The message of a row of data.json."""
    sticker = row.get("sticker")
    named = mapping(sticker)
    return Said(
        date=text(row.get("date")),
        sender=text(row.get("sender")),
        body=text(row.get("body")).strip(),
        sticker=text(sticker) or ((text(named.get("emoji")) or "sticker") if named else ""),
        files=tuple(text(each.get("name")) for each in mappings(row.get("attachments"))),
        deleted=row.get("deleted") is True,
        call=row.get("call") is True,
    )


def said_in(lines: Iterable[str], losses: Losses) -> Iterator[Said]:
    """The messages of chat.md; a line without a date goes on with the one above."""
    head: re.Match[str] | None = None
    body: list[str] = []
    for line in lines:
        match = HEAD.match(line)
        if match is None:
            body.append(line)
            continue
        if head is not None:
            yield _said(head, "".join(body))
        elif "".join(body).strip():
            losses.lose("lines before the first date", AGAIN)
        head, body = match, [line[match.start("body") :]]
    if head is not None:
        yield _said(head, "".join(body))


def _said(head: re.Match[str], body: str) -> Said:
    date = f"{head['day']}T{head['time']}"
    plain = body.replace("\r\n", "\n")
    if plain.strip() == _DELETED:
        return Said(date, head["sender"], "", deleted=True)
    files: list[str] = []
    plain = plain.rstrip()
    while len(files) < _MOST_FILES and (found := _at_end(_FILE, plain, _LONGEST_FILE)):
        files.append(found.group(1))
        plain = plain[: found.start()].rstrip()
    sticker = _at_end(_STICKER, plain, _LONGEST_FILE)
    plain = plain[: sticker.start()].rstrip() if sticker else plain
    reactions = _at_end(_REACTIONS, plain, _LONGEST_REACTIONS)
    plain = plain[: reactions.start()] if reactions else plain
    return Said(
        date=date,
        sender=head["sender"],
        body=_QUOTE.sub("", plain).strip(),
        sticker=(sticker.group(1) or sticker.group(2) or "sticker") if sticker else "",
        files=tuple(reversed(files)),
    )


def _at_end(pattern: re.Pattern[str], body: str, longest: int) -> re.Match[str] | None:
    """What the body ends with; only its last characters are looked at, so that it stays quick."""
    return pattern.search(body, max(0, len(body) - longest))
