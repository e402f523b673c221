"""SIGKILL at seeded random instants of a whole run, and again, until one gets through."""

import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg
import orjson
import psutil
import pytest

from clone_pipeline import registry
from clone_pipeline.defs.io_manager import SCHEMAS, read_table
from clone_pipeline.llm import journal_file, journal_listing
from clone_pipeline.llm.asking import Request
from clone_pipeline.llm.exchange import body_of
from clone_pipeline_tests.defs import opened
from clone_pipeline_tests.defs.conftest import Flow
from clone_pipeline_tests.defs.small_project import make_project
from clone_pipeline_tests.llm.openai_server import OpenAiServer, request_key, running

pytestmark = pytest.mark.timeout(900)  # the first test waits for a whole run

PROGRAM = "clone_pipeline_tests.defs.run_until_write"
NEVER = 10**6
LATENCY = 0.1
FILES = 30  # that a run moves into place, at least
LONGEST = 300.0


@dataclass
class Victim:
    """A project whose runs are killed, and what was seen."""

    folder: Path
    server: OpenAiServer
    draw: random.Random
    kills: Counter[str] = field(default_factory=Counter)
    trained: list[str] = field(default_factory=list)
    output: str = ""

    def start(self, *, write: int = NEVER, after: bool = False) -> "subprocess.Popen[bytes]":
        when = "after" if after else "before"
        command = [sys.executable, "-m", PROGRAM, str(self.folder), str(write), when]
        log = (self.folder.parent / "log.txt").open("wb")
        return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)

    def metrics(self) -> list[str]:
        """The whole lines of the training that is under way."""
        found = list((self.folder / "models").glob(".work-*/metrics.jsonl"))
        text = found[0].read_text(encoding="utf-8") if found else ""
        return text.split("\n")[:-1]

    def committed(self) -> set[str]:
        """The requests whose answers are in the journal, as the server knows them."""
        path = self.folder / "data" / "journal.sqlite"
        if not path.exists():
            return set()
        connection = journal_file.open_file(path, 10.0)
        try:
            kept = list(journal_listing.exchanges(connection, journal_listing.Which()))
        finally:
            connection.close()
        return {sent_as(each.request) for each in kept}


def sent_as(stored: dict[str, object]) -> str:
    names = Request.__dataclass_fields__
    request = Request(**{name: stored[name] for name in names if name in stored})  # type: ignore[arg-type]
    return request_key(orjson.loads(orjson.dumps(body_of(request))))


def die(victim: Victim, kind: str) -> bool:
    """Start a run and kill it as `kind` says; False if it came to its end before that."""
    server, draw = victim.server, victim.draw
    before, kept = Counter(server.counts), victim.committed()
    if kind == "write":
        child = victim.start(write=draw.randint(3, FILES), after=draw.random() < 0.5)
        triggered: Callable[[], bool] = lambda: False  # noqa: E731
    else:
        child = victim.start()
        triggered = trigger(victim, kind)
    end = time.monotonic() + LONGEST
    while child.poll() is None and not triggered() and time.monotonic() < end:
        time.sleep(0.004)
    if kind == "training":
        victim.trained = victim.metrics()
    child.send_signal(signal.SIGKILL)
    killed = child.wait() == -signal.SIGKILL
    victim.kills[kind] += killed
    assert orphans(victim.folder) == []
    again = [key for key in kept if server.counts[key] > before[key]]
    assert again == [], f"{len(again)} answered requests were sent again"
    return killed


def orphans(folder: Path, *, seconds: float = 10.0) -> list[str]:
    """The processes of the project that outlive its run."""
    end = time.monotonic() + seconds
    while found := [
        " ".join(process.info["cmdline"])
        for process in psutil.process_iter(["cmdline", "status"])
        if process.info["status"] != psutil.STATUS_ZOMBIE
        and any(str(folder) in part for part in process.info["cmdline"] or ())
    ]:
        if time.monotonic() > end:
            break
        time.sleep(0.05)
    return found


def trigger(victim: Victim, kind: str) -> Callable[[], bool]:
    server, draw = victim.server, victim.draw
    if kind == "request":
        wanted = server.requests + draw.randint(2, 5)
        return lambda: server.requests >= wanted and server.in_flight > 0
    if kind == "training":
        lines = draw.randint(3, 8)
        return lambda: len(victim.metrics()) >= lines
    instant = time.monotonic() + draw.uniform(1, 15)
    return lambda: time.monotonic() >= instant


def live(victim: Victim) -> None:
    """The run that is left in peace gets to the end, and sends nothing that was answered."""
    before, kept = Counter(victim.server.counts), victim.committed()
    child = victim.start()
    code = child.wait(LONGEST)
    assert code == 0, (victim.folder.parent / "log.txt").read_text(encoding="utf-8")
    assert [key for key in kept if victim.server.counts[key] > before[key]] == []


def check_whole(victim: Victim, flow: Flow) -> None:
    """The project is as if no run had ever been killed."""
    for name in SCHEMAS:
        made = read_table(victim.folder / "data", name)
        assert made.equals(read_table(flow.folder / "data", name)), name
    models = victim.folder / "models"
    assert [version.name for version in registry.versions(models)] == ["v0001"]
    assert [promotion.number for promotion in registry.promotions(models)] == [1]
    standing = registry.production(models)
    assert standing is not None
    assert standing.version == "v0001"
    steps = [
        json.loads(line)["step"]
        for line in (models / "v0001" / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert steps == list(range(1, len(steps) + 1))


def check_history(victim: Victim) -> None:
    """Every killed run is shown as failed, and nothing holds a slot."""
    with opened.opened(victim.folder) as (_, instance):
        runs = Counter(run.status for run in instance.get_runs())
        assert set(runs) <= {dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE}
        inside = victim.kills["request"] + victim.kills["training"]
        assert runs[dg.DagsterRunStatus.FAILURE] >= inside
        for pool in instance.event_log_storage.get_concurrency_keys():
            assert not instance.event_log_storage.get_concurrency_info(pool).claimed_slots


def test_killed_runs_lose_nothing_send_nothing_twice_and_block_nobody(
    flow: Flow, tmp_path: Path
) -> None:
    with running(latency=LATENCY) as server:
        folder = make_project(tmp_path / "p", base=flow.base, url=server.base_url, essay=True)
        victim = Victim(folder, server, random.Random(20))
        for kind in ("request", "write", "request", "training", "write"):
            die(victim, kind)
        assert victim.kills["request"] == 2
        assert victim.kills["training"] == 1
        assert victim.kills["write"] >= 1
        live(victim)
        check_whole(victim, flow)
        check_history(victim)
        resumed = (folder / "models/v0001/metrics.jsonl").read_text(encoding="utf-8").splitlines()
        assert resumed[: len(victim.trained) - 1] == victim.trained[:-1], "it trained from step 1"
        assert server.requests <= flow.requests + 4 * victim.kills.total()


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_thirty_kills_change_nothing(flow: Flow, tmp_path: Path) -> None:
    draw = random.Random(7)
    with running(latency=LATENCY) as server:
        for place in range(6):
            folder = make_project(
                tmp_path / f"{place}" / "p", base=flow.base, url=server.base_url, essay=True
            )
            victim = Victim(folder, server, draw)
            for _ in range(5):
                die(victim, draw.choice(["request", "write", "time", "time", "training"]))
            live(victim)
            check_whole(victim, flow)
            check_history(victim)
