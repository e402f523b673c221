"""Exchanges of a conversation (the others speak, the persona answers), and runs of them."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from clone_pipeline.chats.lengths import is_plain
from clone_pipeline.records import Dialogue, Turn

OTHERS = "Others"

# A line may also end with what `str.splitlines` and the template-free form end lines at.
_LINE_START = r"(?:^|(?<=[\r\v\f\x1c-\x1e\x85\u2028\u2029]))"

# A turn of the conversation, the name that it is shown with, and its text without forged names.
Said = tuple[Turn, str, str]


@dataclass(frozen=True)
class Exchange:
    """What the others said in a row, and what the persona answered; bodies are defused."""

    other: list[Said]
    persona: list[Said]

    @property
    def turns(self) -> int:
        """How many turns of the conversation it holds."""
        return len(self.other) + len(self.persona)

    @cached_property
    def chars(self) -> int:
        """At most so many characters, prefixes of names included."""
        return sum(len(name) + 3 + len(body) for _, name, body in self.other + self.persona)

    @cached_property
    def is_plain(self) -> bool:
        """Whether every name and body is, see `lengths.is_plain`."""
        return all(is_plain(name) and is_plain(body) for _, name, body in self.other + self.persona)


@dataclass(frozen=True, slots=True)
class Made:
    """A dialogue, and which turns of its conversation it holds: the first message id of each."""

    dialogue: Dialogue
    turns: frozenset[str]


Fits = Callable[[Sequence[Exchange]], bool]


def exchanges_of(
    turns: Sequence[Turn], persona: str, names: Mapping[str, str], dropped: Counter[str]
) -> list[Exchange]:
    """The exchanges of a conversation; what stands before and behind them is counted."""
    if all(turn.persona != persona for turn in turns):
        dropped["persona_absent"] += len(turns)
        return []
    speakers = {_name(turn, names) for turn in turns} | {turn.author for turn in turns}
    forging = _forging(speakers | {names[persona], OTHERS})
    runs = [
        (own, [(turn, _name(turn, names), _defused(turn.text, forging)) for turn in run])
        for own, run in groupby(turns, key=lambda turn: turn.persona == persona)
    ]
    if runs and runs[0][0]:
        dropped["leading_persona"] += len(runs.pop(0)[1])
    if runs and not runs[-1][0]:
        dropped["trailing_other"] += len(runs.pop()[1])
    return [
        Exchange(other, own) for (_, other), (_, own) in zip(runs[::2], runs[1::2], strict=True)
    ]


def _name(turn: Turn, names: Mapping[str, str]) -> str:
    return names.get(turn.persona or "", turn.author) or turn.author_id


def _forging(names: Collection[str]) -> re.Pattern[str]:
    """A line that looks like the beginning of someone's turn."""
    listed = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True) if name)
    starts = rf"{_LINE_START}([^\S\n]*(?:{listed}))[^\S\n]*:"
    return re.compile(starts, re.IGNORECASE | re.MULTILINE)


def _defused(text: str, forging: re.Pattern[str]) -> str:
    return forging.sub(r"\1 -", text) if ":" in text else text


def runs_of(
    pairs: Sequence[Exchange], fits: Fits, dropped: Counter[str]
) -> Iterator[list[Exchange]]:
    """Runs of exchanges that each fit by themselves, with nothing left out between them.

    Of long talk before an answer the nearest turns are kept.

    Args:
        pairs: of one conversation, in order.
        fits: whether a section may be as long as this.
        dropped: counts turns, "long_lead_in" and "too_long".
    """
    run: list[Exchange] = []
    for pair in pairs:
        fitted = _fitted(pair, fits)
        if fitted is pair:
            run.append(pair)
            continue
        if run:
            yield run
        run = [fitted] if fitted else []
        reason = "long_lead_in" if fitted else "too_long"
        dropped[reason] += pair.turns - (fitted.turns if fitted else 0)
    if run:
        yield run


def _fitted(pair: Exchange, fits: Fits) -> Exchange | None:
    """The pair with as much of what the others said before the answer as fits."""
    if fits([pair]):
        return pair

    def fits_from(place: int) -> bool:
        return fits([Exchange(pair.other[place:], pair.persona)])

    start = bisect_left(range(1, len(pair.other)), True, key=fits_from) + 1
    return Exchange(pair.other[start:], pair.persona) if start < len(pair.other) else None
