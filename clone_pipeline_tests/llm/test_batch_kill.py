"""SIGKILL around the making and the end of a batch: nothing is paid for twice, nothing is lost."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from clone_pipeline.llm.journal import Journal
from clone_pipeline_tests.llm.batch_program import ask_all
from clone_pipeline_tests.llm.batch_server import running

COUNT = 40
EVENTS = ("uploaded", "created", "downloading")


def test_after_a_kill_a_rerun_finds_the_batch_and_pays_nothing_twice(tmp_path: Path) -> None:
    draw, children = random.Random(6), list[subprocess.Popen[bytes]]()
    wanted = [draw.choice(EVENTS[:1]), *EVENTS[1:]]

    def happens(event: str) -> None:
        if wanted and event == wanted[0] and children:
            wanted.pop(0)
            os.kill(children[-1].pid, signal.SIGKILL)
            children[-1].wait()

    program = [sys.executable, "-m", "clone_pipeline_tests.llm.batch_program"]
    with running(happens=happens, seconds=0.05) as server:
        command = [*program, server.base_url, str(tmp_path / "j"), str(COUNT)]
        while wanted:
            children.append(subprocess.Popen(command))
            assert children[-1].wait(60) == -signal.SIGKILL
        with Journal(tmp_path / "j") as journal:
            replies = asyncio.run(ask_all(server.base_url, journal, COUNT))
            assert [reply.text for reply in replies] == ["Yes."] * COUNT
            assert journal.spent().requests == len(journal) == COUNT
        assert server.sizes == [COUNT]
        assert set(server.paid.values()) == {1}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_kills_at_random_instants_cost_nothing(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    program = [sys.executable, "-m", "clone_pipeline_tests.llm.batch_program"]
    with running(seconds=0.3) as server:
        command = [*program, server.base_url, str(tmp_path / "j"), "2000"]
        for _ in range(4):
            child = subprocess.Popen(command)
            try:
                child.wait(draw.uniform(1.0, 3.0))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        with Journal(tmp_path / "j") as journal:
            asyncio.run(ask_all(server.base_url, journal, 2000))
            assert journal.spent().requests == len(journal) == 2000
        assert set(server.paid.values()) == {1}
