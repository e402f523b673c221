"""Where a conversation ends: settings, and the cutting of what was said in order at silences."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from clone_pipeline.chats.silences import adaptive_gap
from clone_pipeline.chats.survey import NO_TIME, Survey
from clone_pipeline.settings import Settings

_NO_GAP = np.iinfo(np.int64).max


class SessionSettings(Settings):
    """Where a conversation ends, and who talks with whom."""

    gap_seconds: int = Field(
        600, ge=1, le=30 * 86400, description="seconds of silence that end a conversation"
    )
    adaptive: bool = Field(
        False, description="find the silence that ends a conversation for each channel by itself"
    )
    disentangle: bool = Field(
        True,
        description="take apart conversations that run through each other in a group, by replies, "
        "mentions and names",
    )
    rethread: bool = Field(
        True, description="move a late reply behind what it answers, within its conversation"
    )


@dataclass(slots=True)
class Lines:
    """Messages that are left after cleaning, in order; all columns are of equal length.

    Attributes:
        keys: the number of what each may be cut with (`survey.Key`).
        who: the number of each author.
        times: microseconds, `survey.NO_TIME` where unknown.
        ids: of the messages; `replies` what they answer, or null.
        goodbyes: whether each may end a conversation.
    """

    keys: NDArray[np.int32]
    who: NDArray[np.int32]
    times: NDArray[np.int64]
    ids: pa.Array
    texts: list[str]
    replies: pa.Array
    goodbyes: NDArray[np.bool_]

    def __len__(self) -> int:
        """How many messages there are."""
        return len(self.texts)

    def __getitem__(self, part: slice) -> "Lines":
        """Some of them."""
        return Lines(
            self.keys[part],
            self.who[part],
            self.times[part],
            self.ids[part],
            self.texts[part],
            self.replies[part],
            self.goodbyes[part],
        )

    def __add__(self, more: "Lines") -> "Lines":
        """These and what follows them."""
        return Lines(
            np.concatenate([self.keys, more.keys]),
            np.concatenate([self.who, more.who]),
            np.concatenate([self.times, more.times]),
            pa.concat_arrays([self.ids, more.ids]),
            self.texts + more.texts,
            pa.concat_arrays([self.replies, more.replies]),
            np.concatenate([self.goodbyes, more.goodbyes]),
        )


def gaps_of(survey: Survey, *, gap_seconds: int, adaptive: bool) -> NDArray[np.int64]:
    """The longest silence within a conversation, by key, in microseconds.

    What the export itself calls a conversation has no such silence, nor have messages without
    times.
    """
    found = []
    for number, key in enumerate(survey.keys):
        if key.part != "timed":
            found.append(_NO_GAP)
            continue
        seconds = gap_seconds
        if adaptive and survey.gaps[number]:
            seconds = adaptive_gap(np.concatenate(survey.gaps[number]), default=gap_seconds)
        found.append(seconds * 1_000_000)
    return np.array(found, dtype=np.int64)


def sessions(lines: Lines, gaps: NDArray[np.int64]) -> NDArray[np.int64]:
    """The places at which sessions begin, the first of them 0; none if there are no lines.

    A session ends where the key changes or a silence is longer than the key's gap. A message
    without a time is in one session with its neighbours of the same key.
    """
    if not len(lines):
        return np.array([], dtype=np.int64)
    changed = np.diff(lines.keys) != 0
    known = (lines.times[1:] != NO_TIME) & (lines.times[:-1] != NO_TIME)
    silent = np.zeros(len(changed), dtype=bool)
    steps = lines.times[1:][known] - lines.times[:-1][known]
    silent[known] = steps > gaps[lines.keys[1:][known]]
    return np.concatenate([[0], np.flatnonzero(changed | silent) + 1])


# Messages of one session at most: who never is silent for so long is cut at the longest silence.
LONGEST = 20_000


def closed_sessions(
    pieces: Iterator[Lines], gaps: NDArray[np.int64]
) -> Iterator[tuple[Lines, list[tuple[int, int]]]]:
    """Lines with the start and end of each whole session in them; sessions may cross pieces."""
    rest: Lines | None = None
    for piece in pieces:
        lines = rest + piece if rest else piece
        starts = sessions(lines, gaps).tolist()
        if len(starts) > 1:
            yield lines, list(zip(starts, starts[1:], strict=False))
        rest = lines[slice(starts[-1] if starts else 0, len(lines))]
        while len(rest) > LONGEST and gaps[rest.keys[0]] < _NO_GAP:
            cut = int(np.diff(rest.times[:LONGEST]).argmax()) + 1
            yield rest, [(0, cut)]
            rest = rest[slice(cut, len(rest))]
    if rest:
        yield rest, [(0, len(rest))]
