"""Messages -> conversations: what was said without a long silence, as turns."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from pydantic import Field

from clone_pipeline.chats.partly import digest
from clone_pipeline.records import Message, Turn
from clone_pipeline.settings import Settings


class SessionSettings(Settings):
    """Where a conversation ends."""

    gap_seconds: int = Field(
        600, ge=1, le=30 * 86400, description="seconds of silence that end a conversation"
    )


def conversations(
    messages: Iterable[Message], *, gap_seconds: int
) -> tuple[list[Turn], Counter[str]]:
    """The messages as conversations of turns; every message is in exactly one turn.

    The unit that enters is messages; none is dropped here. `cleaning.clean_conversations` does
    this and the filtering that belongs before and after it.

    Args:
        messages: in any order; those without a time keep theirs.
        gap_seconds: as for `grouped`.
    """
    groups = grouped(messages, gap_seconds=gap_seconds)
    return [turn for group in groups for turn in turns_of(group)], Counter()


def grouped(messages: Iterable[Message], *, gap_seconds: int) -> list[list[Message]]:
    """The messages of each conversation, in order.

    A conversation is what the neutral schema says is one. Else it is what was written in one
    channel with at most `gap_seconds` seconds between a message and the next; a message without
    a time is in one conversation with the others of its channel and file that have none.
    """
    by_key: defaultdict[tuple[str, ...], list[Message]] = defaultdict(list)
    for message in messages:
        by_key[_key(message)].append(message)
    groups: list[list[Message]] = []
    for key, group in by_key.items():
        if key[2] == _TIMED:
            groups += _cut(sorted(group, key=_time), gap_seconds)
        elif all(message.timestamp for message in group):
            groups.append(sorted(group, key=_time))
        else:
            groups.append(group)
    return groups


def turns_of(group: Sequence[Message]) -> list[Turn]:
    """A conversation's turns: consecutive messages of one author, joined with a newline."""
    if not group:
        return []
    conversation_id = _conversation_id(group[0])
    runs: list[list[Message]] = []
    for message in group:
        if runs and runs[-1][0].author_id == message.author_id:
            runs[-1].append(message)
        else:
            runs.append([message])
    return [_turn(conversation_id, number, run) for number, run in enumerate(runs)]


_TIMED = "timed"
_UNTIMED = "untimed"
_GIVEN = "given"


def _key(message: Message) -> tuple[str, ...]:
    where = (message.platform, message.channel_id)
    if message.conversation:
        return (*where, _GIVEN, message.conversation)
    if message.timestamp:
        return (*where, _TIMED)
    return (*where, _UNTIMED, message.source_file)


def _time(message: Message) -> float:
    return message.timestamp.timestamp() if message.timestamp else 0.0


def _cut(group: Sequence[Message], gap_seconds: int) -> list[list[Message]]:
    conversations: list[list[Message]] = []
    last = 0.0
    for message in group:
        now = _time(message)
        if conversations and now - last <= gap_seconds:
            conversations[-1].append(message)
        else:
            conversations.append([message])
        last = now
    return conversations


def _conversation_id(first: Message) -> str:
    own = first.conversation or first.message_id
    return f"{first.platform}:{digest(first.platform, first.channel_id, own)}"


def _turn(conversation_id: str, number: int, run: Sequence[Message]) -> Turn:
    return Turn(
        conversation_id=conversation_id,
        turn=number,
        author_id=run[0].author_id,
        author=run[0].author,
        persona=run[0].persona,
        text="\n".join(message.text for message in run),
        started=run[0].timestamp,
        ended=run[-1].timestamp,
        message_ids=[message.message_id for message in run],
        reply_to=next((message.reply_to for message in run if message.reply_to), None),
        channel_id=run[0].channel_id,
    )
