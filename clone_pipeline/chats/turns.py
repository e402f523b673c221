"""Conversations -> turns: what one person says in a row, as a table."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clone_pipeline.chats.partly import digest
from clone_pipeline.chats.sessions import Lines
from clone_pipeline.chats.survey import NO_TIME, Coded, Key
from clone_pipeline.records import CONVERSATIONS, TIME
from clone_pipeline.tables import of_columns

# Stored as dictionaries.
REPETITIVE = ("conversation_id", "author_id", "author", "persona", "channel_id")


class Known(NamedTuple):
    """An author; a persona is one person, whichever account writes."""

    author_id: str
    author: str
    persona: str | None

    @property
    def identity(self) -> str:
        """Equal for all accounts of one persona."""
        return f"persona:{self.persona}" if self.persona else self.author_id


class People:
    """The authors of a table, numbered as they are met.

    Attributes:
        known: by number.
        persons: the number of the person that each author is.
    """

    def __init__(self) -> None:
        self.known: list[Known] = []
        self.persons: list[int] = []
        self._numbers: dict[Known, int] = {}
        self._persons: dict[str, int] = {}

    def numbers(self, author_ids: Coded, authors: Coded, personas: Coded) -> NDArray[np.int32]:
        """The number of each row's author."""
        mixed = author_ids.codes
        for column in (authors, personas):
            mixed = mixed * len(column.values) + column.codes
        _, first, inverse = np.unique(mixed, return_index=True, return_inverse=True)
        found = [
            self._number(
                Known(
                    author_ids.values[author_ids.codes[row]] or "",
                    authors.values[authors.codes[row]] or "",
                    personas.values[personas.codes[row]],
                )
            )
            for row in first.tolist()
        ]
        return np.array(found, dtype=np.int32)[inverse]

    def _number(self, known: Known) -> int:
        number = self._numbers.setdefault(known, len(self.known))
        if number == len(self.known):
            self.known.append(known)
            self.persons.append(self._persons.setdefault(known.identity, len(self._persons)))
        return number


def turns_of(
    lines: Lines, groups: Sequence[Sequence[int]], keys: Sequence[Key], people: People
) -> pa.Table:
    """The turns of conversations: consecutive messages of one person, joined with a newline.

    Args:
        lines: the messages.
        groups: places in `lines`, those of each conversation in its order; none is empty.
        keys: by number.
        people: the authors.

    Returns:
        A table of `CONVERSATIONS`.
    """
    if not groups:
        return CONVERSATIONS.empty_table()
    sizes = np.array([len(group) for group in groups])
    order = np.concatenate([np.asarray(group, dtype=np.int64) for group in groups])
    group_of = np.repeat(np.arange(len(groups)), sizes)
    persons = np.array(people.persons, dtype=np.int32)[lines.who[order]]
    begins = np.ones(len(order), dtype=bool)
    begins[1:] = (np.diff(group_of) != 0) | (np.diff(persons) != 0)
    starts = np.flatnonzero(begins)
    stops = np.append(starts[1:], len(order))
    group_starts = np.append(0, np.cumsum(sizes)[:-1])
    number = np.arange(len(starts)) - np.searchsorted(starts, group_starts)[group_of[starts]]
    who = [people.known[each] for each in lines.who[order[starts]].tolist()]
    firsts = order[group_starts]
    ids = [
        conversation_id(keys[number], first)
        for number, first in zip(
            lines.keys[firsts].tolist(), lines.ids.take(pa.array(firsts)).to_pylist(), strict=True
        )
    ]
    places = order.tolist()
    spans = list(zip(starts.tolist(), stops.tolist(), strict=True))
    return of_columns(
        {
            "conversation_id": [ids[each] for each in group_of[starts].tolist()],
            "turn": number.astype(np.int32),
            "author_id": [each.author_id for each in who],
            "author": [each.author for each in who],
            "persona": [each.persona for each in who],
            "text": list(_texts(lines.texts, places, spans)),
            "started": _times(lines.times[order[starts]]),
            "ended": _times(lines.times[order[stops - 1]]),
            "message_ids": pa.ListArray.from_arrays(
                pa.array(np.append(starts, len(order)), pa.int32()),
                lines.ids.take(pa.array(order)),
            ),
            "reply_to": _replies(lines.replies, order, np.cumsum(begins) - 1, len(starts)),
            "channel_id": [keys[each].channel_id for each in lines.keys[order[starts]].tolist()],
        },
        CONVERSATIONS,
    )


def conversation_id(key: Key, first: str) -> str:
    """An id that stays as long as the conversation's first message does."""
    own = key.name if key.part == "given" else first
    return f"{key.platform}:{digest(key.platform, key.channel_id, own)}"


def _texts(
    texts: Sequence[str], places: Sequence[int], spans: Sequence[tuple[int, int]]
) -> Iterator[str]:
    for start, stop in spans:
        if stop - start == 1:
            yield texts[places[start]]
        else:
            yield "\n".join([texts[place] for place in places[start:stop]])


def _replies(
    replies: pa.Array, order: NDArray[np.int64], turn_of: NDArray[np.int64], turns: int
) -> pa.Array:
    """What the first replying message of each turn answers."""
    answering = np.flatnonzero(~replies.is_null().to_numpy(zero_copy_only=False)[order])
    which, first = np.unique(turn_of[answering], return_index=True)
    places = np.full(turns, -1, dtype=np.int64)
    places[which] = order[answering[first]]
    return replies.take(pa.array(places, mask=places < 0))


def _times(times: NDArray[np.int64]) -> pa.Array:
    return pa.array(times, mask=times == NO_TIME).cast(TIME)
