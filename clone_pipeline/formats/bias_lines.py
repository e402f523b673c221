r"""A thread's lines for VTX: `¶{bias}:> ((title)) | selftext ¶{bias}:> reply ...`."""

import random
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from clone_pipeline.formats.lines import folded, unfolded, unforged
from clone_pipeline.records import RedditItem
from clone_pipeline.reddit.chains import is_bot
from clone_pipeline.reddit.nesting import Thread, plain

# What every line may have, however many its thread has: some six ordinary comments.
LEAST_CHARS = 1000

_URL = re.compile(r"http\S+")
_DIGITS = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Said:
    """One item of a line: whose it is, and its text as `clean` gives it."""

    bias: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A comment's line.

    Attributes:
        text: the line, without a line feed at its end.
        told: the items in it, the comment last.
        untold: how many comments above it were left out.
        shortened: whether any was, or the selftext.
    """

    text: str
    told: list[RedditItem]
    untold: int
    shortened: bool


def lines_of(
    thread: Thread, *, biases: Mapping[str, str], seed: int, max_chars: int, thread_chars: int
) -> tuple[list[Line], Counter[str]]:
    """A line for each comment, the oldest first, and the comments that have none, by reason.

    Args:
        thread: of any depth.
        biases: {user name in lower case: digits}, see `biases_of`.
        seed: of the digits of all others.
        max_chars: of a line; what gives way to it is told in `bias.from_threads`.
        thread_chars: of all lines: a share of it is another bound of each line but the first.
    """
    said = {name: _said(item, biases, seed) for name, item in thread.items.items()}
    above: dict[str, int] = {thread.thread_id: -1}
    lines: list[Line] = []
    dropped: Counter[str] = Counter()
    share = min(max_chars, max(LEAST_CHARS, thread_chars // len(said)))
    for name, item in thread.items.items():
        if name == thread.thread_id:
            continue
        parent = thread.parent(item)
        above[name] = above[parent.item_id] + 1 if parent else 0
        if is_bot(item.author) or not said[name].text:
            dropped["bot" if is_bot(item.author) else "empty"] += 1
        else:
            most = share if lines else max_chars
            lines.append(_line(thread, item, said, above[name], most))
    return lines, dropped


def biases_of(replacers: Mapping[str, str], *, seed: int) -> dict[str, str]:
    """The biases of those who have a replacer, by user name in lower case.

    A replacer of digits is the bias; any other stands for digits of its own, the same each time.
    """
    return {
        name.casefold(): other if _DIGITS.fullmatch(other) else digits_for(seed, other)
        for name, other in replacers.items()
    }


def digits_for(seed: int, key: str) -> str:
    """A bias for `key`: 18 or 19 digits, the first of them 1 to 9; the same for equal seeds."""
    chance = random.Random(f"{seed}:{key}")
    count = chance.choice((17, 18))
    return str(chance.randrange(10**count, 10 ** (count + 1)))


def line_of(said: Iterable[Said]) -> str:
    """The items as one line; `parse` reads it back."""
    return " ".join(f"¶{each.bias}:> {folded(each.text)}" for each in said)


def parse(line: str) -> list[Said]:
    """The items of a line, their texts with line feeds again.

    Raises:
        ValueError: it is no such line.
    """
    start, *pieces = line.split("¶")
    said = []
    for number, piece in enumerate(pieces, 1):
        bias, ship, text = piece.partition(":> ")
        if not ship or not _DIGITS.fullmatch(bias):
            break
        said.append(Said(bias, unfolded(text if number == len(pieces) else text[:-1])))
    if start or not said or len(said) < len(pieces):
        raise ValueError(f"{line[:60]!r} is no line of biases")
    return said


def clean(text: str) -> str:
    r"""`text` as it may stand in a line: URLs as `((url))`, nothing that forges an item.

    `¶` becomes the reversed sign `⁋`; `:>`, template tokens and a `\n` of two characters, which
    would be read as a line feed, get a space inside.
    """
    said = unforged(_URL.sub("((url))", plain(text)))
    return said.replace("¶", "⁋").replace(":>", ": >").strip()


def _line(
    thread: Thread, item: RedditItem, said: Mapping[str, Said], above: int, max_chars: int
) -> Line:
    first = thread.submission
    own = len(line_of([said[item.item_id]]))
    head = _head(first, said, min(max_chars // 2, max_chars - own - 1)) if first else []
    room = max_chars - own - sum(len(line_of([each])) + 1 for each in head)
    chain = [item]
    parent = thread.parent(item)
    while parent and parent is not first:
        room -= len(line_of([said[parent.item_id]])) + 1
        if room < 0:
            break
        chain.append(parent)
        parent = thread.parent(parent)
    chain.reverse()
    text = line_of([*head, *(said[each.item_id] for each in chain)])
    untold = above + 1 - len(chain)
    whole = not first or head == [said[first.item_id]]
    return Line(text, [first, *chain] if first else chain, untold, untold > 0 or not whole)


def _head(first: RedditItem, said: Mapping[str, Said], limit: int) -> list[Said]:
    """The submission's item, without its selftext if it is above `limit` with it."""
    whole = said[first.item_id]
    if len(line_of([whole])) <= limit:
        return [whole]
    return [Said(whole.bias, _title(first))]


def _said(item: RedditItem, biases: Mapping[str, str], seed: int) -> Said:
    text = clean(item.text)
    if item.item_id == item.thread_id:
        text = f"{_title(item)} | {text}" if text else _title(item)
    bias = biases.get(item.author.casefold()) or digits_for(seed, item.item_id)
    return Said(bias, text)


def _title(item: RedditItem) -> str:
    return f"(({clean(item.title)}))"
