"""The gate and the ranker with a real process, which they share, and a tiny DialogRPT."""

import asyncio
import math
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from clone_pipeline.bots.hotshot import ranker_input
from clone_pipeline.bots.ranker import Rank, open_ranker
from clone_pipeline.bots.settings import RankerSettings
from clone_pipeline.bots.toxicity import Gate, ToxicitySettings, open_gate
from clone_pipeline.classifiers.client import Classifier, open_classifier
from clone_pipeline_tests.bots.heards import comment
from clone_pipeline_tests.classifiers.tiny_classifiers import direct, make_dialogrpt

PARENT = """
import asyncio, sys
from clone_pipeline.classifiers import child
async def main():
    print((await child.start(sys.argv[1])).pid, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


@dataclass
class Open:
    loop: asyncio.Runner
    rank: Rank
    gate: Gate
    ranker: Classifier
    rpt: Path


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    rpt = make_dialogrpt(tmp_path_factory.mktemp("rpt"))
    judge = ToxicitySettings(classifier=str(rpt), threshold=0)
    with asyncio.Runner() as loop:
        stack = AsyncExitStack()

        async def enter() -> Open:
            ranked = open_ranker(RankerSettings(model=str(rpt)), rng=random.Random(1))
            rank, gate, ranker = await asyncio.gather(
                stack.enter_async_context(ranked),
                stack.enter_async_context(open_gate(judge, rng=random.Random(1))),
                stack.enter_async_context(open_classifier(str(rpt))),
            )
            assert rank
            assert gate
            assert isinstance(ranker, Classifier)
            return Open(loop, rank, gate, ranker, rpt)

        yield loop.run(enter())
        loop.run(stack.aclose())


def _sigmoid(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


def test_a_comment_is_ranked_as_dialogrpt_ranks_hotshots_input(opened: Open) -> None:
    heard = comment("Did you water the tomatoes?", depth=2)
    (logit,) = direct(opened.rpt, ranker_input(heard))
    assert opened.loop.run(_ranked(opened, heard)) == pytest.approx(_sigmoid(logit), abs=1e-5)


async def _ranked(opened: Open, heard: object) -> float:
    return await opened.rank(heard)  # type: ignore[arg-type]


def test_a_text_is_judged_as_the_model_judges_it(opened: Open) -> None:
    score = _sigmoid(direct(opened.rpt, "I love NLP!")[0])

    async def judging() -> str:
        return (await opened.gate("I love NLP!")).why

    assert opened.loop.run(judging()) == f"LABEL_0 {score:.2f}"


def test_garbage_and_a_kill_cost_no_score(opened: Open) -> None:
    heard = comment("Bring them over on Sunday", depth=2)

    async def asking() -> tuple[float, list[float]]:
        process = opened.ranker.child
        process._input().write(b"no JSON\n\xff\n[1]\n" + b"[" * 100_000 + b"\n")
        before = await opened.rank(heard)
        assert opened.ranker.child is process
        os.kill(process.pid, signal.SIGSTOP)
        waiting = asyncio.gather(*(opened.rank(heard) for _ in range(3)))
        await asyncio.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
        return before, await waiting

    before, after = opened.loop.run(asking())
    assert after == pytest.approx([before] * 3)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_process_is_gone_soon_after_its_parent_was_killed_even_while_it_loads(
    opened: Open,
) -> None:
    given = [sys.executable, "-c", PARENT, str(opened.rpt)]
    parent = subprocess.Popen(given, stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    pid = int(parent.stdout.readline())
    time.sleep(1)
    assert not _gone(pid)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 2
    while not _gone(pid):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return True
    return state == "Z"
