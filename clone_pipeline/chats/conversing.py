"""Messages -> conversations, streamed: cleaned, cut at silences, taken apart, as turns."""

from collections import Counter, deque
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import compress
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from clone_pipeline.chats.cleaning import Cleaner, cleaner
from clone_pipeline.chats.conversation_rules import conversation_rules
from clone_pipeline.chats.ordering import Part, in_order
from clone_pipeline.chats.parting import conversations_of
from clone_pipeline.chats.sessions import Lines, closed_sessions, gaps_of
from clone_pipeline.chats.survey import Coded, Survey, coded_column, surveyed, times_of
from clone_pipeline.chats.text_rules import Cleaned, Shard
from clone_pipeline.chats.turns import People, turns_of
from clone_pipeline.scale.mapping import Map, in_process, open_map
from clone_pipeline.tables import Growing, Stored

_PERSON = ("author_id", "author", "persona")
_DICTIONARIES = ("kind", *_PERSON)
_COLUMNS = ("message_id", "text", "reply_to", *_DICTIONARIES)

# Messages that are cleaned together.
ROWS = 4096
# Messages from which it pays to start another process.
MANY = 100_000


@dataclass(slots=True)
class Conversed:
    """What became of the messages: `entered == kept + dropped`.

    Attributes:
        lengths: of the turns, in characters, one array a piece.
    """

    entered: int = 0
    kept: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    conversations: int = 0
    turns: int = 0
    lengths: list[NDArray[np.int32]] = field(default_factory=list)


def map_for(stored: Stored, *, processes: int) -> AbstractContextManager[Map]:
    """The map by which messages are cleaned: few in this process, whatever is allowed."""
    many = stored.num_rows >= MANY
    return open_map(processes if many else 1, imports=["clone_pipeline.chats.text_rules"])


def clean_conversations(
    stored: Stored,
    table: Growing,
    *,
    gap_seconds: int,
    adaptive: bool = False,
    disentangle: bool = True,
    rethread: bool = True,
    mapped: Map = in_process,
    **cleaning: Any,
) -> Conversed:
    """The clean messages of a table as conversations of turns, added to another.

    The unit that enters is messages: each is in exactly one turn's `message_ids`, or counted
    under one reason.

    Args:
        stored: of `records.MESSAGES`.
        table: of `records.CONVERSATIONS`.
        gap_seconds: as in `SessionSettings`, like the next three.
        adaptive: find each channel's own gap.
        disentangle: take apart what runs through each other.
        rethread: move late replies behind what they answer.
        mapped: where messages are cleaned.
        cleaning: `CleaningSettings`.
    """
    survey = surveyed(stored, gaps=adaptive)
    gaps = gaps_of(survey, gap_seconds=gap_seconds, adaptive=adaptive)
    rules = conversation_rules(**cleaning)
    people = People()
    done = Conversed(entered=stored.num_rows)
    with cleaner(names=survey.authors, **cleaning) as clean:
        pieces = _cleaned(stored, survey, clean, people, mapped)
        for lines, spans in closed_sessions(pieces, gaps):
            groups = conversations_of(
                lines,
                spans,
                rules,
                done.dropped,
                people,
                survey.keys,
                disentangle=disentangle,
                rethread=rethread,
            )
            turns = turns_of(lines, groups, survey.keys, people)
            table.add(turns)
            done.conversations += len(groups)
            done.turns += turns.num_rows
            done.kept += sum(len(group) for group in groups)
            done.lengths.append(np.asarray(pc.utf8_length(turns["text"]).to_numpy(), np.int32))
    done.dropped += clean.dropped
    return done


def _cleaned(
    stored: Stored, survey: Survey, clean: Cleaner, people: People, mapped: Map
) -> Iterator[Lines]:
    under_way: deque[Part] = deque()

    def shards() -> Iterator[Shard]:
        for group, codes in in_order(stored, survey, _COLUMNS, _DICTIONARIES):
            for start in range(0, group.num_rows, ROWS):
                part = group.slice(start, ROWS)
                under_way.append((part, codes[start : start + ROWS]))
                yield Shard(part["text"].to_pylist(), _unusual(coded_column(part["kind"])))

    for done in mapped(clean.rules, shards()):
        yield _lines(*under_way.popleft(), done, clean, people)


def _lines(
    part: pa.Table, keys: NDArray[np.int32], done: Cleaned, clean: Cleaner, people: People
) -> Lines:
    author_ids, authors, personas = (coded_column(part[name]) for name in _PERSON)
    at = np.array(done.places, dtype=np.int64)
    left = clean.left(done, _spread(author_ids, at))
    goodbyes = np.zeros(len(at), dtype=np.bool_)
    goodbyes[done.goodbyes] = True
    at = at[left]
    kept = part.select(["message_id", "reply_to", "timestamp"]).take(pa.array(at))
    return Lines(
        keys=keys[at],
        who=people.numbers(author_ids, authors, personas)[at],
        times=times_of(kept),
        ids=kept["message_id"].combine_chunks(),
        texts=list(compress(done.texts, left.tolist())),
        replies=kept["reply_to"].combine_chunks(),
        goodbyes=goodbyes[left],
    )


def _unusual(kinds: Coded) -> list[tuple[int, str]]:
    """The places of messages that are no plain text, and their kinds."""
    plain = [number for number, kind in enumerate(kinds.values) if kind == "text"]
    places = np.flatnonzero(~np.isin(kinds.codes, plain))
    return [(place, kinds.values[kinds.codes[place]] or "") for place in places.tolist()]


def _spread(column: Coded, places: NDArray[np.int64]) -> list[str]:
    values = [value or "" for value in column.values]
    return list(map(values.__getitem__, column.codes[places].tolist()))
