"""All bots of a process at once: several bots, platforms that crash, status, restarts."""

import asyncio
import dataclasses
import json
import socket
import urllib.request
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.bots import queue_file
from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.items import Key
from clone_pipeline.bots.plan import Plan
from clone_pipeline.bots.queue import Queue
from clone_pipeline.bots.running import run
from clone_pipeline.bots.settings import BotSettings
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.bots.model_server import ModelServer
from clone_pipeline_tests.bots.scripted import FastClock, Stage, said


def plan(folder: Path, server: ModelServer, *, port: int = 0, **more: Any) -> Plan:
    given: dict[str, Any] = {
        "brain": {"model": {"base_url": server.base_url, "model": "m", "tries": 1}},
        "rules": {"mention_self_frequency": 1.0, "delay": {"min": 0, "max": 0}},
        "discord": {}, "telegram": {},
    } | more  # fmt: skip
    bots = {name: BotSettings.model_validate(given) for name in ("one", "two")}
    return Plan(
        private=folder / ".private", models=folder / "models", bots=bots, seed=1, status_port=port
    )


def play(given: Plan, acted: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        task = asyncio.ensure_future(run(given, clock=FastClock()))
        try:
            await acted()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    asyncio.run(main())


async def until(happened: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not happened():
            await asyncio.sleep(0.005)


def on(platform: str, heard: Heard) -> Heard:
    return dataclasses.replace(heard, platform=platform)  # type: ignore[arg-type]


def test_several_bots_hear_the_same_message_and_a_platform_that_crashes_stops_no_other(
    tmp_path: Path, server: ModelServer, stages: dict[str, Stage]
) -> None:
    def broken(runs: int) -> None:
        raise OSError("no network")

    stages["one on telegram"] = Stage()
    stages["one on telegram"].on_run = broken
    others = ("one on discord", "two on discord", "two on telegram")

    async def acted() -> None:
        await until(lambda: all(name in stages and stages[name].ears for name in others))
        for name in others:
            ears = stages[name].ears
            assert ears
            ears.hear(on(name.split()[-1], said(1, "Hello there, how are you?")))
        await until(lambda: all(len(stages[name].sent) == 1 for name in others))
        await until(lambda: stages["one on telegram"].runs >= 3)

    play(plan(tmp_path, server), acted)


def test_status_and_metrics_are_there_for_programs(
    tmp_path: Path, server: ModelServer, stages: dict[str, Stage]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    def asked(path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return str(answer.read().decode())

    async def acted() -> None:
        await until(lambda: "one on discord" in stages and stages["one on discord"].ears)
        ears = stages["one on discord"].ears
        assert ears
        ears.hear(said(1, "Hello there, how are you?"))
        await until(lambda: stages["one on discord"].sent)
        await asyncio.sleep(0.05)
        shown = json.loads(await asyncio.to_thread(asked, "/status"))
        (one,) = [bot for bot in shown["bots"] if bot["bot"] == "one"]
        assert one["line"].startswith("READ: submissions=0\tcomment=1\t| WRITE: post=0\treply=1\t")
        assert one["platforms"]["discord"]["state"] == "listening"
        assert not one["paused"]
        counted = await asyncio.to_thread(asked, "/metrics")
        assert 'clone_bot_sent_total{bot="one",platform="discord",task="reply"} 1' in counted

    play(plan(tmp_path, server, port=port), acted)


def test_what_waits_when_it_is_stopped_is_sent_by_the_next_run(
    tmp_path: Path, server: ModelServer, stages: dict[str, Stage]
) -> None:
    slow = {"mention_self_frequency": 1.0, "delay": {"min": 60, "max": 60}}
    given = plan(tmp_path, server, rules=slow)
    key = Key("discord", "one", "m1")

    async def hear() -> None:
        await until(lambda: "one on discord" in stages and stages["one on discord"].ears)
        ears = stages["one on discord"].ears
        assert ears
        ears.hear(said(1, "Hello there, how are you?"))
        with queue_file.read_file(given.queue) as file:
            await until(lambda: (item := Queue(file).get(key)) and item.state == "decided")

    async def wait() -> None:
        await until(lambda: "one on discord" in stages and stages["one on discord"].sent)

    play(given, hear)
    assert not stages["one on discord"].sent
    stages.clear()
    play(given, wait)


def test_a_bot_that_runs_already_and_a_port_that_is_taken_are_faults(
    tmp_path: Path, server: ModelServer, stages: dict[str, Stage]
) -> None:
    given = plan(tmp_path, server)
    with queue_file.alone(given.queue, "two"), pytest.raises(FaultyInput, match="runs already"):
        asyncio.run(run(given))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(FaultyInput, match="--status-port"):
            asyncio.run(run(plan(tmp_path, server, port=port)))
