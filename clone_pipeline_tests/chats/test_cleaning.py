from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from clone_pipeline.chats.cleaning import CleaningSettings, clean_conversations, clean_messages
from clone_pipeline.records import Message, Turn
from clone_pipeline_tests.chats.samples import chats, message

LONG = "a message that is well above thirty characters long"


def clean(messages: list[Message], **fields: Any) -> tuple[list[Turn], Counter[str]]:
    return clean_conversations(messages, gap_seconds=600, **CleaningSettings(**fields).model_dump())


def drops(text: str, **fields: Any) -> dict[str, int]:
    return dict(clean([message(0, LONG), message(1, text, **fields)])[1])


@pytest.mark.parametrize(
    "text", ["@Ben", "@someone", "<@123>", "<@!123> <#4>", "@a @b", "@Dora Lee"]
)
def test_a_single_ping_is_dropped(text: str) -> None:
    dora = message(5, LONG + "!", author="dora lee")
    _, dropped = clean([dora, message(1, text)])
    assert dropped == {"ping": 1}


@pytest.mark.parametrize("text", ["lol", "LOOOL!!", "lmao", "gg", "hahahaha", "Haha.", "xD", "^^"])
def test_a_non_response_is_dropped(text: str) -> None:
    assert drops(text) == {"non_response": 1}


@pytest.mark.parametrize("text", ["lol that is so you", "ok", "k", "no", "good", "👍", "?", "papa"])
def test_a_short_answer_is_kept(text: str) -> None:
    assert drops(text) == {}


@pytest.mark.parametrize("kind", ["system", "bot", "image", "sticker", "call", "link", "deleted"])
def test_a_kind_that_is_no_text_is_dropped_by_its_name(kind: str) -> None:
    assert drops("whatever", kind=kind) == {kind: 1}


@pytest.mark.parametrize("text", ["", "  \n", "@", "@ @"])
def test_an_empty_text_is_dropped(text: str) -> None:
    assert set(drops(text)) <= {"empty", "ping"}
    assert sum(drops(text).values()) == 1


def test_at_signs_are_removed_but_not_the_names() -> None:
    (turn,), _ = clean([message(0, f"@Ben, {LONG} <:pepe:123> <@99>")])
    assert turn.text == f"Ben, {LONG} :pepe:"
    (kept,), _ = clean([message(0, f"@Ben, {LONG}")], remove_at_signs=False)
    assert kept.text == f"@Ben, {LONG}"


def test_links_inside_a_message_stay() -> None:
    (turn,), _ = clean([message(0, f"{LONG} https://example.org/x")])
    assert turn.text.endswith("https://example.org/x")


def test_a_small_conversation_of_short_messages_is_dropped() -> None:
    short = [message(n, f"word {n}") for n in range(4)]
    assert clean(short) == ([], {"low_quality_conversation": 4})
    assert clean([*short, message(4, "word 4")])[1] == {}
    assert clean([*short[:3], message(4, LONG)])[1] == {}
    assert clean(short, small_conversation_messages=0)[1] == {}


@pytest.mark.parametrize(
    "text",
    ["gtg", "ok gtg, mum calls", "I’m going to sleep", "im going to sleep now", "cya!", "GN all"],
)
def test_a_conversation_with_a_goodbye_is_dropped_cut_or_kept(text: str) -> None:
    messages = [message(0, LONG), message(1, text), message(2, "wait, one more thing")]
    assert clean(messages) == ([], {"conversation_with_ender": 3})
    (turn,), dropped = clean(messages, ender="cut_after")
    assert turn.message_ids == ["neutral:0", "neutral:1"]
    assert dropped == {"after_ender": 1}
    assert clean(messages, ender="keep")[1] == {}


@pytest.mark.parametrize(
    "text", ["legtgs", "he wrote cya and then he left the house, never to return"]
)
def test_a_word_that_only_looks_like_a_goodbye_ends_nothing(text: str) -> None:
    assert drops(text) == {}


def test_copies_of_long_texts_are_dropped_and_short_ones_are_not() -> None:
    copies = [LONG, LONG.upper() + "!!", "yes, that is it", "yes, that is it"]
    messages = [message(n, text) for n, text in enumerate(copies)]
    assert clean(messages)[1] == {"near_duplicate": 1}
    assert clean(messages, near_duplicates=False)[1] == {}


def test_wrong_settings_are_refused() -> None:
    with pytest.raises(ValidationError, match="ender"):
        CleaningSettings(**{"ender": "eat"})
    with pytest.raises(ValidationError, match="small_message_chars"):
        CleaningSettings(small_message_chars=-1)


@settings(max_examples=150, deadline=None)
@given(messages=chats(), ender=st.sampled_from(["drop", "cut_after", "keep"]), copies=st.booleans())
def test_every_message_is_in_one_turn_or_dropped_for_one_reason(
    messages: list[Message], ender: str, copies: bool
) -> None:
    turns, dropped = clean(messages, ender=ender, near_duplicates=copies)
    kept = [message_id for turn in turns for message_id in turn.message_ids]
    assert len(kept) == len(set(kept))
    assert set(kept) <= {m.message_id for m in messages}
    assert len(messages) == len(kept) + dropped.total()
    assert all(dropped.values())
    assert all(turn.text.strip() and "@" not in turn.text for turn in turns)


@settings(max_examples=60, deadline=None)
@given(messages=chats())
def test_cleaning_clean_messages_changes_nothing(messages: list[Message]) -> None:
    arguments: dict[str, Any] = {"non_responses": ("lol",), "remove_at_signs": True}
    once, dropped = clean_messages(messages, **arguments)
    assert len(messages) == len(once) + dropped.total()
    again, _ = clean_messages(once, **arguments)
    assert [m.text for m in again if m in once] == [m.text for m in again]


@pytest.mark.timeout(20)
def test_a_long_row_of_at_signs_takes_no_long_time() -> None:
    assert drops("@" * 5_000 + " words of some other kind that say a thing") == {}
