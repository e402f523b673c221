import json
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from clone_pipeline import cli, funnel, registry
from clone_pipeline.defs import launch
from clone_pipeline.defs.io_manager import SCHEMAS
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.defs import opened
from clone_pipeline_tests.defs.conftest import Flow

pytestmark = pytest.mark.timeout(900)  # the first test waits for a whole run

TABLES = sorted(set(SCHEMAS) - {"votes"})
EMPTY = {  # the small project follows no subreddit and asks for nothing that is off by default
    "reddit_threads", "reddit_dataset", "qa_corrections", "rewritings", "qa_segments_dataset",
    "generic_dataset",
}  # fmt: skip


def test_one_run_goes_from_raw_files_to_a_model_in_production(flow: Flow) -> None:
    assert flow.outcome.failures == []
    assert flow.outcome.succeeded
    assert flow.requests > 0
    with opened.opened(flow.folder) as (defs, instance):
        graph = defs.resolve_asset_graph()
        for key in graph.materializable_asset_keys:
            assert instance.get_latest_materialization_event(key), key
    for name in SCHEMAS:
        table = pq.read_table(flow.folder / "data" / f"{name}.parquet")
        assert table.schema.equals(SCHEMAS[name]), name
        assert table.num_rows or name in EMPTY, name


def test_the_promoted_version_is_in_production_and_the_endpoint_bears_its_digest(
    flow: Flow,
) -> None:
    models = flow.folder / "models"
    [version] = registry.versions(models)
    [promotion] = registry.promotions(models)
    standing = registry.production(models)
    assert standing is not None
    assert (standing.version, standing.promotion) == (version.name, promotion.number)
    assert {standing.digest, promotion.digest} == {registry.digest_of(version.folder)}
    [recorded] = opened.materializations(flow.folder, "production_endpoint")
    assert recorded.metadata["digest"].value == standing.digest
    assert recorded.metadata["promotion"].value == 1


def test_the_exports_exist(flow: Flow) -> None:
    exports = flow.folder / "data" / "exports"
    names = ["sharegpt.jsonl", "sharegpt_rag.jsonl", "segments.json", "pretraining.jsonl"]
    for name in [*names, "axolotl/sharegpt.yaml"]:
        assert (exports / name).stat().st_size, name


def test_the_funnel_adds_up_at_every_stage_and_has_the_promised_shape(flow: Flow) -> None:
    shown = CliRunner().invoke(cli.app, ["funnel", "--json", "--project", str(flow.folder)])
    assert shown.exit_code == 0
    tree = json.loads(shown.stdout)
    assert [stage["stage"] for stage in tree["stages"]] == [s for s in funnel.STAGES if s in TABLES]
    for stage in tree["stages"]:
        assert set(stage) == {"stage", "unit", "in", "kept", "dropped", "made"}
        assert stage["in"] == stage["kept"] + sum(stage["dropped"].values()), stage
    spent = tree["llm"]
    assert set(spent) == {
        "requests", "from_journal", "prompt_tokens", "completion_tokens", "cost"
    }  # fmt: skip
    assert spent["requests"] == flow.requests
    by_stage = {stage["stage"]: stage for stage in tree["stages"]}
    assert by_stage["chunks"]["made"]["chunks"] == by_stage["qa_candidates"]["in"] > 0
    assert by_stage["verified_qa"]["kept"] == by_stage["qa_conversations"]["in"] > 0


def test_every_row_of_the_training_data_names_what_it_came_from(flow: Flow) -> None:
    data = flow.folder / "data"
    messages = set(pq.read_table(data / "messages.parquet")["message_id"].to_pylist())
    chunks = set(pq.read_table(data / "chunks.parquet")["chunk_id"].to_pylist())
    table = pq.read_table(data / "training_dataset.parquet")
    for sources in table["sources"].to_pylist():
        assert sources
        assert set(sources) <= messages | chunks | {"text:essays/quay.txt", "persona:anna"}
    assert set(table["split"].to_pylist()) == {"train", "held_out"}


