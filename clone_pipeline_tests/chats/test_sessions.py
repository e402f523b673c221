from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clone_pipeline.chats.sessions import SessionSettings, conversations
from clone_pipeline.records import Message, Turn
from clone_pipeline_tests.chats.samples import START, chats, message


def turns_of(messages: list[Message], gap_seconds: int = 600) -> list[Turn]:
    turns, dropped = conversations(messages, gap_seconds=gap_seconds)
    assert not dropped
    return turns


def at(number: int, seconds: int, **fields: str) -> Message:
    return message(number, timestamp=START + timedelta(seconds=seconds), **fields)


@pytest.mark.parametrize(("seconds", "expected"), [(600, 1), (601, 2)])
def test_a_conversation_ends_after_a_longer_silence_than_the_gap(
    seconds: int, expected: int
) -> None:
    turns = turns_of([at(0, 0), at(1, seconds, author="ben")])
    assert len({turn.conversation_id for turn in turns}) == expected


def test_the_gap_is_measured_from_the_last_message_also_of_the_same_author() -> None:
    steady = turns_of([at(n, 500 * n) for n in range(5)])
    assert len(steady) == 1
    paused = turns_of([at(0, 0), at(1, 5000)])
    assert len({turn.conversation_id for turn in paused}) == 2


def test_consecutive_messages_of_one_author_are_one_turn() -> None:
    first, second = turns_of(
        [
            at(0, 0, text="a"),
            at(1, 5, text="b", reply_to="neutral:9"),
            at(2, 9, text="c", author="ben"),
        ]
    )
    assert (first.text, first.message_ids) == ("a\nb", ["neutral:0", "neutral:1"])
    assert (first.started, first.ended) == (START, START + timedelta(seconds=5))
    assert (first.reply_to, second.reply_to) == ("neutral:9", None)
    assert (first.turn, second.turn) == (0, 1)


def test_a_conversation_crosses_the_parts_of_an_export() -> None:
    turns = turns_of([at(1, 60, source_file="b"), at(0, 0, author="ben", source_file="a")])
    assert [turn.author_id for turn in turns] == ["ben", "anna"]
    assert len({turn.conversation_id for turn in turns}) == 1


def test_channels_do_not_mix() -> None:
    turns = turns_of([at(0, 0), at(1, 1, channel_id="hall"), at(2, 2, platform="discord")])
    assert len({turn.conversation_id for turn in turns}) == 3


def test_a_given_conversation_is_one_however_long_the_silence() -> None:
    turns = turns_of([at(0, 0, conversation="c"), at(1, 10**6, conversation="c", author="ben")])
    assert len({turn.conversation_id for turn in turns}) == 1


def test_messages_without_times_keep_the_order_of_their_file() -> None:
    listed = [message(n, str(n), timestamp=None, author="ab"[n % 2]) for n in range(4)]
    other = message(9, timestamp=None, source_file="other.jsonl")
    turns = turns_of([*listed, other])
    assert [turn.text for turn in turns][:4] == list("0123")
    assert len({turn.conversation_id for turn in turns}) == 2


@settings(max_examples=100, deadline=None)
@given(messages=chats(), gap=st.integers(1, 5000))
def test_every_message_is_in_exactly_one_turn(messages: list[Message], gap: int) -> None:
    turns = turns_of(messages, gap)
    ids = Counter(message_id for turn in turns for message_id in turn.message_ids)
    assert ids == Counter(m.message_id for m in messages)
    by_id: dict[str, list[Turn]] = {}
    for turn in turns:
        by_id.setdefault(turn.conversation_id, []).append(turn)
    for group in by_id.values():
        assert [turn.turn for turn in group] == list(range(len(group)))
        authors = [turn.author_id for turn in group]
        assert all(a != b for a, b in zip(authors, authors[1:], strict=False))


def test_the_default_gap_is_ten_minutes() -> None:
    assert SessionSettings().gap_seconds == 600
