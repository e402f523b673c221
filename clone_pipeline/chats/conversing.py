"""Messages -> conversations, streamed: cleaned, cut at silences, taken apart, as turns."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from clone_pipeline.chats import threads
from clone_pipeline.chats.cleaning import Batch, cleaner
from clone_pipeline.chats.conversation_rules import ConversationRules, conversation_rules
from clone_pipeline.chats.ordering import in_order
from clone_pipeline.chats.sessions import Lines, closed_sessions, gaps_of
from clone_pipeline.chats.survey import (
    NO_TIME,
    Coded,
    Key,
    Survey,
    coded_column,
    surveyed,
    times_of,
)
from clone_pipeline.chats.threads import Said
from clone_pipeline.chats.turns import People, turns_of
from clone_pipeline.tables import Growing, Stored

_DICTIONARIES = ("kind", "author_id", "author", "persona")
_COLUMNS = ("message_id", "text", "reply_to", *_DICTIONARIES)

# Messages that are cleaned together.
ROWS = 4096


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


def clean_conversations(
    stored: Stored,
    table: Growing,
    *,
    gap_seconds: int,
    adaptive: bool = False,
    disentangle: bool = True,
    rethread: bool = True,
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
        cleaning: `CleaningSettings`.
    """
    survey = surveyed(stored, gaps=adaptive)
    gaps = gaps_of(survey, gap_seconds=gap_seconds, adaptive=adaptive)
    rules = conversation_rules(**cleaning)
    people = People()
    done = Conversed(entered=stored.num_rows)
    with cleaner(names=survey.authors, **cleaning) as clean:
        pieces = _cleaned(stored, survey, clean, people)
        for lines, spans in closed_sessions(pieces, gaps):
            groups = list(
                _groups(
                    lines,
                    spans,
                    rules,
                    done,
                    people,
                    survey.keys,
                    disentangle=disentangle,
                    rethread=rethread,
                )
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
    stored: Stored, survey: Survey, clean: Callable[[Batch], Any], people: People
) -> Iterator[Lines]:
    for group, codes in in_order(stored, survey, _COLUMNS, _DICTIONARIES):
        for start in range(0, group.num_rows, ROWS):
            part = group.slice(start, ROWS)
            yield _lines(part, codes[start : start + ROWS], clean, people)


def _lines(
    part: pa.Table, keys: NDArray[np.int32], clean: Callable[[Batch], Any], people: People
) -> Lines:
    columns = {name: coded_column(part[name]) for name in _DICTIONARIES}
    kinds, author_ids = (_spread(columns[name]) for name in ("kind", "author_id"))
    texts = part["text"].to_pylist()
    places, texts = clean(Batch(kinds, texts, author_ids))
    at = np.array(places, dtype=np.int64)
    kept = part.select(["message_id", "reply_to", "timestamp"]).take(pa.array(at))
    return Lines(
        keys=keys[at],
        who=people.numbers(columns["author_id"], columns["author"], columns["persona"])[at],
        times=times_of(kept),
        ids=kept["message_id"].combine_chunks(),
        texts=texts,
        replies=kept["reply_to"].combine_chunks(),
    )


def _spread(column: Coded) -> list[str]:
    values = [value or "" for value in column.values]
    return list(map(values.__getitem__, column.codes.tolist()))


def _groups(
    lines: Lines,
    spans: Sequence[tuple[int, int]],
    rules: ConversationRules,
    done: Conversed,
    people: People,
    keys: Sequence[Key],
    *,
    disentangle: bool,
    rethread: bool,
) -> Iterator[Sequence[int]]:
    """The places of each conversation that is kept, in its order."""
    says_goodbye = np.zeros(len(lines), dtype=bool)
    says_goodbye[rules.goodbyes(lines.texts)] = True
    for start, stop in spans:
        given = keys[lines.keys[start]].part == "given"
        crowd = disentangle and not given and stop - start > 2
        for group in _parted(lines, start, stop, people, disentangle=crowd, rethread=rethread):
            if isinstance(group, range):
                texts = lines.texts[group.start : group.stop]
                ends = np.flatnonzero(says_goodbye[group.start : group.stop])
            else:
                texts = [lines.texts[place] for place in group]
                ends = np.flatnonzero(says_goodbye[group])
            kept, reason = rules.judge(texts, int(ends[0]) if len(ends) else None)
            if kept < len(group):
                done.dropped[reason] += len(group) - kept
            if kept:
                yield group[:kept]


def _parted(
    lines: Lines, start: int, stop: int, people: People, *, disentangle: bool, rethread: bool
) -> Iterator[Sequence[int]]:
    """The conversations of one session."""
    answered = rethread and lines.replies.slice(start, stop - start).null_count < stop - start
    crowd = disentangle and len(set(lines.who[start:stop].tolist())) > 2
    if not (answered or crowd):
        yield range(start, stop)
        return
    said = _said(lines, start, stop, people)
    for group in threads.disentangle(said) if crowd else [list(range(len(said)))]:
        order = threads.rethreaded([said[place] for place in group]) if answered else None
        yield [start + group[place] for place in order] if order else [start + p for p in group]


def _said(lines: Lines, start: int, stop: int, people: People) -> list[Said]:
    times = lines.times[start:stop].tolist()
    ids = lines.ids.slice(start, stop - start).to_pylist()
    replies = lines.replies.slice(start, stop - start).to_pylist()
    return [
        Said(
            message_id,
            people.known[who].identity,
            people.known[who].author,
            text,
            None if time == NO_TIME else time / 1e6,
            reply,
        )
        for message_id, who, text, time, reply in zip(
            ids,
            lines.who[start:stop].tolist(),
            lines.texts[start:stop],
            times,
            replies,
            strict=True,
        )
    ]
