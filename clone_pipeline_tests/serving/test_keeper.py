import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import pytest

from clone_pipeline.registry import Version
from clone_pipeline.serving import keeper as keeping
from clone_pipeline.serving.handle import Worker, WorkerGone
from clone_pipeline.serving.keeper import Keeper, Standing
from clone_pipeline.serving.shapes import Refused
from clone_pipeline.settings import Fault, FaultyInput


class ScriptedWorker:
    """A worker whose life a test decides."""

    def __init__(self, version: Version, pid: int, *, fails: bool) -> None:
        self.version, self.pid, self.fails = version, pid, fails
        self.ended = asyncio.Event()
        self.retired = False

    async def until_ready(self) -> None:
        await asyncio.sleep(0.05)
        if self.fails:
            raise WorkerGone("the weights are torn")

    def is_ready(self) -> bool:
        return not self.fails

    def last_words(self) -> str:
        return "Killed"

    def kill(self) -> None:
        self.ended.set()

    async def retire(self) -> None:
        self.retired = True

    async def stop(self) -> None:
        self.ended.set()


class House:
    """A keeper over scripted workers; `wanted` is what production names."""

    def __init__(self) -> None:
        self.wanted: Version | None = None
        self.torn: set[str] = set()
        self.started: list[ScriptedWorker] = []
        self.told: list[Standing] = []
        self.keeper = Keeper(wanted=self.now, start=self.start, tell=self.tell)

    def now(self) -> Version | None:
        if self.wanted and self.wanted.name == "gone":
            raise FaultyInput([Fault("models", "no version called `gone`", "Take another.")])
        return self.wanted

    async def start(self, version: Version) -> Worker:
        fails = version.name in self.torn
        self.started.append(ScriptedWorker(version, len(self.started) + 1, fails=fails))
        return cast(Worker, self.started[-1])

    def tell(self, current: Worker | None, standing: Standing) -> None:
        self.told.append(standing)

    async def until(self, state: str, version: str | None) -> Standing:
        for _ in range(400):
            current = self.keeper.current
            name = current.version.name if current and not current.ended.is_set() else None
            if (self.keeper.standing.state, name) == (state, version):
                return self.keeper.standing
            await asyncio.sleep(0.01)
        raise AssertionError(self.told)


def version(name: str) -> Version:
    return Version(name, Path(name), {"name": name, "digest": f"digest of {name}"})


def run(story: Callable[[House], Awaitable[Any]], monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(keeping, "POLL_SECONDS", 0.02)
    monkeypatch.setattr(keeping, "_PAUSES", (0.0, 0.02))

    async def told() -> House:
        house = House()
        watching = asyncio.create_task(house.keeper.watch())
        await asyncio.wait_for(story(house), 20)
        watching.cancel()
        return house

    return asyncio.run(told())


def test_with_nothing_deployed_a_request_is_told_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def story(house: House) -> None:
        await house.until("waiting", None)
        with pytest.raises(Refused, match="clone-pipeline run") as refused:
            await house.keeper.answering()
        assert refused.value.status == 503

    run(story, monkeypatch)


def test_a_request_waits_for_the_model_that_is_loading(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(house: House) -> None:
        house.wanted = version("v1")
        await house.until("loading", None)
        assert (await house.keeper.answering()).version.name == "v1"

    run(story, monkeypatch)


def test_a_new_version_takes_over_and_the_old_one_retires(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(house: House) -> None:
        house.wanted = version("v1")
        await house.until("serving", "v1")
        house.wanted = version("v2")
        await house.until("serving", "v2")
        await asyncio.sleep(0)
        assert house.started[0].retired
        assert not house.started[1].retired

    run(story, monkeypatch)


def test_a_version_that_does_not_come_up_leaves_the_old_one_and_is_tried_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def story(house: House) -> None:
        house.wanted, house.torn = version("v1"), {"v2"}
        await house.until("serving", "v1")
        house.wanted = version("v2")
        failed = await house.until("failed", "v1")
        assert failed.wanted == "v2"
        assert failed.message == ("v2 did not come up (the weights are torn); v1 still answers")
        await asyncio.sleep(0.2)
        assert [each.version.name for each in house.started] == ["v1", "v2"]

        house.started[0].ended.set()  # the old one falls: it is what comes back
        await house.until("failed", "v1")
        assert house.started[-1].version.name == "v1"

        house.wanted = version("v1")
        await house.until("serving", "v1")
        house.torn = set()
        house.wanted = version("v2")  # named anew, it is tried anew
        await house.until("serving", "v2")

    run(story, monkeypatch)


def test_the_first_version_is_tried_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(house: House) -> None:
        house.wanted, house.torn = version("v1"), {"v1"}
        await house.until("failed", None)
        with pytest.raises(Refused, match="the weights are torn"):
            await house.keeper.answering()
        house.torn = set()
        await house.until("serving", "v1")

    run(story, monkeypatch)


def test_a_worker_that_dies_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(house: House) -> None:
        house.wanted = version("v1")
        for life in range(3):
            await house.until("serving", "v1")
            assert len(house.started) == life + 1
            house.started[-1].ended.set()
            assert (await house.keeper.answering()).pid == life + 2

    house = run(story, monkeypatch)
    messages = [each.message for each in house.told]
    assert any("v1's process ended (Killed): starting it again" in each for each in messages)


def test_a_production_that_names_a_version_that_is_gone_leaves_what_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def story(house: House) -> None:
        house.wanted = version("v1")
        await house.until("serving", "v1")
        house.wanted = version("gone")
        standing = await house.until("failed", "v1")
        assert "no version called `gone`" in standing.message
        assert (await house.keeper.answering()).version.name == "v1"

    run(story, monkeypatch)


def test_what_does_not_change_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(house: House) -> None:
        house.wanted = version("v1")
        await house.until("serving", "v1")
        told = len(house.told)
        await asyncio.sleep(0.2)
        assert len(house.told) == told

    run(story, monkeypatch)
