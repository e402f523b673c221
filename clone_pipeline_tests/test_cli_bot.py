"""clone-pipeline bot, typed as a user types it, with the terminal as platform."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clone_pipeline import cli
from clone_pipeline_tests.bots.model_server import ModelServer
from clone_pipeline_tests.bots.model_server import running as model_server
from clone_pipeline_tests.llm.chat_protocol import Answer

# What a machine has that has neither: importing them fails.
BARE = """
import sys
for name in ("torch", "transformers", "peft", "dagster", "pandas", "sklearn"):
    sys.modules[name] = None
from clone_pipeline.cli import app
app(sys.argv[1:])
"""


@pytest.fixture
def server() -> Iterator[ModelServer]:
    numbers = iter(range(10**6))

    def answer(body: object) -> Answer:
        return Answer(f"Answer number {next(numbers)}, quite so.")

    with model_server(models=("m",), answer=answer) as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path, server: ModelServer) -> Path:
    bot = {
        "voices": {"anna": {"name": "Anna"}},
        "brain": {"model": {"base_url": server.base_url, "model": "m", "tries": 1}},
        "budget": {"characters": 500},
        "terminal": {},
        "telegram": {"token_env": "NO_SUCH_TOKEN"},
    }
    (tmp_path / "clone.yaml").write_text(json.dumps({"bots": {"robo": bot}}), encoding="utf-8")
    return tmp_path


def typed(
    folder: Path, *words: str, said: str = "", code: int = 0, bare: bool = True
) -> subprocess.CompletedProcess[str]:
    program = ["-c", BARE] if bare else ["-m", "clone_pipeline.cli"]
    command = [sys.executable, *program, "bot", *words, "--project", str(folder)]
    done = subprocess.run(
        command, input=said, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == code, done.stderr
    return done


def asked(folder: Path, *words: str, code: int = 0) -> str:
    """What a command that runs no bot shows."""
    shown = CliRunner().invoke(cli.app, ["bot", *words, "--project", str(folder)])
    assert shown.exit_code == code, shown.output
    return shown.output


def test_a_bot_talks_where_neither_torch_nor_dagster_is_installed(folder: Path) -> None:
    done = typed(folder, "--status-port", "0", said="hello there\nhow are you?\n")
    assert re.findall("robo: (.*)", done.stdout) == [
        "Answer number 0, quite so.", "Answer number 1, quite so."
    ]  # fmt: skip
    assert "READ: submissions=0\tcomment=2\t| WRITE: post=0\treply=2\t| SPEND=" in done.stderr
    assert "toxicity gate is off" in done.stderr
    assert "robo on telegram is left out" in done.stderr
    assert "NO_SUCH_TOKEN" in done.stderr


def test_a_rehearsal_shows_what_would_be_said_and_leaves_no_trace_but_its_cost(
    folder: Path,
) -> None:
    done = typed(folder, "--rehearse", "--status-port", "0", said="hello there\n")
    assert "robo: " not in done.stdout
    assert "speaks: direct" in done.stdout
    assert "quite so." in done.stdout
    shown = asked(folder, "status")
    assert "READ: submissions=0\tcomment=0\t| WRITE: post=0\treply=0\t| SPEND=" in shown
    assert not shown.split("SPEND=")[1].startswith("0%")


def test_why_it_spoke_can_be_asked_and_orders_are_taken(folder: Path) -> None:
    typed(folder, "--status-port", "0", said="hello there\n")
    said = asked(folder, "explain", "nothing-like-it")
    (heard_id,) = set(re.findall("[0-9a-f]{32}", said)) or {""}
    told = asked(folder, "explain", heard_id)
    assert "It is a direct message, which is always answered." in told
    assert "paused" in asked(folder, "pause", "robo")
    quiet = typed(folder, "--status-port", "0", said="are you there?\n")
    assert "robo: " not in quiet.stdout
    assert "(paused)" in asked(folder, "status")
    assert "goes on" in asked(folder, "resume")
    assert "erased in 2 messages" in asked(folder, "forget", "terminal", "you", "--stop")
    silent = typed(folder, "--status-port", "0", said="and now?\n")
    assert "robo: " not in silent.stdout


def test_faults_name_the_key_and_the_fix(folder: Path) -> None:
    wrong = asked(folder, "--only", "nobody", code=1)
    assert "no bot `nobody`" in wrong
    assert "Name one of robo" in wrong
    assert "no message that a bot sent" in asked(folder, "regenerate", "x", code=1)
    (folder / "clone.yaml").write_text("bots: {robo: {persona: [bob]}}", encoding="utf-8")
    assert "`bob`, who is no persona" in asked(folder, code=1)
    (folder / "clone.yaml").write_text("bots: {robo: {discord: {}}}", encoding="utf-8")
    assert "no platform that can be joined" in asked(folder, code=1)


def test_a_plan_runs_without_the_project_and_holds_no_secret(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_SUCH_TOKEN", "the-secret")
    typed(folder, "--plan", str(tmp_path / "RUN.json"), "--status-port", "0")
    written = (tmp_path / "RUN.json").read_text(encoding="utf-8")
    assert "the-secret" not in written
    monkeypatch.delenv("NO_SUCH_TOKEN")
    command = [sys.executable, "-m", "clone_pipeline.bots", str(tmp_path / "RUN.json")]
    done = subprocess.run(
        command, input="hello there\n", capture_output=True, text=True, timeout=60, check=True
    )
    assert "robo: Answer number" in done.stdout


def test_check_tells_of_the_bots(folder: Path) -> None:
    shown = CliRunner().invoke(cli.app, ["check", "--project", str(folder)])
    assert "bot robo (Anna): terminal; what is said there goes to 127.0.0.1" in shown.output
    assert "bot robo on telegram is left out" in shown.output
    assert shown.exit_code == 0
