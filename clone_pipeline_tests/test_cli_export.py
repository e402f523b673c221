from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from clone_pipeline import records
from clone_pipeline.cli import app
from clone_pipeline.formats import (
    alpaca,
    bias_text,
    chatml,
    exporting,
    hf_reading,
    openai_messages,
    segments,
    sharegpt,
    ssi,
    ssi_tags,
)
from clone_pipeline_tests.export_project import BIAS, LINES, SEGMENTS, TOLD, call, make, row, store


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make(tmp_path)


def test_help_teaches_every_format() -> None:
    shown = CliRunner().invoke(app, ["export", "--help"], terminal_width=200).output
    assert all(
        name in shown for name in [*exporting.FILES, "--push", "--split", "--out", "held_out"]
    )


@pytest.mark.parametrize(
    ("name", "parse"),
    [("sharegpt", sharegpt.parse), ("messages", openai_messages.parse), ("chatml", chatml.parse),
     ("alpaca", alpaca.parse)],
)  # fmt: skip
@pytest.mark.parametrize(("side", "told"), [("all", TOLD), ("train", TOLD[:1])])
def test_conversations_are_read_back_from_every_format(
    project: Path, name: str, parse: Any, side: str, told: list[Any]
) -> None:
    shown = call(project, name, "--split", side)
    path = project / "data" / "exports" / side / exporting.FILES[name]
    assert parse(path) == told
    assert f"wrote {path}: {len(told)} conversations" in shown.output
    assert "left out: 2 plain text" in shown.output
    assert ("other_side" in shown.output) == (side == "train")
    assert shown.exit_code == 0


def test_alpaca_tells_how_many_examples_the_conversations_are(project: Path) -> None:
    assert "2 conversations, 3 examples" in call(project, "alpaca", "--split", "all").output


def test_dialogues_taught_in_another_form_come_from_the_table_that_has_them(project: Path) -> None:
    told = [row("c1", None, SEGMENTS, "segments"), row("c9", None, {**SEGMENTS}, "segments", "x")]
    missing = call(project, "segments", "--split", "all")
    assert missing.exit_code == 1
    assert "segments_dataset" in missing.stderr
    store(project, "segments_dataset", told, records.DATASET_ROWS)
    shown = call(project, "segments", "--split", "train", "--out", project / "s.json")
    assert segments.parse(project / "s.json") == [SEGMENTS]
    assert "left out: 1 dialogues that are not in training_dataset (not_trained)" in shown.output


def test_what_was_never_made_is_told_with_the_command_that_makes_it(tmp_path: Path) -> None:
    (tmp_path / "clone.yaml").write_text("{}")
    for name in exporting.FILES:
        shown = call(tmp_path, name)
        assert shown.exit_code == 1
        assert "training_dataset.parquet: found no such table" in shown.stderr
        assert "clone-pipeline run" in shown.stderr


def test_vtx_gets_a_file_a_channel_and_a_file_a_thread(project: Path) -> None:
    shown = call(project, "bias", "--split", "train", "--out", project / "vtx")
    assert shown.exit_code == 0, shown.output
    (chat,) = (project / "vtx" / "chats").glob("*.txt")
    said = [[(each.bias, each.text) for each in talk] for talk in bias_text.parse(chat)]
    anna = "22345678901234567"
    assert said == [[(BIAS, "hi"), (anna, "yes?")], [(BIAS, "alone")]]
    assert (project / "vtx/reddit/reddit/a.txt").read_text() == f"{LINES['bias']}\n"
    assert "1 conversations of Reddit, which are told as whole threads" in shown.output
    assert call(project, "bias", "--split", "held_out", "--out", project / "vtx").exit_code == 0
    assert len(bias_text.parse(chat)[0]) == 2
    assert not list((project / "vtx" / "reddit").rglob("*.txt"))


