r"""ssi-bot's lines in their three dialects, written and read.

"trained" is a training line as formats/ssi.py makes them; "ssi" closes every tag, as ssi-bot's bot
reads threads (tagging_mixin.py of https://github.com/zacc/ssi-bot):
`<|soss r/S|><|sot|>T<|eot|><|sost|>BODY<|eost|><|sor u/X|>TEXT<|eor|>`; "hotshot" is HotShotBot's,
which names neither subreddits nor users and begins with `<|soss<|sot|>`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from clone_pipeline.formats import ssi
from clone_pipeline.formats.files import write_whole
from clone_pipeline.formats.lines import folded, unfolded
from clone_pipeline.formats.ssi import Reply, Told
from clone_pipeline.records import Turn
from clone_pipeline.settings import Fault, FaultyInput

Dialect = Literal["trained", "ssi", "hotshot"]

# Reddit's longest title, in characters.
MAX_TITLE = 300
MAX_REPLIES = 10

_TAG = re.compile(r"<\|([^|<>]+)\|>")
_NO_NAME = re.compile(r"[|<>\s]+")
_START = re.compile(r"so(?P<kind>[sl])s(?: r/(?P<where>\S+))?")
_REPLY = re.compile(r"so(?P<kind>r|opr|ocr)(?: u/(?P<by>\S+))?")


def write(told: Iterable[Told], path: Path, *, dialect: Dialect = "trained") -> int:
    """Write a line each, with `ssi.END` behind it; returns how many there are."""
    lines = [f"{line(each, dialect=dialect)}{ssi.END}\n" for each in told]
    write_whole(path, lines)
    return len(lines)


def parse(path: Path) -> list[Told]:
    """What the lines of a file hold, in whatever dialect.

    Raises:
        FaultyInput: lines that are none, the first 20 of them.
    """
    found, faults = [], []
    with path.open(encoding="utf-8-sig", newline="\n") as file:
        for number, each in enumerate(file, 1):
            try:
                found.append(read(each.rstrip("\n")))
            except ValueError as error:
                faults.append(Fault(f"{path}:{number}", str(error), "Mend the line."))
    if faults:
        raise FaultyInput(faults[:20])
    return found


def line(told: Told, *, dialect: Dialect) -> str:
    """The line without `ssi.END`; `read` reads it back, but for names that HotShotBot leaves out.

    Args:
        told: texts as `ssi.clean` gives them.
        dialect: see above.
    """
    if dialect == "trained":
        return ssi.line_of(told)
    named = dialect == "ssi"
    link = told.body is None
    start = f"<|so{'l' if link else 's'}s{f' r/{told.subreddit}' if named else ''}|>"
    if not named and not link:
        start = "<|soss"  # so its model was taught
    body = "<|sol|><|eol|>" if told.body is None else f"<|sost|>{folded(told.body)}<|eost|>"
    replies = "".join(
        f"<|so{reply.tag}{f' u/{reply.author}' if named and reply.author else ''}|>"
        f"{folded(reply.text)}<|eo{reply.tag}|>"
        for reply in told.replies
    )
    return f"{start}<|sot|>{folded(told.title)}<|eot|>{body}{replies}"


def read(written: str) -> Told:
    """What a line of any dialect holds, with `ssi.END` or without.

    A line without names has the subreddit "" and replies of nobody.

    Raises:
        ValueError: it is no such line.
    """
    bare = written.removesuffix(ssi.END).replace("<|soss<|sot|>", "<|soss|><|sot|>", 1)
    parts = [unfolded(part) for part in _TAG.split(bare)]
    pairs = list(zip(parts[1::2], parts[2::2], strict=True))
    opened = _START.fullmatch(pairs[0][0]) if pairs else None
    try:
        if parts[0] or opened is None or pairs[0][1]:
            raise ValueError
        return _told(opened, pairs[1:])
    except ValueError:
        raise ValueError(f"{written[:60]!r} is no line of ssi-bot's") from None


def of_conversation(turns: Sequence[Turn], *, subreddit: str) -> list[Told]:
    """A conversation as threads: the first turn a submission, up to `MAX_REPLIES` replies each.

    A submission's title is the first line of what was said, its body the rest. The last turn of a
    full thread opens the next one, so that nothing is left without an answer.

    Args:
        turns: of one conversation, in order.
        subreddit: what the threads are said to be in.
    """
    where = _NO_NAME.sub("_", subreddit) or "chat"
    told = []
    for start in range(0, max(1, len(turns) - 1), MAX_REPLIES):
        thread = turns[start : start + MAX_REPLIES + 1]
        title, _, body = ssi.clean(thread[0].text).partition("\n")
        title, rest = title[:MAX_TITLE], title[MAX_TITLE:]
        body = "\n".join(part for part in (rest, body) if part)
        replies = tuple(_reply(thread, place) for place in range(1, len(thread)))
        told.append(Told(where, title, body, replies))
    return told


def unnamed(told: Told) -> Told:
    """What HotShotBot's dialect keeps."""
    replies = tuple(replace(reply, author=None) for reply in told.replies)
    return replace(told, subreddit="", replies=replies)


def _reply(thread: Sequence[Turn], place: int) -> Reply:
    turn = thread[place]
    tag = "r"
    if turn.author_id == thread[0].author_id:
        tag = "opr"
    elif place > 1 and turn.author_id == thread[place - 2].author_id:
        tag = "ocr"
    last = place == len(thread) - 1
    name = _NO_NAME.sub("_", turn.author) or "someone"
    return Reply(tag, None if last else name, ssi.clean(turn.text))


def _told(opened: re.Match[str], pairs: list[tuple[str, str]]) -> Told:
    """The rest of a line: (tag, text behind it).

    Raises:
        ValueError: a tag is missing or out of place.
    """
    kind = opened["kind"]
    title, pairs = _part(pairs, "sot", "eot")
    body, pairs = _part(pairs, "sost" if kind == "s" else "sol", "eost" if kind == "s" else "eol")
    if kind == "l" and body:
        raise ValueError
    replies = []
    while pairs and (found := _REPLY.fullmatch(pairs[0][0])):
        text, pairs = _part(pairs, pairs[0][0], f"eo{found['kind']}")
        replies.append(Reply(found["kind"], found["by"], text))
    if pairs and pairs != [(f"eo{kind}s", "")]:
        raise ValueError
    return Told(opened["where"] or "", title, body if kind == "s" else None, tuple(replies))


def _part(pairs: list[tuple[str, str]], tag: str, end: str) -> tuple[str, list[tuple[str, str]]]:
    """The text behind `tag`, which comes first, and what follows its end, if that is marked."""
    if not pairs or pairs[0][0] != tag:
        raise ValueError
    text, rest = pairs[0][1], pairs[1:]
    if rest and rest[0][0] == end:
        if rest[0][1]:
            raise ValueError
        rest = rest[1:]
    return text, rest
