"""Conversations that run through each other in a group chat, taken apart by fixed rules.

What the rules look at was chosen on two of the annotated logs of Kummerfeld et al., "A Large-Scale
Corpus for Conversation Disentanglement" (ACL 2019); benchmarks/disentangling.py measures them.
"""

from collections.abc import Sequence

from clone_pipeline.chats.threads_names import addressees
from clone_pipeline.chats.threads_order import rethreaded as rethreaded
from clone_pipeline.chats.threads_rules import Room
from clone_pipeline.chats.threads_said import Said as Said

_FEWEST_AUTHORS = 3
_EVIDENCE = 3  # fewer than one line in so many that names or answers someone: one conversation


def disentangle(group: Sequence[Said]) -> list[list[int]]:
    """The conversations of one session.

    A reply is in the conversation of what it answers; a link to something that is not in the
    session counts for nothing. A session of one or two people, or one in which fewer than one line
    in three names or answers someone, is one conversation: friends who seldom name each other talk
    of one thing at a time, more often than not.

    Args:
        group: what was said in one channel without a long silence, in order.

    Returns:
        The places of each conversation, ascending, the conversations by their first place;
        together every place of `group` once.
    """
    conversation_of: list[int] = []
    found: list[list[int]] = []
    for place, answers in enumerate(links(group)):
        if answers is None:
            conversation_of.append(len(found))
            found.append([place])
        else:
            conversation_of.append(conversation_of[answers])
            found[conversation_of[place]].append(place)
    return found


def links(group: Sequence[Said]) -> list[int | None]:
    """The place of what each message answers or goes on from, always before it; None is a start.

    Args:
        group: as for `disentangle`.
    """
    whole: list[int | None] = [None, *range(len(group) - 1)] if group else []
    if len(group) < _FEWEST_AUTHORS:
        return whole
    ids, authors, names, texts, times, replies = zip(*group, strict=True)
    if len(set(authors)) < _FEWEST_AUTHORS:
        return whole
    whom = addressees(authors, names, texts)
    answered = _answered(ids, replies)
    evidence = len(whom) - whom.count("") + len(answered)
    if evidence * _EVIDENCE < len(group):
        return whole
    return _judged(authors, texts, times, whom, answered)


def _answered(ids: Sequence[str], replies: Sequence[str | None]) -> dict[int, int]:
    """What each reply answers, of those that answer something earlier in the session."""
    if not any(replies):
        return {}
    places = {message_id: place for place, message_id in enumerate(ids)}
    found = {place: places.get(reply, place) for place, reply in enumerate(replies) if reply}
    return {place: target for place, target in found.items() if target < place}


def _judged(
    authors: Sequence[str],
    texts: Sequence[str],
    times: Sequence[float | None],
    whom: Sequence[str],
    answered: dict[int, int],
) -> list[int | None]:
    room = Room()
    found: list[int | None] = []
    for place, author in enumerate(authors):
        now = times[place] or 0.0
        to = whom[place]
        answers: int | None
        if place in answered:
            answers = answered[place]
            to = authors[answers] if authors[answers] != author else ""
        elif to:
            answers = room.addressed(place, author, to, now)
        else:
            answers = room.unaddressed(place, author, texts[place], now)
        room.note(place, author, to, now, answers)
        found.append(answers)
    return found
