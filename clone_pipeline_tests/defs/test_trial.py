"""A run in which a prompt's replies do not parse is refused before money flows."""

from pathlib import Path

import dagster as dg

from clone_pipeline import checking
from clone_pipeline_tests.defs import opened
from clone_pipeline_tests.defs.small_project import make_project, settings, write_settings
from clone_pipeline_tests.llm.openai_server import running


def docs_only(folder: Path, url: str, **llm: object) -> Path:
    """A project of one document, whose model answers at `url`."""
    make_project(folder, base=folder, url=url)
    tree = settings(folder, url=url)
    tree["llm"] = {**tree["llm"], **llm}  # type: ignore[dict-item]
    tree["qa"] = {"votes": 3}
    tree["personas"] = {}
    del tree["training"]
    write_settings(folder, tree)
    for path in (folder / "raw_input/chats").iterdir():
        path.unlink()
    return folder


def test_replies_that_do_not_parse_stop_the_run_after_a_handful_of_requests(
    tmp_path: Path,
) -> None:
    with running(answer=lambda body: "I would rather talk about boats?") as server:
        folder = docs_only(tmp_path / "p", server.base_url)
        outcome = opened.run(folder, selection="+qa_candidates")
        assert not outcome.succeeded
        asset, sentence = outcome.failures[0]
        assert asset == "qa_candidates"
        assert "qatuples_gen_no_filenames.yaml" in sentence
        assert "I would rather talk about boats" in sentence
        assert server.requests <= 2 * 3


def test_check_tries_the_prompts_and_foretells_what_the_run_will_cost(tmp_path: Path) -> None:
    with running() as server:
        folder = docs_only(tmp_path / "p", server.base_url, prompt_price=1.0, budget=0.009)
        found = checking.check(folder, daemon_alive=lambda folder: True)
        assert [str(fault) for fault in found.faults] == []
        asked = server.requests
        assert 0 < asked <= 8
        assert any("forecast" in fact and "requests" in fact for fact in found.facts)
        assert any("llm.budget" in warning for warning in found.warnings)
        checking.check(folder, daemon_alive=lambda folder: True)
        assert server.requests == asked, "what check asked was asked again"


def test_check_names_a_prompt_whose_replies_do_not_parse(tmp_path: Path) -> None:
    with running(answer=lambda body: "I would rather talk about boats?") as server:
        folder = docs_only(tmp_path / "p", server.base_url)
        found = checking.check(folder, daemon_alive=lambda folder: True)
        assert [Path(fault.where).name for fault in found.faults] == [
            "qatuples_gen_no_filenames.yaml"
        ]


def test_the_ui_shows_whether_votes_agree_and_what_is_left_unasked(tmp_path: Path) -> None:
    with running() as server:
        folder = docs_only(tmp_path / "p", server.base_url)
        assert opened.run(folder, selection="+verified_qa").succeeded
        with opened.opened(folder) as (_, instance):
            shown = instance.get_latest_materialization_event(dg.AssetKey("verified_qa"))
            assert shown is not None
            assert shown.asset_materialization is not None
            rows = shown.asset_materialization.metadata["agreement"].value
            assert {row.data["check"] for row in rows.records} == {"question", "accuracy"}  # type: ignore[union-attr]
            asked = instance.get_latest_materialization_event(dg.AssetKey("qa_candidates"))
            assert asked is not None
            assert asked.asset_materialization is not None
            assert "pairs_a_chunk" in asked.asset_materialization.metadata


def test_check_makes_no_batch_of_its_handful_of_requests(tmp_path: Path) -> None:
    with running() as server:
        folder = docs_only(tmp_path / "p", server.base_url, mode="batch")
        found = checking.check(folder, daemon_alive=lambda folder: True)
        assert [str(fault) for fault in found.faults] == []
        assert any("forecast" in fact for fact in found.facts)
        assert 0 < server.requests <= 8
