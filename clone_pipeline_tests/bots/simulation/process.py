"""The bots' process, seen from the test: started, killed, started again with the same files."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from clone_pipeline_tests.bots.simulation.clock import SpedClock


@dataclass
class Lives:
    """`ends` holds how each life ended: 0, or minus the signal's number."""

    child: "subprocess.Popen[str]"
    log: Path
    pid: int = 0
    ends: list[int] = field(default_factory=list)

    def prepare(self, run: Path, clock: SpedClock, environment: Mapping[str, str]) -> None:
        """What all lives have in common."""
        times = {"anchor": clock.anchor.isoformat(), "began": clock.began.isoformat()}
        given = times | {"speed": clock.speed, "run": str(run), "environment": dict(environment)}
        self._say(json.dumps(given))
        assert self._line() == "ready\n"

    def start(self) -> None:
        """Begin a life."""
        self._say("live")
        self.pid = int(self._line())

    def kill(self) -> None:
        """SIGKILL, from any thread; `ended` reaps it."""
        os.kill(self.pid, signal.SIGKILL)

    def end(self) -> None:
        """Let it end by itself, as at Ctrl-C."""
        os.kill(self.pid, signal.SIGTERM)
        self.ended()
        assert self.ends[-1] == 0, self.tail()

    def ended(self) -> int:
        """Wait for its end; how it was."""
        self.ends.append(int(self._line()))
        self.pid = 0
        return self.ends[-1]

    def is_dead(self) -> bool:
        return psutil.Process(self.pid).status() == psutil.STATUS_ZOMBIE if self.pid else True

    def usage(self) -> tuple[float, float]:
        """Memory in MB that is its own, and seconds of CPU."""
        process = psutil.Process(self.pid)
        times = process.cpu_times()
        return process.memory_full_info().uss / 1e6, times.user + times.system

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-6000:]

    def _say(self, line: str) -> None:
        assert self.child.stdin
        self.child.stdin.write(f"{line}\n")
        self.child.stdin.flush()

    def _line(self) -> str:
        assert self.child.stdout
        line = self.child.stdout.readline()
        assert line, self.tail()
        return line


@contextmanager
def lives(log: Path) -> Iterator[Lives]:
    """What is loading all that bots need, to run them again and again."""
    program = [sys.executable, "-m", "clone_pipeline_tests.bots.simulation.lives"]
    with log.open("w") as errors:
        child = subprocess.Popen(
            program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
        )
    made = Lives(child, log)
    try:
        yield made
    finally:
        if made.pid and not made.is_dead():
            made.kill()
        child.kill()
        child.communicate(timeout=10)
