"""Corrections, rewritings, QA segments and generic rows: silent when off, trained when on."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from clone_pipeline import records
from clone_pipeline.defs.io_manager import write_table
from clone_pipeline.formats import segments
from clone_pipeline.records import Chunk, Document, Pair, QaConversation, QaTurn
from clone_pipeline_tests.defs import opened
from clone_pipeline_tests.defs.small_project import make_project, write_settings
from clone_pipeline_tests.llm.openai_server import OpenAiServer, running

LAMPS = 20
ALL = "qa_corrections or rewritings or qa_segments_dataset or generic_dataset"


def said(number: int) -> str:
    return " ".join(f"lamp{number} burns oil{number}x{place}" for place in range(8))


def answer(body: dict[str, Any]) -> str:
    """What a writer says to each of the prompts, from the last message alone."""
    asked = body["messages"][-1]["content"]
    number = asked.partition("burns oil")[2].partition("x")[0]
    if "Right answer:" not in asked:
        return f"Told anew of {number} by {sum(map(ord, body['messages'][0]['content']))}."
    parts = ("Nobody knows.", "Really? Somebody must.", f"Sorry: {said(int(number))}.")
    names = ("WRONG ANSWER", "OBJECTION", "CORRECTED ANSWER")
    return "\n\n".join(f"**{n}:**\n{text}" for n, text in zip(names, parts, strict=True))


@pytest.fixture
def server() -> Iterator[OpenAiServer]:
    with running(answer=answer) as server:
        yield server


@pytest.fixture
def project(base: Path, tmp_path: Path, server: OpenAiServer) -> Path:
    """A project whose chunks, verified pairs and conversations stand already."""
    folder = make_project(
        tmp_path / "p", base=base, url=server.base_url, conversations=1, documents=False
    )
    chunks = [Chunk(f"k{n}", f"d{n // 4}", n % 4, 0, 9, f"{said(n)}.\n\n") for n in range(LAMPS)]
    pairs = [Pair(f"p{n}", f"k{n}", "default", f"What of lamp {n}?", said(n)) for n in range(LAMPS)]
    talks = [
        QaConversation(f"q{n}", f"k{n}", [f"p{n}"], [QaTurn("human", f"What of {n}?"),
                                                     QaTurn("gpt", f"{said(n)} indeed")])
        for n in range(LAMPS)
    ]  # fmt: skip
    documents = [
        Document(f"d{n}", f"{n}.md", "text/plain", f"Lamp {n}", "") for n in range(LAMPS // 4)
    ]
    for name, rows, schema in (
        ("chunks", chunks, records.CHUNKS),
        ("verified_qa", pairs, records.VERIFIED_QA),
        ("qa_conversations", talks, records.QA_CONVERSATIONS),
        ("documents", documents, records.DOCUMENTS),
    ):
        write_table(records.to_table(rows, schema), folder / f"data/{name}.parquet")
    return folder


def changed(folder: Path, **sections: dict[str, object]) -> None:
    tree = yaml.safe_load((folder / "clone.yaml").read_text(encoding="utf-8"))
    for name, section in sections.items():
        tree[name] = {**tree.get(name, {}), **section}
    write_settings(folder, tree)


def stage(folder: Path, name: str) -> dict[str, Any]:
    return dict(json.loads((folder / f"data/funnel/{name}.json").read_text(encoding="utf-8")))


def test_off_by_default_they_ask_nothing_and_say_so(project: Path, server: OpenAiServer) -> None:
    assert opened.run(project, ALL).succeeded
    assert server.requests == 0
    for name, setting in {
        "qa_corrections": "qa.corrections",
        "rewritings": "qa.rewrites",
        "qa_segments_dataset": "datasets.rag.segments",
        "generic_dataset": "datasets.generic",
    }.items():
        assert pq.read_table(project / f"data/{name}.parquet").num_rows == 0
        [shown] = opened.materializations(project, name)
        assert setting in str(shown.metadata["note"].value)
        assert (stage(project, name)["in"], stage(project, name)["dropped"]) == (0, {})


def test_what_is_asked_for_is_written_and_trained(project: Path, server: OpenAiServer) -> None:
    kinds = ["summary", "facts"]
    changed(project, qa={"corrections": 0.5, "rewrites": kinds})
    generic = {"conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]}
    (project / "raw_input/generic").mkdir()
    lines = [json.dumps(generic).replace('"q"', f'"{n}?"') for n in range(50)]
    (project / "raw_input/generic/chat.jsonl").write_text("\n".join(lines), encoding="utf-8")
    changed(project, datasets={"rag": {"segments": True, "wrong_context": 0.25},
                               "generic": {"chat": 0.1}},
            training={"max_tokens": 4096})  # fmt: skip
    wanted = f"{ALL} or sharegpt_dataset or pretraining_dataset or training_dataset"
    outcome = opened.run(project, wanted)
    assert outcome.succeeded, outcome.failures
    corrected = stage(project, "qa_corrections")
    number = corrected["kept"]
    assert 4 < number < 20
    assert corrected["made"] == {"corrections": number, "pairs_not_chosen": LAMPS - number}
    assert stage(project, "rewritings")["made"] == {"facts": LAMPS, "summary": LAMPS // 4}
    assert server.requests == number + LAMPS + LAMPS // 4
    assert stage(project, "qa_segments_dataset")["kept"] == number + LAMPS
    examples = segments.parse(project / "data/exports/qa_segments.json", untaught=True)
    assert len(examples) == number + LAMPS
    table = pq.read_table(project / "data/training_dataset.parquet")
    sets = Counter(zip(table["collection"].to_pylist(), table["dataset"].to_pylist(), strict=True))
    assert {("qa", "corrections"), ("qa", "rag_segments"), ("pretraining", "facts"),
            ("pretraining", "summary"), ("generic", "chat")} <= set(sets)  # fmt: skip
    others = stage(project, "training_dataset")["in"] - 50
    assert stage(project, "training_dataset")["dropped"]["beyond_share"] == 50 - round(others * 0.1)
    sides: dict[str, set[str]] = {}
    for sources, side in zip(table["sources"].to_pylist(), table["split"].to_pylist(), strict=True):
        for source in sources:
            sides.setdefault(source, set()).add(side)
    assert all(len(found) == 1 for found in sides.values())
    assert {"train", "held_out"} == set().union(*sides.values())
