import json
from pathlib import Path

import pytest

from clone_pipeline import registry
from clone_pipeline.defs import learned
from clone_pipeline.defs.learned import State


def noted(models: Path, *states: tuple[str, str, State]) -> Path:
    for key, judged_by, state in states:
        learned.note(models, key=key, judged_by=judged_by, state=state)
    return models


def deployed(models: Path, key: str) -> None:
    work = models / ".work"
    (work / "model").mkdir(parents=True)
    version = registry.publish(models, work, card={"training_key": key})
    registry.deploy(models, version=version.name, promotion=None)


def test_before_the_first_retraining_everything_is_new(tmp_path: Path) -> None:
    assert learned.nothing_new(tmp_path, key="a", judged_by="x") == ""


@pytest.mark.parametrize(
    ("past", "said"),
    [
        ([("a", "x", "begun"), ("a", "x", "promoted")], "promoted"),
        ([("a", "x", "begun"), ("a", "y", "promoted")], "promoted"),
        ([("a", "x", "begun"), ("a", "x", "refused")], "refused"),
        ([("a", "x", "begun"), ("a", "y", "refused")], ""),
        ([("a", "x", "promoted"), ("a", "x", "begun")], ""),
        ([("a", "x", "promoted"), ("b", "x", "refused")], ""),
        ([("b", "x", "promoted")], ""),
    ],
)
def test_the_last_line_says_whether_something_is_left_to_do(
    tmp_path: Path, past: list[tuple[str, str, State]], said: str
) -> None:
    why = learned.nothing_new(noted(tmp_path, *past), key="a", judged_by="x")
    assert why.endswith(said)
    assert bool(why) == bool(said)


def test_what_is_in_production_is_learned_unless_its_retraining_did_not_end(
    tmp_path: Path,
) -> None:
    deployed(tmp_path, "a")
    assert "v0001" in learned.nothing_new(tmp_path, key="a", judged_by="x")
    assert learned.nothing_new(tmp_path, key="b", judged_by="x") == ""
    noted(tmp_path, ("a", "x", "begun"))
    assert learned.nothing_new(tmp_path, key="a", judged_by="x") == ""


def test_a_line_that_a_kill_cut_short_is_none(tmp_path: Path) -> None:
    path = noted(tmp_path, ("a", "x", "begun")) / "retrainings.jsonl"
    path.write_bytes(path.read_bytes() + b'{"key": "a", "judg')
    assert [line.state for line in learned.lines(tmp_path)] == ["begun"]
    noted(tmp_path, ("a", "x", "refused"))
    assert [json.loads(line)["state"] for line in path.read_text("utf-8").splitlines()] == [
        "begun", "refused"
    ]  # fmt: skip
