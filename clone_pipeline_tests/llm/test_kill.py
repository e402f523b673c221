"""SIGKILL at seeded random instants, again and again, until the run gets through."""

import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import orjson
import pytest

from clone_pipeline.llm.exchange import body_of
from clone_pipeline.llm.journal import key
from clone_pipeline_tests.llm.asking_program import question
from clone_pipeline_tests.llm.openai_server import OpenAiServer, request_key, running

COUNT, CONCURRENCY, KILLS = 300, 8, 5


def start(server: OpenAiServer, journal: Path) -> "subprocess.Popen[bytes]":
    program = [sys.executable, "-m", "clone_pipeline_tests.llm.asking_program", server.base_url]
    child = subprocess.Popen(
        [*program, str(journal), str(COUNT), str(CONCURRENCY)], stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    child.stdout.readline()
    child.stdout.close()
    return child


def committed(journal: Path) -> set[str]:
    connection = sqlite3.connect(journal)
    try:
        return {row[0] for row in connection.execute("select key from answers")}
    finally:
        connection.close()


@pytest.mark.parametrize("seed", [1, 2])
def test_after_a_kill_no_kept_answer_is_asked_for_again(tmp_path: Path, seed: int) -> None:
    draw, journal = random.Random(seed), tmp_path / "journal.sqlite"
    body_keys = {
        key(q, answer_format="chat"): request_key(orjson.loads(orjson.dumps(body_of(q))))
        for q in map(question, range(COUNT))
    }
    kills = 0
    with running(answer=lambda body: "Yes.", latency=0.02) as server:
        while kills < KILLS:
            kept = committed(journal) if journal.exists() else set()
            before = Counter(server.counts)
            child = start(server, journal)
            time.sleep(draw.uniform(0.02, 0.2))
            child.send_signal(signal.SIGKILL)
            finished = child.wait() == 0
            kills += 1
            sent_again = [k for k in kept if server.counts[body_keys[k]] > before[body_keys[k]]]
            assert sent_again == []
            if finished:
                break
        assert 0 < len(committed(journal)) < COUNT, "the kills fell outside the work"
        assert start(server, journal).wait(60) == 0
        assert committed(journal) == set(body_keys)
        assert COUNT <= server.requests <= COUNT + kills * CONCURRENCY
        sent = server.requests
        assert start(server, journal).wait(60) == 0
        assert server.requests == sent
