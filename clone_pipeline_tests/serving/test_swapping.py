import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import openai
import pytest

from clone_pipeline import registry
from clone_pipeline_tests.serving.fronts import front, serving, until
from clone_pipeline_tests.serving.tiny_versions import publish

HELLO: Any = [{"role": "user", "content": "What are you planting next?"}]


class Asker(threading.Thread):
    """Asks without pause, streaming every second time, and remembers who answered or failed."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.versions: list[str] = []
        self.failures: list[Exception] = []
        self._done = threading.Event()
        self._client = openai.OpenAI(base_url=url, api_key="none", max_retries=0)

    def run(self) -> None:
        while not self._done.is_set():
            try:
                self.versions.append(self._ask(stream=len(self.versions) % 2 == 1))
            except openai.OpenAIError as error:
                self.failures.append(error)

    def _ask(self, *, stream: bool) -> str:
        asked: Any = {"model": "anna", "messages": HELLO, "stream": stream}
        reply = self._client.chat.completions.create(**asked)
        if not stream:
            return str(reply.system_fingerprint)
        pieces = list(reply)
        assert pieces[-1].choices[0].finish_reason
        return str(pieces[-1].system_fingerprint)

    def until_answered_by(self, version: str) -> None:
        deadline = time.monotonic() + 60
        while not (self.versions and self.versions[-1].startswith(version)):
            assert time.monotonic() < deadline, (self.versions[-1:], self.failures)
            time.sleep(0.02)

    def finish(self) -> None:
        self._done.set()
        self.join()


def children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in listed]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads /proc")
def test_promotions_failures_and_deaths_under_load_drop_no_reply(
    tmp_path: Path, weights: Path
) -> None:
    models = tmp_path / "models"
    publish(models, weights, seed=1)
    with front(models, tmp_path) as process:
        waiting = until(models, lambda report: report["state"] == "waiting")
        client = openai.OpenAI(base_url=waiting["url"], api_key="none", max_retries=0)
        with pytest.raises(openai.InternalServerError, match="no model is in production yet"):
            client.chat.completions.create(model="anna", messages=HELLO)

        registry.deploy(models, version="v0001", promotion=1)
        until(models, lambda report: report["wanted"] == "v0001")
        assert client.chat.completions.create(model="anna", messages=HELLO).choices  # it waited
        asker = Asker(waiting["url"])
        asker.start()
        asker.until_answered_by("v0001")

        publish(models, weights, seed=2)
        registry.deploy(models, version="v0002", promotion=2)
        asker.until_answered_by("v0002")
        until(models, serving("v0002"))
        worker = _one_child(process.pid)

        broken = publish(models, weights, seed=3, base_model={"name": "/nowhere", "folder": None})
        registry.deploy(models, version=broken.name, promotion=3)
        failed = until(models, lambda report: report["state"] == "failed")
        assert (failed["version"], failed["wanted"]) == ("v0002", "v0003")
        assert "v0002 still answers" in failed["message"]
        assert registry.roll_back(models).version == "v0002"
        until(models, serving("v0002"))
        asker.finish()
        assert asker.failures == []
        assert {name[:5] for name in asker.versions} == {"v0001", "v0002"}
        assert _one_child(process.pid) == worker

        with ThreadPoolExecutor(6) as beside:
            ask = client.chat.completions.create
            asked = [
                beside.submit(ask, model="anna", messages=HELLO, max_tokens=400, temperature=1.5)
                for _ in range(6)
            ]
            time.sleep(0.15)
            os.kill(worker, signal.SIGKILL)
            assert not all(each.done() for each in asked)
            names = {str(each.result().system_fingerprint)[:5] for each in asked}
        assert names == {"v0002"}

        long = client.chat.completions.create(
            model="anna", messages=HELLO, max_tokens=500, temperature=1.5, stream=True
        )
        next(long)
        os.kill(_one_child(process.pid), signal.SIGKILL)
        with pytest.raises(openai.APIError):  # no half reply passes for a whole one
            list(long)
        worker = _one_child(process.pid)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        _until_gone(worker)
    assert registry.serving_reports(models) == []


def _one_child(pid: int) -> int:
    deadline = time.monotonic() + 20
    while len(found := children(pid)) != 1:  # an old worker may be on its way out
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found[0]


def _until_gone(pid: int) -> None:
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_front_that_is_told_to_end_withdraws_its_report(tmp_path: Path) -> None:
    models = tmp_path / "models"
    with front(models, tmp_path) as process:
        until(models, lambda report: report["state"] == "waiting")
        path = models / "serving" / f"{process.pid}.json"
        assert path.exists()
        process.terminate()
        assert process.wait(timeout=20) == 0
        assert not path.exists()
