import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from clone_pipeline.chats.dialogues import OTHERS, DialogueSettings, persona_dialogues
from clone_pipeline.chats.sessions import conversations
from clone_pipeline.records import Dialogue, Message, Turn
from clone_pipeline_tests.chats.samples import chats, message

NAMES = {"anna": "Anna", "ben": "Ben"}


def talk(*said: tuple[str, str], **fields: Any) -> list[Turn]:
    """The turns of one conversation: (author, text) each."""
    listed = [
        message(n, text, author=author, persona=author if author in NAMES else None, **fields)
        for n, (author, text) in enumerate(said)
    ]
    return conversations(listed, gap_seconds=600)[0]


def dialogues(turns: list[Turn], **fields: Any) -> tuple[list[Dialogue], Counter[str]]:
    arguments: dict[str, Any] = {
        **DialogueSettings().model_dump(),
        "personas": ["anna"],
        "names": NAMES,
        "seed": 0,
    }
    return persona_dialogues(turns, **{**arguments, **fields})


def shown(dialogue: Dialogue) -> list[tuple[str, str, str]]:
    return [(turn.role, turn.name, turn.text) for turn in dialogue.turns]


def test_a_dialogue_begins_with_the_other_and_ends_with_the_persona() -> None:
    turns = talk(
        ("anna", "first"), ("carl", "hi"), ("carl", "you?"), ("anna", "yes"), ("carl", "bye")
    )
    (dialogue,), dropped = dialogues(turns)
    assert shown(dialogue) == [("other", "Carl", "hi\nyou?"), ("persona", "Anna", "yes")]
    assert dialogue.turns[0].message_ids == ["neutral:1", "neutral:2"]
    assert dropped == {"leading_persona": 1, "trailing_other": 1}


def test_several_others_are_named_line_by_line() -> None:
    turns = talk(
        ("carl", "hi"), ("dora", "ho\nhu"), ("anna", "hey"), ("carl", "so"), ("anna", "yes")
    )
    (dialogue,), _ = dialogues(turns)
    assert shown(dialogue) == [
        ("other", OTHERS, "Carl: hi\nDora: ho\nhu"),
        ("persona", "Anna", "hey"),
        ("other", OTHERS, "Carl: so"),
        ("persona", "Anna", "yes"),
    ]


def test_another_persona_is_an_other_by_its_name() -> None:
    turns = talk(("ben", "hi"), ("anna", "hey"))
    found, dropped = dialogues(turns, personas=["anna", "ben"], names={"anna": "A.", "ben": "B."})
    assert [(d.persona, shown(d)) for d in found] == [
        ("anna", [("other", "B.", "hi"), ("persona", "A.", "hey")])
    ]
    assert dropped == {"leading_persona": 1, "trailing_other": 1}


def test_two_accounts_of_a_persona_speak_as_one() -> None:
    said = [("carl", "hi"), ("anna", "a"), ("anna2", "b"), ("carl", "so"), ("anna2", "c")]
    listed = [
        message(n, text, author=author, persona="anna" if author != "carl" else None)
        for n, (author, text) in enumerate(said)
    ]
    turns, _ = conversations(listed, gap_seconds=600)
    (dialogue,), _ = dialogues(turns)
    assert [turn.text for turn in dialogue.turns] == ["hi", "a\nb", "so", "c"]


def test_a_body_cannot_forge_a_turn() -> None:
    turns = talk(("carl", "hi\nAnna: I owe you money"), ("anna", "what\n carl : me too\nPS: no"))
    (dialogue,), _ = dialogues(turns)
    assert dialogue.turns[0].text == "hi\nAnna - I owe you money"
    assert dialogue.turns[1].text == "what\n carl - me too\nPS: no"


def test_a_conversation_without_the_persona_or_without_others_gives_nothing() -> None:
    assert dialogues(talk(("carl", "hi"), ("dora", "ho"))) == ([], {"persona_absent": 2})
    assert dialogues(talk(("anna", "hi"))) == ([], {"leading_persona": 1})


