"""WhatsApp, as exported by the app to a text file, from iOS or Android.

The app writes no ids, no zone and no escapes: ids are digests of what the line says, times are
taken as UTC, and the order of a date is decided over the whole file.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from clone_pipeline.chats.parsers.whatsapp_lines import Head, head_of, order_of, time_of
from clone_pipeline.chats.parsers.whatsapp_lines import usual_shapes as usual
from clone_pipeline.chats.parsers.whatsapp_notices import is_notice, kind_and_text, without_marks
from clone_pipeline.chats.partly import Losses, Numbered, decoded, lines_of
from clone_pipeline.records import Kind, Message

NAME = "whatsapp"

_CHANNEL = re.compile(
    r"^_?\s*(?:whatsapp[ -]?chat|chat (?:de )?whatsapp|discussion whatsapp|conversa do whatsapp)"
    r"(?:\s*(?:-|with|mit|con|avec|com|met)\s+)(?P<name>.+?)(?: \(\d+\))?$",
    re.IGNORECASE,
)
_SPEAKER = re.compile(r"^(?P<name>[^:\n]{1,80}):(?: |$|(?=[\S\n]))(?P<body>.*)$", re.DOTALL)
_LONGER = re.compile(r"^[^:\n]{1,60}: ?[^:\n]{1,60}(?=: )")
_RECURS = 3


def matches(path: Path, head: bytes) -> bool:
    """Whether the first line that is not empty begins with a WhatsApp date and time."""
    if b"\0" in head and head[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return False
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    text = head.decode(encoding, "replace").lstrip("\ufeff")
    first = next((line for line in lines_of(text) if line.strip()), "")
    return len(first) < 1 << 14 and head_of(first) is not None


def parse(path: Path, *, source_file: str) -> Iterator[Message]:
    """Every message of the export, notices of the app too (kind "system").

    Yields:
        Messages whose `author_id` is the author's name and whose channel is the other party or
        the group, from the file's name, else everyone who writes.

    Raises:
        FaultyInput: the file is no text.
        PartlyRead: last of all, if a line's date is impossible.
    """
    text = decoded(path.read_bytes(), source_file=source_file)
    entries = _entries(text)
    if not entries:
        return
    heads = [head for head, _ in entries]
    order = order_of(heads)
    names = _names([body for _, body in entries])
    spoken = [(head, *_spoken(body, names)) for head, body in entries]
    speakers = {author for _, author, kind, _ in spoken if kind != "system"}
    channel = _channel(path) or ", ".join(sorted(speakers))
    numbered = Numbered(NAME)
    losses = Losses(source_file)
    for head, author, kind, body in spoken:
        time = time_of(head, order)
        if time is None:
            found = f"the date {head.sign.join(head.date)}, where dates read {order}"
            losses.lose(found, "Mend the line, or leave it out.")
            continue
        yield Message(
            message_id=numbered(channel, time.isoformat(), author, body),
            platform=NAME,
            channel_id=channel,
            channel=channel,
            timestamp=time,
            author_id=author,
            author=author,
            persona=None,
            kind=kind,
            text=body,
            reply_to=None,
            source_file=source_file,
        )
    losses.tell()


def _entries(text: str) -> list[tuple[Head, str]]:
    """Head and body of each message; bodies keep their further lines."""
    lines = list(lines_of(text))
    found = [head_of(line) for line in lines]
    shapes = usual(head for head in found if head)
    entries: list[tuple[Head, list[str]]] = []
    for line, head in zip(lines, found, strict=True):
        if head and head.shape in shapes:
            entries.append((head, [head.rest]))
        elif entries:
            entries[-1][1].append(line)
    return [(head, "\n".join(body).rstrip()) for head, body in entries]


def _names(bodies: Sequence[str]) -> frozenset[str]:
    """Names with a colon in them: `a: b` where every line of `a` goes on with `b`, often."""
    longer: Counter[str] = Counter()
    shorter: Counter[str] = Counter()
    for body in bodies:
        shorter[body.partition(":")[0]] += 1
        if match := _LONGER.match(body):
            longer[match.group()] += 1
    return frozenset(
        name
        for name, count in longer.items()
        if count >= _RECURS and count == shorter[name.partition(":")[0]]
    )


def _spoken(body: str, names: frozenset[str]) -> tuple[str, Kind, str]:
    """Author ("" for a notice), kind and text of a message."""
    longer = _LONGER.match(body)
    if longer and longer.group() in names:
        name, said = longer.group(), body[longer.end() + 2 :]
    elif match := _SPEAKER.match(body):
        name, said = match["name"], match["body"]
    else:
        return "", "system", without_marks(body).strip()
    if is_notice(name):
        return "", "system", without_marks(body).strip()
    kind, text = kind_and_text(said)
    return without_marks(name).strip().removeprefix("~").strip(), kind, text


def _channel(path: Path) -> str:
    """The other party or group that the file's or folder's name tells, "" if it does not."""
    names = (path.stem, path.parent.name if path.stem.lower().startswith("_chat") else "")
    match = next((found for name in names if (found := _CHANNEL.match(name))), None)
    return without_marks(match["name"]).strip() if match else ""
