import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline import registry
from clone_pipeline.serving import client
from clone_pipeline.serving.settings import ServingSettings
from clone_pipeline.serving.talking import open_chat
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.serving.tiny_versions import publish

SHORT = ServingSettings(max_new_tokens=8, threads=1)
HELLO: Any = [{"role": "user", "content": "Hello!"}]


def test_a_serve_that_runs_is_asked_and_nothing_is_loaded(served: tuple[Path, str]) -> None:
    models, url = served
    with client.endpoint(models, settings=SHORT) as found:
        assert found == url
    said = client.reply(models, persona="Ben", messages=HELLO, seed=1)
    assert said == "".join(client.ask(url, model="ben", messages=HELLO, seed=1))


def test_a_conversation_remembers_what_was_said(served: tuple[Path, str]) -> None:
    with open_chat(served[0], persona=None, settings=SHORT) as conversation:
        assert conversation.name == "Anna"
        first = conversation.say("Hello!")
        pieces = list(conversation.stream("And now?"))
    assert [each["role"] for each in conversation.messages] == ["user", "assistant"] * 2
    assert conversation.messages[1]["content"] == first
    assert conversation.messages[3]["content"] == "".join(pieces)


def test_base_and_clone_answer_side_by_side_in_processes_that_end(
    tmp_path: Path, weights: Path
) -> None:
    publish(tmp_path, weights, seed=1)
    registry.deploy(tmp_path, version="v0001", promotion=None)
    (answers,) = client.side_by_side(tmp_path, ["Hello!"], persona="anna", settings=SHORT)
    assert answers.question == "Hello!"
    assert answers.base != answers.clone
    assert registry.serving_reports(tmp_path) == []


def test_asking_loads_neither_torch_nor_dagster_in_this_process(served: tuple[Path, str]) -> None:
    code = (
        "import sys; from pathlib import Path; from clone_pipeline.serving import client, talking;"
        f"client.reply(Path({str(served[0])!r}), persona='anna', messages={json.dumps(HELLO)});"
        "print([name for name in ('torch', 'transformers', 'dagster') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_a_version_that_can_not_be_loaded_fails_the_smoke_test(
    tmp_path: Path, weights: Path
) -> None:
    version = publish(tmp_path, weights, seed=1)
    (version.folder / "model" / "adapter_model.safetensors").write_bytes(b"torn")
    with pytest.raises(FaultyInput, match="v0001 did not come up"):
        client.smoke(tmp_path, version="v0001", settings=SHORT)


def test_with_nothing_deployed_the_fault_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FaultyInput, match="clone-pipeline run"):
        client.reply(tmp_path, persona=None, messages=HELLO)


def test_an_unknown_persona_is_a_fault_with_a_suggestion(served: tuple[Path, str]) -> None:
    with pytest.raises(FaultyInput, match="Did you mean `anna`"):
        client.reply(served[0], persona="ana", messages=HELLO)


def test_what_the_endpoint_refuses_is_a_fault_in_its_words(served: tuple[Path, str]) -> None:
    endless: Any = [{"role": "user", "content": "beans " * 3000}]
    with pytest.raises(FaultyInput, match="longer than what the model can read"):
        client.reply(served[0], persona="anna", messages=endless)