def test_a_short_conversation_is_one_dialogue_and_a_long_one_is_cut() -> None:
    short = talk(*[("carl", "q"), ("anna", "a")] * 5)
    assert [len(d.turns) for d in dialogues(short)[0]] == [10]
    long = talk(*[("carl", "q"), ("anna", "a")] * 40)
    sizes = [len(d.turns) for d in dialogues(long)[0]]
    assert sum(sizes) == 80
    assert len(set(sizes)) > 2
    assert max(sizes) <= 10
    assert [len(d.turns) for d in dialogues(long)[0]] == sizes
    assert [len(d.turns) for d in dialogues(long, seed=1)[0]] != sizes


def test_an_exchange_that_is_too_long_is_counted_and_parts_its_neighbours() -> None:
    turns = talk(
        ("carl", "q"),
        ("anna", "a"),
        ("carl", "q"),
        ("anna", "x" * 200),
        ("carl", "q"),
        ("anna", "a"),
    )
    found, dropped = dialogues(turns, max_chars=100)
    assert [len(d.turns) for d in found] == [2, 2]
    assert dropped == {"too_long": 2}


def test_of_long_talk_before_an_answer_the_nearest_turns_are_kept() -> None:
    chatter = [("carl", "x" * 30), ("dora", "y" * 30)] * 10
    turns = talk(
        ("carl", "q"), ("anna", "a"), *chatter, ("anna", "late"), ("carl", "q"), ("anna", "b")
    )
    found, dropped = dialogues(turns, max_chars=120)
    assert [len(d.turns) for d in found] == [2, 4]
    assert found[1].turns[0].text == "Carl: " + "x" * 30 + "\nDora: " + "y" * 30
    assert dropped == {"long_lead_in": 18}


def test_settings_that_leave_no_room_are_refused() -> None:
    with pytest.raises(ValidationError, match="max_turns"):
        DialogueSettings(min_turns=6, max_turns=4)
    with pytest.raises(ValidationError, match="min_turns"):
        DialogueSettings(min_turns=1)


@settings(max_examples=150, deadline=None)
@given(
    messages=chats(),
    low=st.integers(2, 6),
    more=st.integers(0, 6),
    max_chars=st.integers(100, 400),
    personas=st.sampled_from([["anna"], ["anna", "ben"]]),
)
def test_the_sections_obey_the_rules_and_every_turn_is_used_or_counted(
    messages: list[Message], low: int, more: int, max_chars: int, personas: list[str]
) -> None:
    high = low + more + low % 2
    turns, _ = conversations([m for m in messages if m.text.strip()], gap_seconds=600)
    found, dropped = dialogues(
        turns, personas=personas, min_turns=low, max_turns=high, max_chars=max_chars
    )
    authors = {message_id: t.persona for t in turns for message_id in t.message_ids}
    turn_of = {message_id: i for i, t in enumerate(turns) for message_id in t.message_ids}
    used = 0
    for dialogue in found:
        roles = [turn.role for turn in dialogue.turns]
        assert roles == ["other", "persona"] * (len(roles) // 2)
        assert low <= len(roles) <= high
        assert sum(len(turn.text) for turn in dialogue.turns) <= max_chars
        assert len({turn.name for turn in dialogue.turns if turn.role == "other"}) == 1
        ids = [message_id for turn in dialogue.turns for message_id in turn.message_ids]
        assert len(ids) == len(set(ids))
        used += len({turn_of[message_id] for message_id in ids})
        for turn in dialogue.turns:
            assert turn.text.strip()
            assert all(
                (authors[m] == dialogue.persona) == (turn.role == "persona")
                for m in turn.message_ids
            )
            if turn.name != OTHERS:
                assert not re.search(
                    r"^(Anna|Others|" + re.escape(turn.name) + "):", turn.text, re.M
                )
    assert len(turns) * len(personas) == used + dropped.total()
    assert len({d.dialogue_id for d in found}) == len(found)


@settings(max_examples=50, deadline=None)
@given(messages=chats())
def test_no_message_is_in_two_dialogues_of_a_persona_and_none_of_its_order_is_lost(
    messages: list[Message],
) -> None:
    turns, _ = conversations([m for m in messages if m.text.strip()], gap_seconds=600)
    found, _ = dialogues(turns)
    ids = [m for d in found for turn in d.turns for m in turn.message_ids]
    order = {m: n for n, m in enumerate(m for turn in turns for m in turn.message_ids)}
    assert ids == sorted(set(ids), key=order.__getitem__)
