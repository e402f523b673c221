import dataclasses
import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from clone_pipeline.cli import app
from clone_pipeline.llm.asking import Request
from clone_pipeline.llm.journal import Entry, Journal, key

ASKED = Request("m", ({"role": "user", "content": "Is [red] a colour?"},), 0.5, 1.0, 10)


def exchange(number: int, step: str) -> Entry:
    request = dataclasses.replace(ASKED, vote=number, step=step)
    message = {"content": f"Yes, {number}: [red]\x1b[31m is ACCURATE."}
    reply = json.dumps({"choices": [{"message": message}]})
    name = key(request, answer_format="chat")
    return Entry(name, request, reply, "chat", "h", 100, 20, 0.25)


ENTRIES = [exchange(n, "check_question" if n < 3 else "write") for n in range(4)]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    with Journal(tmp_path / "data" / "journal.sqlite") as journal:
        journal.put_many(ENTRIES).result()
    return tmp_path


def call(project: Path, *words: str, confirmed: str | None = None) -> tuple[int, str]:
    shown = CliRunner().invoke(
        app, ["journal", *words, "--project", str(project)], input=confirmed, terminal_width=200
    )
    return shown.exit_code, shown.output


def test_totals_come_first_then_each_prompt(project: Path) -> None:
    code, shown = call(project, "list")
    assert code == 0
    assert "4 answers in" in shown
    assert "4 requests, 400 tokens of prompts, 80 of answers, cost 1.00" in shown
    assert shown.index("check_question") < shown.index("write")
    assert "0.75" in shown
    told = json.loads(call(project, "list", "--by", "model", "--json")[1])
    assert told["total"]["cost"] == 1.0
    assert told["model"][0]["name"] == "m"


def test_the_last_answers_are_listed_with_keys_that_show_takes(project: Path) -> None:
    shown = call(project, "list", "--latest", "2")[1]
    assert ENTRIES[3].key[:12] in shown
    assert ENTRIES[0].key[:12] not in shown
    code, shown = call(project, "show", ENTRIES[3].key[:12])
    assert code == 0
    assert "--- user\nIs [red] a colour?" in shown
    assert "Yes, 3: [red]�[31m is ACCURATE." in shown
    assert "prompt write, 100 + 20 tokens, cost 0.25" in shown
    told = json.loads(call(project, "show", ENTRIES[3].key, "--json")[1])
    assert told["request"]["messages"] == list(ASKED.messages)


@pytest.mark.parametrize(("word", "said"), [("", "Give more of it"), ("zz", "0 answers whose key")])
def test_a_key_that_names_no_single_answer_is_said(project: Path, word: str, said: str) -> None:
    code, shown = call(project, "show", word)
    assert code == 1
    assert said in shown


def test_whole_exchanges_are_exported_line_by_line(project: Path) -> None:
    file = project / "out" / "all.jsonl"
    assert call(project, "export", "--out", str(file))[0] == 0
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert [row["key"] for row in rows] == [entry.key for entry in ENTRIES]
    assert rows[0]["reply"]["choices"][0]["message"]["content"].startswith("Yes, 0")
    assert (rows[3]["prompt"], rows[3]["cost"]) == ("write", 0.25)
    assert (
        "wrote 1 exchanges" in call(project, "export", "--out", str(file), "--prompt", "write")[1]
    )
    assert list(file.parent.iterdir()) == [file]


def test_nothing_is_removed_without_a_choice_or_against_a_no(project: Path) -> None:
    assert call(project, "prune")[0] == 2
    code, shown = call(project, "prune", "--prompt", "write", confirmed="n\n")
    assert code == 1
    assert "1 of 4 answers are removed; they have cost 0.25" in shown
    with Journal(project / "data" / "journal.sqlite") as journal:
        assert len(journal) == 4


def test_the_chosen_are_removed_after_a_yes(project: Path) -> None:
    assert "removed 1 answers" in call(project, "prune", "--prompt", "write", confirmed="y\n")[1]
    assert "removed 3 answers" in call(project, "prune", "--model", "m", "--yes")[1]
    shown = call(project, "list")[1]
    assert "0 answers in" in shown
    assert "cost 1.00" in shown


def test_votes_that_no_table_names_are_unused(project: Path) -> None:
    code, shown = call(project, "prune", "--unused", "--yes")
    assert code == 1
    assert "no table that names answers" in shown
    table = project / "data" / "votes.parquet"
    pq.write_table(pa.table({"journal_key": [ENTRIES[0].key]}), table)
    os.utime(table, (4e9, 4e9))
    assert "removed 2 answers" in call(project, "prune", "--unused", "--yes")[1]
    with Journal(project / "data" / "journal.sqlite") as journal:
        assert journal.get(ENTRIES[0].key)
        assert journal.get(ENTRIES[3].key)


def test_a_folder_without_a_journal_is_said_and_stays_as_it_is(tmp_path: Path) -> None:
    code, shown = call(tmp_path, "list")
    assert code == 1
    assert "no journal. Is this a project's folder" in shown
    assert list(tmp_path.iterdir()) == []


def test_help_teaches_every_command() -> None:
    for command in ("list", "show", "export", "prune"):
        shown = CliRunner().invoke(app, ["journal", command, "--help"], terminal_width=200).output
        assert "--project" in shown
    assert "--unused" in shown
    assert "paid" in shown
