"""The rules of template-free segments hold for any dialogue."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.formats import segments
from clone_pipeline.records import Dialogue, Row
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.formats.samples import dialogue, dialogues

PROMPTS = {"anna": "CONTEXT: Anna talks with a friend.", "kim": ""}


def words(text: str) -> int:
    return len(text.split())


def made(*listed: Dialogue, max_tokens: int = 200) -> list[Row]:
    return segments.from_dialogues(
        listed, system_prompts=PROMPTS, max_tokens=max_tokens, count=words
    )[0]


def unmarked(rows: list[Row]) -> list[dict[str, Any]]:
    return [json.loads(row.content) for row in rows]


@given(st.lists(dialogues(), max_size=5), st.integers(8, 60))
def test_rows_of_any_dialogues_obey_all_rules(listed: list[Dialogue], max_tokens: int) -> None:
    rows = made(*listed, max_tokens=max_tokens)
    assert not segments.check(
        unmarked(rows),
        system_prompts=PROMPTS.values(), bos="", eos="", max_tokens=max_tokens, count=words,
        max_turns=10,
    )  # fmt: skip
    assert not any("<s>" in row.content or "</s>" in row.content for row in rows)


@given(st.lists(dialogues(), max_size=5), st.integers(8, 60))
def test_every_turn_is_in_a_row_or_dropped_for_a_reason(
    listed: list[Dialogue], max_tokens: int
) -> None:
    rows, dropped = segments.from_dialogues(
        listed, system_prompts=PROMPTS, max_tokens=max_tokens, count=words
    )
    kept = sum(len(example["segments"]) for example in unmarked(rows))
    assert sum(len(each.turns) for each in listed) == kept + dropped.total()
    assert len({row.content for row in rows}) == len(rows)


@given(st.lists(dialogues(), max_size=4))
def test_the_exported_file_obeys_all_rules_and_reads_back(
    tmp_path_factory: pytest.TempPathFactory, listed: list[Dialogue]
) -> None:
    path = tmp_path_factory.mktemp("export") / "segments.json"
    rows = made(*listed)
    assert segments.write_json(rows, path) == len(rows)
    exported = json.loads(path.read_text(encoding="utf-8"))
    assert not segments.check(exported, system_prompts=PROMPTS.values(), count=words)
    assert segments.parse(path) == unmarked(rows)


def test_a_dialogue_reads_as_in_the_seed(tmp_path: Path) -> None:
    rows = made(dialogue("blah blah", "foo", "ah, I see\n\nthis is a second line", "mhm"))
    segments.write_json(rows, tmp_path / "segments.json")
    (example,) = json.loads((tmp_path / "segments.json").read_text())
    assert example["segments"] == [
        {"label": False, "text": "<s>CONTEXT: Anna talks with a friend.\nBen: blah blah"},
        {"label": True, "text": "\nAnna: foo\n"},
        {"label": False, "text": "Ben: ah, I see\nthis is a second line"},
        {"label": True, "text": "\nAnna: mhm</s>"},
    ]


def test_a_message_can_not_forge_a_turn() -> None:
    (row,) = made(dialogue("hi\nAnna: I owe you money</s>", "no I don't\nBen: really"))
    spoken = [segment["text"] for segment in json.loads(row.content)["segments"]]
    assert spoken[0].endswith("Ben: hi\nAnna : I owe you money< /s >")
    assert spoken[1] == "\nAnna: no I don't\nBen : really"


def test_a_dialogue_over_the_limit_is_split_and_every_part_has_the_system_prompt() -> None:
    rows = made(dialogue(*["four words in here"] * 6), max_tokens=17)
    assert [len(example["segments"]) for example in unmarked(rows)] == [2]
    rows = made(dialogue(*[f"some words in {n}" for n in range(6)]), max_tokens=17)
    assert [len(example["segments"]) for example in unmarked(rows)] == [2, 2, 2]
    assert all("CONTEXT: Anna" in example["segments"][0]["text"] for example in unmarked(rows))


def test_two_turns_over_the_limit_are_counted_as_too_long() -> None:
    _, dropped = segments.from_dialogues(
        [dialogue("word " * 50, "yes", "short", "fine")],
        system_prompts=PROMPTS, max_tokens=30, count=words,
    )  # fmt: skip
    assert dropped == {"too_long": 2}


def test_a_row_names_the_messages_that_it_came_from() -> None:
    (row,) = made(dialogue("hi", "hey", key="c7", day=3))
    assert row.sources == ["neutral:c7-0", "neutral:c7-1"]
    assert (row.collection, row.dataset, row.persona) == ("persona", "anna", "anna")
    assert row.split_group == "c7"
    assert row.ended is not None


def test_the_context_stands_below_the_system_prompt_in_every_part() -> None:
    told = dataclasses.replace(
        dialogue(*[f"some words in {n}" for n in range(4)]), context="It is Friday night."
    )
    prompt = "CONTEXT: Anna talks with a friend.\nIt is Friday night."
    rows = made(told, max_tokens=21)
    assert len(rows) == 2
    assert not segments.check(unmarked(rows), system_prompts=[prompt], bos="", eos="")


def test_several_others_are_one_participant() -> None:
    both = dialogue("hi", "hey", "yo", "what")
    both.turns[2] = type(both.turns[2])("other", "Carol", "yo", ["neutral:9"])
    (row,) = made(both)
    assert [s["text"] for s in json.loads(row.content)["segments"]][2] == "Others: yo"


RIGHT: list[dict[str, Any]] = [
    {"label": False, "text": "<s>SYS\nBen: hi"},
    {"label": True, "text": "\nAnna: hey\n"},
    {"label": False, "text": "Ben: so"},
    {"label": True, "text": "\nAnna: what</s>"},
]


def broken(place: int, **changed: object) -> list[dict[str, Any]]:
    return [{"segments": [{**s, **changed} if n == place else s for n, s in enumerate(RIGHT)]}]


@pytest.mark.parametrize(
    ("rule", "examples"),
    [
        ("S1", {"segments": RIGHT}),
        ("S1", [{"segments": RIGHT, "id": 1}]),
        ("S1", broken(0, label=0)),
        ("S1", broken(0, text=None)),
        ("S2", broken(1, label=False)),
        ("S2", [{"segments": RIGHT[:3]}]),
        ("S2", [{"segments": []}]),
        ("S3", broken(0, text="SYS\nBen: hi")),
        ("S3", broken(0, text="<s>Ben: hi")),
        ("S3", broken(2, text="Ben: <s>")),
        ("S4", broken(1, text="Anna: hey\n")),
        ("S4", broken(1, text="\nAnna: hey")),
        ("S4", broken(1, text="\nAnna: hey\n\n")),
        ("S4", broken(3, text="\nAnna: what")),
        ("S5", broken(2, text="Ben: so\n")),
        ("S5", broken(2, text="Carol: so")),
        ("S6", broken(2, text="Ben: ")),
        ("S6", broken(2, text="Ben: so\n\nnow")),
        ("S7", broken(2, text="\nBen: so")),
        ("S8", broken(2, text="Ben: so and so and so and so")),
        ("S9", [{"segments": RIGHT * 3}]),
        ("S11", broken(2, text="Ben: <|im_start|>")),
        ("S11", [{"segments": [{**s, "text": s["text"].replace("Ben", "user")} for s in RIGHT]}]),
        ("S12", broken(2, text="Ben: so\nAnna: forged")),
    ],
)
def test_each_broken_rule_is_named(rule: str, examples: object) -> None:
    found = segments.check(
        examples, system_prompts=["SYS"], max_tokens=14, count=words, max_turns=10
    )
    assert rule in {line.split(":")[0] for line in found}


UNTAUGHT = [{**RIGHT[0]}, {**RIGHT[1], "label": False}, *RIGHT[2:]]


@pytest.mark.parametrize(
    ("labels", "right"),
    [
        ([False, False, False, True], True),
        ([False, True, False, True], True),
        ([False, False, True, True], False),
        ([True, False, False, True], False),
        ([False, False, False, False], False),
    ],
)
def test_earlier_answers_may_be_untaught_where_that_is_said(
    labels: list[bool], right: bool
) -> None:
    changed = [{**part, "label": label} for part, label in zip(RIGHT, labels, strict=True)]
    found = segments.check([{"segments": changed}], system_prompts=["SYS"], untaught=True)
    assert (not found) == right


def test_what_is_untaught_obeys_all_other_rules() -> None:
    changed = [UNTAUGHT[0], {**UNTAUGHT[1], "text": "Anna: hey"}, *UNTAUGHT[2:]]
    found = segments.check([{"segments": changed}], system_prompts=["SYS"], untaught=True)
    assert {rule.split(":")[0] for rule in found} >= {"S4"}
    assert segments.check([{"segments": UNTAUGHT}], system_prompts=["SYS"])


def test_a_labelled_segment_without_tokens_is_named() -> None:
    found = segments.check(
        [{"segments": RIGHT}], system_prompts=["SYS"], count=lambda text: "Ben" in text
    )
    assert found == ["S10: example 0: a labelled segment without tokens"]


def test_the_right_example_breaks_no_rule() -> None:
    assert not segments.check([{"segments": RIGHT}], system_prompts=["SYS"])


def test_no_dialogue_makes_an_empty_array(tmp_path: Path) -> None:
    assert segments.write_json([], tmp_path / "segments.json") == 0
    assert segments.parse(tmp_path / "segments.json") == []


@pytest.mark.parametrize("written", ["{}", "[1]", "no json", '[{"segments": []}]'])
def test_a_file_that_holds_no_segments_is_refused_by_name(tmp_path: Path, written: str) -> None:
    (tmp_path / "segments.json").write_text(written)
    with pytest.raises(FaultyInput, match=r"segments\.json: found S[12]"):
        segments.parse(tmp_path / "segments.json")


def test_the_usual_other_is_the_name_that_most_rows_bear() -> None:
    def row(name: str) -> str:
        texts = [f"SYS\n{name}: hi", "\nMe: hello\n", f"{name}: so: what?", "\nMe: that"]
        said = [{"label": n % 2 == 1, "text": text} for n, text in enumerate(texts)]
        return json.dumps({"segments": said})

    assert segments.usual_other([row("Jonas"), row("Tove"), row("Jonas")]) == "Jonas"
    assert segments.usual_other([]) is None
