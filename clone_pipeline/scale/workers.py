"""The other side of `worker`: starts processes, gives them shards, takes what they answer."""

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import wait
from typing import Any

# Shards that a worker has before it, so that it need not wait for its parent.
AHEAD = 2

_CALL = (
    "import sys; sys.path[:] = {path!r}; from clone_pipeline.scale.worker import serve; "
    "serve({socket}, {parent}, {imports!r})"
)


class WorkerGone(Exception):
    """A worker was ended from outside."""


@dataclass(slots=True)
class Task:
    """A shard's result, or the error that it raised; neither before it is done."""

    done: bool = False
    result: Any = None
    error: Exception | None = None

    def value(self) -> Any:
        """The result.

        Raises:
            Exception: what the shard raised.
        """
        if self.error is not None:
            raise self.error
        return self.result


class Worker:
    """A process of its own, that Ctrl-C in a terminal does not reach.

    Args:
        imports: modules that it imports before it is ready.
    """

    def __init__(self, imports: Sequence[str]) -> None:
        self.connection, theirs = Pipe()
        self._ready = False
        self._tasks: deque[Task] = deque()
        call = _CALL.format(
            path=sys.path, socket=theirs.fileno(), parent=os.getpid(), imports=tuple(imports)
        )
        self._process = subprocess.Popen(
            [sys.executable, "-c", call],
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            process_group=0,
        )
        theirs.close()

    def wants(self) -> bool:
        """Whether it should get a further shard."""
        return self._ready and len(self._tasks) < AHEAD

    def give(self, function: Callable[[Any], Any], shard: Any) -> Task:
        """Have it do a shard; `take` makes the task done.

        Raises:
            WorkerGone: it is gone.
        """
        try:
            self.connection.send_bytes(pickle.dumps((function, shard), protocol=5))
        except OSError:
            raise WorkerGone from None
        self._tasks.append(Task())
        return self._tasks[-1]

    def take(self) -> None:
        """Take all answers that are there, without waiting.

        Raises:
            WorkerGone: it is gone.
        """
        try:
            while self.connection.poll():
                answer = self.connection.recv_bytes()
                if not self._ready:
                    self._ready = True
                    continue
                task = self._tasks.popleft()
                task.result, task.error = pickle.loads(answer)
                task.done = True
        except (EOFError, OSError):
            raise WorkerGone from None

    def end(self) -> None:
        """End it, whatever it is at: it has nothing that is not ours."""
        self._process.kill()
        self._process.wait()
        self.connection.close()


def wait_for_any(workers: Sequence[Worker]) -> None:
    """Wait until one of them answers or is gone."""
    wait([each.connection for each in workers])
