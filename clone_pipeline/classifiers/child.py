"""A classifier's process as its client sees it: start it, ask it, stop it."""

import asyncio
import contextlib
import itertools
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from typing import Any

COMMAND = (sys.executable, "-m", "clone_pipeline.classifiers")

_LINE_LIMIT = 1 << 24
_STOP_SECONDS = 5.0
# Names are looked up in the hub's cache alone; a process that asks one text at a time gains
# nothing by tokenizers' own threads.
_ENVIRONMENT = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}


class ChildGone(Exception):
    """The process ended; the message is the last line that it wrote on stderr."""


class Child:
    """One process with one classifier. Made by `start`."""

    def __init__(self, process: Process) -> None:
        loop = asyncio.get_running_loop()
        self._process = process
        self._numbers = itertools.count(1)
        self._first: asyncio.Future[dict[str, Any]] = loop.create_future()
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._last_words: deque[str] = deque(maxlen=20)
        self._heard = loop.time()
        self.ended = False
        self._reading = asyncio.gather(self._read_answers(), self._read_errors())

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    async def first_line(self, *, seconds: float) -> dict[str, Any]:
        """What it says once it has loaded, or can't.

        Raises:
            ChildGone: it ended without a word.
            TimeoutError: nothing within `seconds`.
        """
        return await asyncio.wait_for(asyncio.shield(self._first), seconds)

    async def ask(self, request: dict[str, Any], *, seconds: float) -> dict[str, Any]:
        """The answer to `request`, whose number is given here.

        A process that says nothing at all for so long is ended. Leaving early tells it that the
        answer is unwanted.

        Raises:
            ChildGone: it ended before it answered.
            TimeoutError: no answer within `seconds`.
        """
        if self.ended:
            raise ChildGone(self.last_words())
        loop = asyncio.get_running_loop()
        number = next(self._numbers)
        future = self._answers[number] = loop.create_future()
        began = loop.time()
        try:
            self._send({"id": number, **request})
            return await asyncio.wait_for(future, seconds)
        except TimeoutError:
            if self._heard <= began:
                self.kill()
            raise
        finally:
            del self._answers[number]
            if future.cancelled():
                self._send({"cancel": number})

    async def stop(self) -> None:
        """End the process, by force if it does not go."""
        with contextlib.suppress(OSError, RuntimeError):
            self._input().close()
        try:
            await asyncio.wait_for(self._process.wait(), _STOP_SECONDS)
        except TimeoutError:
            self.kill()
        await self._reading

    def kill(self) -> None:
        """End the process by force, at once."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    def last_words(self) -> str:
        """The last line that the process wrote on stderr."""
        said = [line for line in self._last_words if line]
        return said[-1] if said else "its process ended without a word"

    def _send(self, line: dict[str, Any]) -> None:
        with contextlib.suppress(OSError, RuntimeError):  # its end is noticed by who reads
            self._input().write(json.dumps(line).encode() + b"\n")

    def _input(self) -> asyncio.StreamWriter:
        assert self._process.stdin
        return self._process.stdin

    async def _read_answers(self) -> None:
        assert self._process.stdout
        try:
            async for line in self._process.stdout:
                self._heard = asyncio.get_running_loop().time()
                answer = json.loads(line)
                waiting = self._answers.get(answer["id"]) if "id" in answer else self._first
                if waiting and not waiting.done():
                    waiting.set_result(answer)
        except ValueError:  # no JSON, or a line without end
            self.kill()

    async def _read_errors(self) -> None:
        assert self._process.stderr
        async for line in self._process.stderr:
            self._last_words.append(line.decode(errors="replace").strip())
        await self._process.wait()
        self.ended = True
        for waiting in [self._first, *self._answers.values()]:
            if not waiting.done():
                waiting.set_exception(ChildGone(self.last_words()))
        self._first.exception()  # seen: nobody may be waiting


async def start(model: str, *, threads: int | None = None) -> Child:
    """Start a process for `model`; it is loading when this returns."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        stdin=PIPE, stdout=PIPE, stderr=PIPE, limit=_LINE_LIMIT, env=os.environ | _ENVIRONMENT,
    )  # fmt: skip
    child = Child(process)
    child._send({"model": model, "threads": threads, "parent": os.getpid()})
    return child
