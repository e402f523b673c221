from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clone_pipeline.chats import conversing
from clone_pipeline.chats.sessions import SessionSettings
from clone_pipeline.records import Message, Turn
from clone_pipeline_tests.chats.samples import START, chats, message
from clone_pipeline_tests.chats.whole import UNCLEANED, conversed


def turns_of(messages: list[Message], gap_seconds: int = 600, **given: object) -> list[Turn]:
    return conversed(messages, gap_seconds=gap_seconds, **{**UNCLEANED, **given})[0]


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
@given(messages=chats(), gap=st.integers(1, 5000), taken_apart=st.booleans())
def test_every_message_is_in_exactly_one_turn_or_counted(
    messages: list[Message], gap: int, taken_apart: bool
) -> None:
    turns = turns_of(messages, gap, disentangle=taken_apart, rethread=taken_apart)
    ids = Counter(message_id for turn in turns for message_id in turn.message_ids)
    assert all(count == 1 for count in ids.values())
    said = {m.message_id for m in messages if m.kind == "text" and m.text.strip()}
    assert set(ids) == said
    by_id: dict[str, list[Turn]] = {}
    for turn in turns:
        by_id.setdefault(turn.conversation_id, []).append(turn)
    assert [turn.conversation_id for group in by_id.values() for turn in group] == [
        turn.conversation_id for turn in turns
    ]
    for group in by_id.values():
        assert [turn.turn for turn in group] == list(range(len(group)))
        authors = [turn.author_id for turn in group]
        assert all(a != b for a, b in zip(authors, authors[1:], strict=False))
        if not taken_apart and all(turn.started for turn in group):
            started = [turn.started for turn in group]
            assert started == sorted(started)  # type: ignore[type-var]


@settings(max_examples=60, deadline=None)
@given(messages=chats(), seed=st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter_where_times_are_known(
    messages: list[Message], seed: Random
) -> None:
    timed = [m for m in messages if m.timestamp]
    shuffled = seed.sample(timed, len(timed))
    assert texts_by_conversation(turns_of(timed)) == texts_by_conversation(turns_of(shuffled))


def texts_by_conversation(turns: list[Turn]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for turn in turns:
        found.setdefault(turn.conversation_id, []).append(turn.text)
    return found


@pytest.mark.parametrize("rows", [1, 3, 1000])
def test_sessions_may_cross_the_pieces_in_which_messages_are_read(
    rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = [at(n, 100 * n + 1000 * (n // 7), author="ab"[n % 2]) for n in range(40)]
    whole = turns_of(listed)
    monkeypatch.setattr(conversing, "ROWS", rows)
    assert turns_of(listed) == whole
    assert len({turn.conversation_id for turn in whole}) == 6


def test_both_accounts_of_a_persona_are_one_person() -> None:
    one, other = at(0, 0), at(1, 5, author_id="second", text="b")
    (turn,) = turns_of([one, other])
    assert turn.message_ids == ["neutral:0", "neutral:1"]


def test_each_channel_has_its_own_gap_if_asked_for() -> None:
    slow = [
        at(n, 900 * n + 90_000 * (n // 20), channel_id="slow", author="ab"[n % 2])
        for n in range(400)
    ]
    assert len({turn.conversation_id for turn in turns_of(slow)}) == 400
    assert len({turn.conversation_id for turn in turns_of(slow, adaptive=True)}) == 20


def test_the_default_gap_is_ten_minutes() -> None:
    assert SessionSettings().gap_seconds == 600
