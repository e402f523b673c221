import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from clone_pipeline.chats.company import Acquaintance
from clone_pipeline.chats.dialogues import (
    OTHERS,
    DialogueSettings,
    each_dialogue,
    persona_dialogues,
)
from clone_pipeline.records import Dialogue, Turn
from clone_pipeline_tests.chats.talks import NAMES, talk, talks


def dialogues(turns: list[Turn], **fields: Any) -> tuple[list[Dialogue], Counter[str]]:
    arguments: dict[str, Any] = {
        **DialogueSettings().cutting(),
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
    assert dialogue.turns[0].message_ids == ["neutral:c0-1", "neutral:c0-2"]
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
    (dialogue,), _ = dialogues(talk(*said, aliases={"anna2": "anna"}))
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


def test_a_sliding_window_ends_with_each_answer_and_no_turn_is_counted_twice() -> None:
    turns = talk(*[("carl", f"q{n}") if n % 2 == 0 else ("anna", f"a{n}") for n in range(9)])
    found, dropped = dialogues(turns, windows="sliding", max_turns=4)
    assert [[turn.text for turn in d.turns] for d in found] == [
        ["q0", "a1"],
        ["q0", "a1", "q2", "a3"],
        ["q2", "a3", "q4", "a5"],
        ["q4", "a5", "q6", "a7"],
    ]
    assert dropped == {"trailing_other": 1}
    assert len({d.dialogue_id for d in found}) == 4


def test_sliding_windows_shorter_than_the_minimum_are_left_out() -> None:
    turns = talk(*[("carl", "q"), ("anna", "a")] * 3)
    found, dropped = dialogues(turns, windows="sliding", min_turns=4, max_turns=4)
    assert ([len(d.turns) for d in found], dropped) == ([4, 4], {})
    found, dropped = dialogues(turns[:2], windows="sliding", min_turns=4, max_turns=4)
    assert (found, dropped) == ([], {"too_short": 2})


def test_the_context_names_the_known_people_of_a_dialogue_and_its_time() -> None:
    known = talk(("person:carl", "hi"), ("anna", "hey"), ("person:carl", "so"), ("anna", "yes"))
    group = talk(("person:carl", "hi"), ("dora", "ho"), ("anna", "hey"))
    people = {"person:carl": Acquaintance("Carl", "your sister")}

    def context(turns: list[Turn], **fields: Any) -> str:
        (made,) = each_dialogue(
            turns, personas=["anna"], names=NAMES, seed=0, dropped=Counter(),
            **DialogueSettings().cutting(), **fields,
        )  # fmt: skip
        return made.dialogue.context

    assert context(known, people=people) == "You are talking with Carl, your sister."
    assert "Carl (your sister) and Dora." in context(group, people=people)
    assert context(known) == ""
    zone = ZoneInfo("Asia/Tokyo")
    told = context(known, people=people, time_context=True, zone=zone)
    assert told.endswith("your sister. It is Saturday night, 2024-03-02.")


def test_turns_are_drawn_a_conversation_at_a_time() -> None:
    drawn: list[str] = []

    def flowing() -> Iterator[Turn]:
        for number in range(5):
            for turn in talk(("carl", "q"), ("anna", "a"), conversation=f"c{number}"):
                drawn.append(turn.conversation_id)
                yield turn

    made = each_dialogue(
        flowing(), personas=["anna"], names=NAMES, seed=0, dropped=Counter(),
        **DialogueSettings().cutting(),
    )  # fmt: skip
    next(iter(made))
    assert len(set(drawn)) == 2


@settings(max_examples=100, deadline=None)
@given(
    turns=talks(),
    low=st.integers(2, 6),
    more=st.integers(0, 6),
    max_chars=st.integers(100, 400),
    personas=st.sampled_from([["anna"], ["anna", "ben"]]),
    windows=st.sampled_from(["sections", "sliding"]),
)
def test_the_dialogues_obey_the_rules_and_every_turn_is_used_or_counted(
    turns: list[Turn],
    low: int,
    more: int,
    max_chars: int,
    personas: list[str],
    windows: str,
) -> None:
    high = low + more + low % 2
    found, dropped = dialogues(
        turns,
        personas=personas,
        min_turns=low,
        max_turns=high,
        max_chars=max_chars,
        windows=windows,
    )
    authors = {message_id: t.persona for t in turns for message_id in t.message_ids}
    turn_of = {message_id: i for i, t in enumerate(turns) for message_id in t.message_ids}
    used = set()
    for dialogue in found:
        roles = [turn.role for turn in dialogue.turns]
        assert roles == ["other", "persona"] * (len(roles) // 2)
        assert low <= len(roles) <= high
        assert sum(len(turn.text) for turn in dialogue.turns) <= max_chars
        assert len({turn.name for turn in dialogue.turns if turn.role == "other"}) == 1
        ids = [message_id for turn in dialogue.turns for message_id in turn.message_ids]
        assert len(ids) == len(set(ids))
        used |= {(dialogue.persona, turn_of[message_id]) for message_id in ids}
        for turn in dialogue.turns:
            assert turn.text.strip()
            assert all(
                (authors[m] == dialogue.persona) == (turn.role == "persona")
                for m in turn.message_ids
            )
            if turn.name != OTHERS:
                assert not re.search(
                    rf"^({NAMES[dialogue.persona]}|Others|{re.escape(turn.name)}):", turn.text, re.M
                )
    assert len(turns) * len(personas) == len(used) + dropped.total()
    assert len({d.dialogue_id for d in found}) == len(found)


@settings(max_examples=30, deadline=None)
@given(turns=talks())
def test_no_message_is_in_two_dialogues_of_a_persona_and_none_of_its_order_is_lost(
    turns: list[Turn],
) -> None:
    found, _ = dialogues(turns)
    ids = [m for d in found for turn in d.turns for m in turn.message_ids]
    order = {m: n for n, m in enumerate(m for turn in turns for m in turn.message_ids)}
    assert ids == sorted(set(ids), key=order.__getitem__)