@pytest.mark.parametrize("dialect", ["trained", "ssi", "hotshot"])
def test_ssi_bot_gets_threads_of_reddit_and_of_chats(project: Path, dialect: str) -> None:
    path = project / "ssi.txt"
    shown = call(project, "ssi", "--split", "all", "--dialect", dialect, "--out", path)
    assert "1 threads of Reddit, 3 threads of chats" in shown.output
    told = ssi_tags.parse(path)
    assert [each.title for each in told] == ["T", "hi", "a", "alone"]
    assert {each.subreddit for each in told} == ({""} if dialect == "hotshot" else {"g", "77"})
    assert path.read_text().count(ssi.END) == 4


def test_a_folder_of_datasets_holds_every_form_and_its_splits(project: Path) -> None:
    shown = call(project, "hf", "--split", "all", "--out", project / "hf")
    assert "2 conversations, 2 texts" in shown.output
    held_out = project / "hf/conversations/held_out"
    (stored,) = hf_reading.read(held_out)
    assert stored["messages"] == openai_messages.example(TOLD[1])["messages"]
    assert (stored["persona"], stored["sources"], stored["weight"]) == ("anna", ["c2"], 1.0)


def test_weights_that_a_format_can_t_tell_are_told(project: Path) -> None:
    store(project, "training_dataset", [replace(row("c1", "train", TOLD[0]), weight=2.0)],
          records.TRAINING_DATASET)  # fmt: skip
    assert "1 rows have a weight" in call(project, "messages").stderr
    assert "rows have a weight" not in call(project, "hf").stderr


def test_what_others_put_there_is_never_overwritten_by_a_folder(project: Path) -> None:
    (project / "mine" / "chats").mkdir(parents=True)
    (project / "mine" / "chats" / "diary.txt").write_text("dear")
    for name, out in (("bias", "mine"), ("hf", "mine"), ("bias", "clone.yaml"), ("ssi", "mine")):
        shown = call(project, name, "--out", project / out)
        assert shown.exit_code == 1
        assert "Give --out" in shown.stderr
    assert (project / "mine" / "chats" / "diary.txt").read_text() == "dear"


@pytest.mark.parametrize(
    "wrong", [["alpaca", "--push", "me/x"], ["alpaca", "--dialect", "ssi"], ["gguf"], []]
)
def test_a_wrong_call_ends_with_2(project: Path, wrong: list[str]) -> None:
    assert call(project, *wrong).exit_code == 2


def test_a_file_that_is_there_is_written_over_only_if_told_so(project: Path) -> None:
    mine = project / "mine.json"
    mine.write_text("mine")
    refused = call(project, "alpaca", "--out", mine)
    assert refused.exit_code == 1
    assert "--overwrite" in refused.stderr
    assert mine.read_text() == "mine"
    assert call(project, "alpaca", "--out", mine, "--overwrite").exit_code == 0
    assert alpaca.parse(mine) == TOLD[:1]
    assert call(project, "alpaca").exit_code == call(project, "alpaca").exit_code == 0


@pytest.mark.parametrize("name", ["alpaca", "bias"])
def test_a_place_that_can_t_be_written_is_told(project: Path, name: str) -> None:
    (project / "file").write_text("")
    shown = call(project, name, "--out", project / "file" / "x.json")
    assert shown.exit_code == 1
    assert "can't be written" in shown.stderr


def test_what_was_left_out_of_the_training_rows_is_in_no_other_form_either(project: Path) -> None:
    kept, gone = row("c1", None, SEGMENTS, "segments"), row("c1", None, {**SEGMENTS}, "segments")
    gone = replace(gone, sources=["c1", "overlapping"], content=gone.content.replace("Ben", "Eva"))
    store(project, "segments_dataset", [kept, gone], records.DATASET_ROWS)
    shown = call(project, "segments", "--split", "all")
    assert segments.parse(project / "data/exports/all/segments.json") == [SEGMENTS]
    assert "1 dialogues that are not in training_dataset" in shown.output
