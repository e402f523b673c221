import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from clone_pipeline_tests.defs import opened
from clone_pipeline_tests.defs.small_project import make_project, settings, write_settings


@pytest.fixture
def empty(base: Path, tmp_path: Path) -> Path:
    """A project whose only chat is between people who are not cloned."""
    folder = make_project(tmp_path / "p", base=base, url=None, conversations=2, documents=False)
    tree = settings(base, url=None)
    tree["personas"] = {"zoe": {"name": "Zoe", "accounts": {"neutral": ["zoe"]}}}
    write_settings(folder, tree)
    return folder


def test_a_training_dataset_without_rows_fails_and_shows_the_funnel(empty: Path) -> None:
    outcome = opened.run(empty)
    assert not outcome.succeeded
    [(asset, said)] = outcome.failures
    assert asset == "training_dataset"
    assert said.startswith("There is nothing to train on.")
    for stage in ("messages: ", "conversations: ", "persona_dialogues: ", "chunks: 0 documents"):
        assert stage in said
    assert "no_persona" in said or "dropped {" in said
    assert not (empty / "data" / "training_dataset.parquet").exists()
    assert not (empty / "models").exists()


def test_an_empty_branch_yields_an_empty_table_and_says_so(empty: Path) -> None:
    assert opened.run(empty, "documents or chunks or qa_candidates or qa_conversations").succeeded
    for name in ("documents", "chunks", "qa_candidates", "qa_conversations"):
        assert pq.read_table(empty / "data" / f"{name}.parquet").num_rows == 0
        [shown] = opened.materializations(empty, name)
        assert "No rows" in str(shown.metadata["note"].value)


def test_an_asset_reads_an_upstream_that_was_never_made_as_an_empty_table(empty: Path) -> None:
    assert opened.run(empty, "sharegpt_dataset").succeeded
    assert (empty / "data/exports/sharegpt.jsonl").read_text(encoding="utf-8") == ""
    assert (empty / "data/exports/sharegpt_rag.jsonl").read_text(encoding="utf-8") == ""


def test_texts_in_a_folder_alone_can_be_trained(empty: Path) -> None:
    (empty / "raw_input/text/essays").mkdir()
    for number in range(12):
        words = " ".join(f"word{number}x{place}" for place in range(60))
        (empty / f"raw_input/text/essays/{number}.txt").write_text(words, encoding="utf-8")
    (empty / "raw_input/text/essays/blank.txt").write_text(" ", encoding="utf-8")
    assert opened.run(empty, "text_dataset or training_dataset").succeeded
    counted = json.loads((empty / "data/funnel/text_dataset.json").read_text(encoding="utf-8"))
    assert (counted["unit"], counted["in"], counted["kept"]) == ("files", 13, 12)
    assert counted["dropped"] == {"empty": 1}
    table = pq.read_table(empty / "data" / "training_dataset.parquet")
    assert set(table["collection"].to_pylist()) == {"text"}
    assert table["sources"].to_pylist()[0][0].startswith("text:")


def test_a_persona_teaches_in_one_form_and_both_are_exported(base: Path, tmp_path: Path) -> None:
    folder = make_project(tmp_path / "p", base=base, url=None, conversations=12, documents=False)
    forms = {}
    for form in ("sharegpt", "segments"):
        tree = yaml.safe_load((folder / "clone.yaml").read_text(encoding="utf-8"))
        tree["datasets"]["persona_format"] = form
        write_settings(folder, tree)
        assert opened.run(folder, '+key:"training_dataset"').succeeded
        table = pq.read_table(folder / "data" / "training_dataset.parquet")
        forms[form] = set(table["form"].to_pylist())
        assert json.loads((folder / "data/exports/segments.json").read_text(encoding="utf-8"))
        assert (folder / "data/exports/sharegpt.jsonl").stat().st_size
    assert forms == {"sharegpt": {"sharegpt"}, "segments": {"segments"}}


def test_a_base_model_is_looked_for_in_the_project(base: Path, tmp_path: Path) -> None:
    folder = make_project(tmp_path / "p", base=base, url=None, conversations=4, documents=False)
    (folder / "base").symlink_to(base)
    tree = yaml.safe_load((folder / "clone.yaml").read_text(encoding="utf-8"))
    tree["training"]["base_model"] = "./base"
    write_settings(folder, tree)
    outcome = opened.run(folder, '+key:"segments_dataset"')
    assert outcome.succeeded, outcome.failures