def test_what_the_ui_shows_of_every_table_has_rows_schema_funnel_and_preview(flow: Flow) -> None:
    for name in TABLES:
        [shown] = opened.materializations(flow.folder, name)
        shows = "note" if name in EMPTY else "preview"
        facts = {"dagster/row_count", "dagster/column_schema", "funnel", shows}
        assert facts <= set(shown.metadata), name
    [model] = opened.materializations(flow.folder, "fine_tuned_model")
    assert "data:image/png;base64," in str(model.metadata["loss"].value)


def test_chat_once_ends_its_output_with_the_reply(flow: Flow) -> None:
    program = [sys.executable, "-c", "from clone_pipeline.cli import app; app()"]
    said = subprocess.run(
        [*program, "chat", "--once", "did you sell the geese?", "--project", str(flow.folder)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    assert said.stdout.endswith("\n")
    assert said.stdout.rstrip("\n").splitlines()[-1].strip()
    assert len(said.stdout.strip().splitlines()) == 1
    assert "next:" not in said.stdout


def test_a_run_of_the_unchanged_project_asks_trains_and_promotes_nothing(
    flow: Flow, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = opened.copied(flow.folder, tmp_path / "again")
    before = flow.server.requests
    outcome = opened.run(folder)
    assert outcome.succeeded
    assert flow.server.requests == before
    assert [each.name for each in registry.versions(folder / "models")] == ["v0001"]
    assert len(registry.promotions(folder / "models")) == 1
    assert len(opened.materializations(folder, "production_endpoint")) == 1
    assert outcome.notes == ["Left as it is: v0001 is in production already."]
    versions = {
        name: {
            (each.tags or {})["dagster/data_version"]
            for each in opened.materializations(folder, name)
        }
        for name in [*TABLES, "fine_tuned_model", "evaluation_report", "promoted_model"]
    }
    assert all(len(each) == 1 for each in versions.values()), versions


def test_retrain_makes_a_new_version_of_the_same_key(flow: Flow, tmp_path: Path) -> None:
    folder = opened.copied(flow.folder, tmp_path / "again")
    config = {"ops": {"fine_tuned_model": {"config": {"retrain": True}}}}
    assert opened.run(folder, "fine_tuned_model", config=config).succeeded
    first, second = registry.versions(folder / "models")
    assert (first.name, second.name) == ("v0001", "v0002")
    assert first.card["training_key"] == second.card["training_key"]
    assert registry.production(folder / "models") == registry.production(flow.folder / "models")


def test_a_selection_is_dagsters_own_and_reaches_all_before_or_after(flow: Flow) -> None:
    with opened.opened(flow.folder) as (defs, _):

        def chosen(selection: str) -> list[str]:
            return [key.to_user_string() for key in launch.select(defs, selection)]

        before = ["conversations", "messages", "persona_dialogues", "reddit_threads"]
        assert chosen("+persona_dialogues") == before
        assert chosen("group:chat") == ["conversations", "messages", "persona_dialogues"]
        assert chosen("evaluation_report+") == ["evaluation_report", "promoted_model"]
        assert chosen("messages or chunks") == ["chunks", "messages"]
        assert len(chosen("*")) == 22


@pytest.mark.parametrize("selection", ["mesages", "group:(", "raw_chats", ""])
def test_a_selection_that_means_nothing_is_a_fault_that_lists_the_assets(
    flow: Flow, selection: str
) -> None:
    with opened.opened(flow.folder) as (defs, _):
        with pytest.raises(FaultyInput, match="training_dataset") as caught:
            launch.select(defs, selection)
        assert caught.value.faults[0].where == "--select"


def test_retrain_without_the_model_in_the_selection_is_a_fault(flow: Flow) -> None:
    config = {"ops": {"fine_tuned_model": {"config": {"retrain": True}}}}
    with pytest.raises(FaultyInput, match="fine_tuned_model"):
        opened.run(flow.folder, "messages", config=config)
