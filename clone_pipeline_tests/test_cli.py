import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from clone_pipeline.cli import app
from clone_pipeline_tests.defs.small_project import make_base, make_project
from clone_pipeline_tests.llm.openai_server import Body, running
from clone_pipeline_tests.llm.scripted_writer import write_reply

COMMANDS = [
    [], ["init"], ["check"], ["run"], ["retrain"], ["funnel"], ["chat"], ["serve"], ["models"],
    ["models", "list"], ["models", "promote"], ["models", "rollback"], ["export"],
]  # fmt: skip
FAULTY = "qa: {vots: 3}\nchunking: {max_chars: 1}\n"


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def next_lines(result: Result) -> list[str]:
    return [line for line in result.output.splitlines() if line.startswith("next:")]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_teaches(command: list[str]) -> None:
    shown = call(*command, "--help")
    assert shown.exit_code == 0
    assert "Usage" in shown.output
    assert len(shown.output.split()) > 20


@pytest.mark.parametrize(
    "command", [["--nonsense"], ["runn"], ["init"], ["run", "--speed", "9"], ["models", "promote"]]
)
def test_a_wrong_call_ends_with_2(command: list[str]) -> None:
    wrong = call(*command)
    assert wrong.exit_code == 2
    assert not wrong.stdout.strip()


def test_init_writes_a_project_and_says_what_to_do_next(tmp_path: Path) -> None:
    made = call("init", tmp_path / "new")
    assert made.exit_code == 0
    assert (tmp_path / "new" / "clone.yaml").is_file()
    assert made.stdout.count("wrote ") == 6
    [then] = next_lines(made)
    assert f"clone-pipeline check --project {tmp_path / 'new'}" in then


def test_init_refuses_a_standing_project(tmp_path: Path) -> None:
    call("init", tmp_path)
    again = call("init", tmp_path)
    assert again.exit_code == 1
    assert not again.stdout
    assert "a clone.yaml already" in again.stderr
    assert len(next_lines(again)) == 1


def test_check_lists_every_fault_on_stderr_and_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "clone.yaml").write_text(FAULTY, encoding="utf-8")
    checked = call("check", "--project", tmp_path)
    assert checked.exit_code == 1
    assert "2 faults" in checked.stderr
    assert "Did you mean `votes`?" in checked.stderr
    assert "chunking.max_chars" in checked.stderr
    assert len(next_lines(checked)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["clone.yaml"]


def test_check_of_a_project_in_order_leads_to_run(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    for name in ("config.json", "tokenizer.json"):
        (tmp_path / "base" / name).write_text("{}", encoding="utf-8")
    with running() as server:
        project = make_project(tmp_path / "a project", base=tmp_path / "base", url=server.base_url)
        checked = call("check", "--project", project)
    assert checked.exit_code == 0, checked.stderr
    assert "goes to 127.0.0.1" in checked.stdout
    assert "no Dagster daemon is alive" in checked.stdout
    assert next_lines(checked) == [f"next: clone-pipeline run --project '{project}'"]


@pytest.mark.parametrize(
    "command",
    [["check"], ["run"], ["funnel"], ["chat"], ["chat", "--once", "hi"], ["serve"],
     ["models", "list"], ["models", "promote", "v0001"], ["models", "rollback"]],
    ids=" ".join,
)  # fmt: skip
def test_a_folder_that_is_no_project_is_a_users_error(tmp_path: Path, command: list[str]) -> None:
    failed = call(*command, "--project", tmp_path / "nowhere")
    assert failed.exit_code == 1
    assert failed.stderr
    assert not (tmp_path / "nowhere").exists()
    assert len(next_lines(failed)) == 1


@pytest.mark.parametrize(
    ("command", "then"),
    [
        (["chat", "--once", "hi"], "clone-pipeline run"),
        (["models", "list"], "clone-pipeline run"),
        (["funnel"], "clone-pipeline run"),
    ],
)
def test_before_the_first_run_the_next_command_is_run(
    tmp_path: Path, command: list[str], then: str
) -> None:
    call("init", tmp_path)
    [said] = next_lines(call(*command, "--project", tmp_path))
    assert said.startswith(f"next: {then}")


def test_the_funnel_of_nothing_is_still_json(tmp_path: Path) -> None:
    shown = call("funnel", "--json", "--project", tmp_path)
    assert shown.exit_code == 0
    assert json.loads(shown.stdout)["stages"] == []


def test_run_with_a_selection_that_matches_nothing_is_a_users_error(tmp_path: Path) -> None:
    call("init", tmp_path)
    failed = call("run", "--select", "mesages", "--project", tmp_path)
    assert failed.exit_code == 1
    assert "messages" in failed.stderr
    assert len(next_lines(failed)) == 1


def test_ctrl_c_ends_with_130_and_the_next_run_goes_on(tmp_path: Path) -> None:
    asked = threading.Event()

    def answer(body: Body) -> str:
        asked.set()
        return write_reply(body)

    with running(answer=answer, latency=0.2) as server:
        project = make_project(
            tmp_path / "p", base=make_base(tmp_path / "base"), url=server.base_url
        )
        command = [
            sys.executable, "-c", "from clone_pipeline.cli import app; app()",
            "run", "--select", '+key:"qa_conversations"', "--project", str(project),
        ]  # fmt: skip
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as stopped:
            assert asked.wait(60)
            os.kill(stopped.pid, signal.SIGINT)
            _, said = stopped.communicate(timeout=60)
        assert stopped.returncode == 130, said
        assert "What was finished is kept" in said
        assert said.count("next:") == 1
        assert "Traceback" not in said
        again = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert again.returncode == 0, again.stderr
    assert (project / "data" / "qa_conversations.parquet").exists()
    assert max(server.counts.values()) <= 2, "only what was in flight may be sent again"
