"""The other side of `worker`: starts processes, gives them shards, takes what they answer."""

import os
import pickle
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import wait
from queue import SimpleQueue
from typing import Any

from clone_pipeline.scale.worker import KNOWN, NEW

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
        self._function: Callable[[Any], Any] | None = None
        self._asked: SimpleQueue[bytes | None] = SimpleQueue()
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
        self._sender = threading.Thread(target=self._send, daemon=True)
        self._sender.start()

    def wants(self) -> bool:
        """Whether it should get a further shard."""
        return self._ready and len(self._tasks) < AHEAD

    def give(self, function: Callable[[Any], Any], shard: Any) -> Task:
        """Have it do a shard; `take` makes the task done.

        A function is handed over once, not with each of its shards: it may hold much.
        """
        told = KNOWN
        if function is not self._function:
            told = NEW + pickle.dumps(function, protocol=5)
        self._asked.put(told + pickle.dumps(shard, protocol=5))
        self._function = function
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
        self._asked.put(None)
        self._sender.join()
        self.connection.close()

    def _send(self) -> None:
        """A thread of its own: what no socket has room for waits until the shard before is done."""
        with suppress(OSError):  # `take` tells that it is gone
            while (asked := self._asked.get()) is not None:
                self.connection.send_bytes(asked)


def wait_for_any(workers: Sequence[Worker]) -> None:
    """Wait until one of them answers or is gone."""
    wait([each.connection for each in workers])
