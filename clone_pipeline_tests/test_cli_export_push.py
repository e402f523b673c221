import os
import subprocess
import sys
from pathlib import Path

import pytest

from clone_pipeline.formats import hf_reading, openai_messages
from clone_pipeline_tests.export_project import TOLD, call, make
from clone_pipeline_tests.formats.hub_server import Hub, running


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make(tmp_path)


def push(project: Path, hub: Hub, token: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, as the hub's address is read once."""
    settings = {"HF_ENDPOINT": hub.url, "HF_HOME": str(project / "home"), "HF_TOKEN": token,
                "HF_HUB_DISABLE_XET": "1"}  # fmt: skip
    code = "from clone_pipeline.cli import app; app()"
    asked = ["export", "hf", "--push", "me/clone", "--split", "all", "--project", str(project)]
    return subprocess.run(
        [sys.executable, "-c", code, *asked],
        env=os.environ | settings, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_a_push_makes_a_private_dataset_with_a_configuration_a_form(project: Path) -> None:
    with running(Hub(files={".gitattributes": b""})) as hub:
        pushed = push(project, hub, hub.token)
    assert pushed.returncode == 0, pushed.stderr
    assert "pushed 2 rows to me/clone, configuration conversations (private)" in pushed.stdout
    assert [each["visibility"] for each in hub.made] == ["private"]
    assert not hub.unknown
    card = hub.files["README.md"].decode()
    assert card.count("- config_name: conversations") == 2
    assert card.count("- config_name: texts") == 2
    path = project / "back.parquet"
    path.write_bytes(hub.files["conversations/train-00000-of-00001.parquet"])
    (stored,) = hf_reading.read_parquet(path)
    assert stored["messages"] == openai_messages.example(TOLD[0])["messages"]


@pytest.mark.parametrize(
    ("hub", "token", "said"),
    [(Hub(public=True), "hf_right", "a public dataset"), (Hub(), "hf_wrong", "HF_TOKEN")],
)
def test_a_push_that_is_refused_tells_why_and_never_the_token(
    project: Path, hub: Hub, token: str, said: str
) -> None:
    with running(hub):
        refused = push(project, hub, token)
    assert refused.returncode == 1
    assert said in refused.stderr
    assert "hf_wrong" not in refused.stdout + refused.stderr
    assert "Traceback" not in refused.stderr
    assert set(hub.files) == set()


def test_a_push_without_a_token_writes_nothing(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    refused = call(project, "hf", "--push", "me/clone")
    assert refused.exit_code == 1
    assert "HF_TOKEN: found no such environment variable" in refused.stderr
    assert not (project / "data" / "exports").exists()
