"""The asset: what it hands to the cutting, what a judged run asks, and what it says of it."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from clone_pipeline import checking, project
from clone_pipeline.defs.io_manager import write_table
from clone_pipeline.records import CONVERSATIONS, to_table
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.chats.talks import START, talk
from clone_pipeline_tests.defs import opened
from clone_pipeline_tests.defs.small_project import make_project, write_settings
from clone_pipeline_tests.llm.openai_server import Body, running

CHOSEN = "persona_dialogues"
DAYS = 6


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project whose conversations are made already: Ben asks Anna things, a day apart."""
    (tmp_path / "base").mkdir()
    made = make_project(tmp_path / "p", base=tmp_path / "base", url=None, documents=False)
    turns = [
        replace(turn, author="Ben", author_id="person:ben") if turn.persona is None else turn
        for day in range(DAYS)
        for turn in talk(
            *[("x", f"question {n} on day {day}?") if n % 2 == 0 else ("anna", f"answer {n}")
              for n in range(6)],
            conversation=f"c{day}", started=START + timedelta(days=day),
        )
    ]  # fmt: skip
    changed(made, dialogues={"max_tokens": 1024})
    write_table(to_table(turns, CONVERSATIONS), made / "data/conversations.parquet")
    return made


def changed(folder: Path, **parts: Any) -> None:
    tree = yaml.safe_load((folder / "clone.yaml").read_text(encoding="utf-8"))
    for name, part in parts.items():
        tree[name] = {**tree.get(name, {}), **part}
    write_settings(folder, tree)


def counted(folder: Path) -> dict[str, Any]:
    path = folder / "data/funnel/persona_dialogues.json"
    return dict(json.loads(path.read_text(encoding="utf-8")))


def stored(folder: Path) -> list[dict[str, Any]]:
    return list(pq.read_table(folder / "data/persona_dialogues.parquet").to_pylist())


def test_the_context_and_the_windows_are_as_the_settings_say(folder: Path) -> None:
    assert opened.run(folder, CHOSEN).succeeded
    plain = stored(folder)
    assert {row["context"] for row in plain} == {""}
    people = {"ben": {"name": "Ben", "relation": "your brother"}}
    changed(folder, people=people, dialogues={"time_context": True, "windows": "sliding"})
    assert opened.run(folder, CHOSEN).succeeded
    told = stored(folder)
    assert len(told) > len(plain)
    assert told[0]["context"] == (
        "You are talking with Ben, your brother. It is Friday evening, 2024-03-01."
    )
    assert opened.run(folder, "sharegpt_dataset").succeeded
    line = (folder / "data/exports/sharegpt.jsonl").read_text(encoding="utf-8").splitlines()[0]
    system = json.loads(line)["conversations"][0]["value"]
    assert system.endswith(
        "\nYou are talking with Ben, your brother. It is Friday evening, 2024-03-01."
    )
    changed(folder, dialogues={"relations": False, "time_context": False})
    assert opened.run(folder, CHOSEN).succeeded
    assert {row["context"] for row in stored(folder)} == {""}


def test_dialogues_are_judged_once_and_those_with_a_low_score_are_left_out(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def answer(body: Body) -> str:
        day = re.findall(r"on day (\d+)", str(body["messages"][-1]["content"]))[-1]
        return {"0": "SCORE: 1", "1": "hm"}.get(day, f"Fine.\nSCORE: {2 + int(day) % 4}")

    with running(answer=answer) as server:
        changed(folder, llm={"base_url": server.base_url, "model": "small"})
        assert opened.run(folder, CHOSEN).succeeded
        assert server.requests == 0
        everything = {row["dialogue_id"] for row in stored(folder)}
        changed(folder, dialogues={"score": {"enabled": True}})
        assert opened.run(folder, CHOSEN).succeeded
        asked = server.requests
        assert asked == len(everything) + 1
        first, rows = counted(folder), stored(folder)
        assert opened.run(folder, CHOSEN).succeeded
        assert server.requests == asked
    assert len(rows) == len(everything) - 2
    assert first["in"] == first["kept"] + sum(first["dropped"].values())
    assert {"low_score", "unreadable_score"} <= first["dropped"].keys()
    assert first["llm"]["requests"] == asked
    assert counted(folder)["llm"]["from_journal"] == asked
    said = "persona_dialogues: text of persona_dialogues goes to 127.0.0.1"
    assert said in caplog.text
    *_, shown = opened.materializations(folder, "persona_dialogues")
    assert "| 1 | 1 |" in str(shown.metadata["scores"].value)


def test_the_embedded_model_is_not_asked_to_judge(tmp_path: Path) -> None:
    with pytest.raises(FaultyInput, match=r"dialogues\.score\.enabled.*embedded.*`llm`"):
        project.parse("dialogues: {score: {enabled: true}}", folder=tmp_path)


def test_an_account_is_a_personas_or_a_persons_not_both(tmp_path: Path) -> None:
    written = """
personas: {anna: {name: Anna, accounts: {neutral: [a]}}}
people: {ben: {name: Ben, accounts: {neutral: [a]}}}
"""
    with pytest.raises(FaultyInput, match=r"people\.ben\.accounts\.neutral.*`a`.*`anna` already"):
        project.parse(written, folder=tmp_path)


def test_check_says_where_judged_dialogues_go(folder: Path) -> None:
    with running() as server:
        changed(folder, llm={"base_url": server.base_url, "model": "small"})
        said = " ".join(checking.check(folder, daemon_alive=lambda _: False).facts)
        assert "persona_dialogues" not in said
        changed(folder, dialogues={"score": {"enabled": True}})
        said = " ".join(checking.check(folder, daemon_alive=lambda _: False).facts)
    assert "verified_qa and persona_dialogues goes to 127.0.0.1" in said
