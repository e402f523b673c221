"""Sessions -> conversations: taken apart where they run through each other, and judged."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from clone_pipeline.chats import threads
from clone_pipeline.chats.conversation_rules import ConversationRules
from clone_pipeline.chats.sessions import Lines
from clone_pipeline.chats.survey import NO_TIME, Key
from clone_pipeline.chats.threads import Said
from clone_pipeline.chats.turns import People


def conversations_of(
    lines: Lines,
    spans: Sequence[tuple[int, int]],
    rules: ConversationRules,
    dropped: Counter[str],
    people: People,
    keys: Sequence[Key],
    *,
    disentangle: bool,
    rethread: bool,
) -> list[Sequence[int]]:
    """The places of each conversation that is kept, in its order.

    Args:
        lines: messages that are left after cleaning.
        spans: start and end of each session in them.
        rules: what becomes of whole conversations.
        dropped: gets the messages that are left out, by reason.
        people: the authors.
        keys: by number.
        disentangle: take apart what runs through each other.
        rethread: move late replies behind what they answer.
    """
    found: list[Sequence[int]] = []
    for start, stop in spans:
        given = keys[lines.keys[start]].part == "given"
        crowd = disentangle and not given and stop - start > 2
        for group in _parted(lines, start, stop, people, disentangle=crowd, rethread=rethread):
            if isinstance(group, range):
                texts = lines.texts[group.start : group.stop]
                ends = np.flatnonzero(lines.goodbyes[group.start : group.stop])
            else:
                texts = [lines.texts[place] for place in group]
                ends = np.flatnonzero(lines.goodbyes[group])
            kept, reason = rules.judge(texts, int(ends[0]) if len(ends) else None)
            if kept < len(group):
                dropped[reason] += len(group) - kept
            if kept:
                found.append(group[:kept])
    return found


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
