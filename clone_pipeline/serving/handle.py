"""A worker process as the front sees it: ask it, cancel, let it finish, stop it."""

import asyncio
import contextlib
import itertools
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from clone_pipeline.registry import Version
from clone_pipeline.serving.prompting import Said
from clone_pipeline.serving.shapes import Refused
from clone_pipeline.serving.worker import Load

_LINE_LIMIT = 1 << 24
_STOP_SECONDS = 10.0


class WorkerGone(Exception):
    """The worker ended; the message is the last line that it wrote on stderr."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a worker is asked: who shall answer what, and how; `seed` None lets chance decide."""

    speaker: str
    said: list[Said]
    max_new_tokens: int
    temperature: float
    top_p: float
    seed: int | None
    stop: list[str]


class Worker:
    """One process with one model loaded. Made by `start`."""

    def __init__(self, version: Version, process: Process) -> None:
        self.version = version
        self.ended = asyncio.Event()
        self._process = process
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Queue[dict[str, Any] | None]] = {}
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._idle = asyncio.Event()
        self._idle.set()
        self._last_words: deque[str] = deque(maxlen=20)
        self._reading = asyncio.gather(self._read_answers(), self._read_errors())

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def waiting(self) -> int:
        """Requests that are not answered to their end."""
        return len(self._answers)

    async def ask(self, question: Question) -> AsyncGenerator[dict[str, Any]]:
        """The reply's pieces (`{"piece": str}`), then `{"end": {..}}`.

        Leaving the iteration before its end tells the worker to stop writing.

        Raises:
            WorkerGone: the process ended before the reply did.
            Refused: the question can't be answered by this model.
        """
        if self.ended.is_set():
            raise WorkerGone(self.last_words())
        number = next(self._numbers)
        answers: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._answers[number] = answers
        self._idle.clear()
        finished = False
        try:
            self._send({"id": number, **asdict(question)})
            while not finished:
                answer = await answers.get()
                finished = answer is None or "piece" not in answer
                if answer is None:
                    raise WorkerGone(self.last_words())
                if "refused" in answer:
                    raise Refused(answer["refused"], code=answer["code"], param="messages")
                yield answer
        finally:
            del self._answers[number]
            if not self._answers:
                self._idle.set()
            if not finished:
                self._send({"cancel": number})

    async def retire(self) -> None:
        """Let the replies in hand come to their end, then stop the process."""
        await self._idle.wait()
        await self.stop()

    async def stop(self) -> None:
        """End the process now, by force if it does not go."""
        with contextlib.suppress(OSError):
            self._input().close()
        try:
            await asyncio.wait_for(self._process.wait(), _STOP_SECONDS)
        except TimeoutError:
            self._process.kill()
        await self._reading

    def kill(self) -> None:
        """End the process by force, at once."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    def last_words(self) -> str:
        """The last line that the process wrote on stderr."""
        said = [line for line in self._last_words if line.strip()]
        return said[-1].strip() if said else "it ended without a word"

    async def until_ready(self) -> None:
        """Wait until the model is loaded; WorkerGone if it can't be."""
        await asyncio.shield(self._ready)

    def is_ready(self) -> bool:
        """Whether the model is loaded and the process lives."""
        loaded = self._ready.done() and self._ready.exception() is None
        return loaded and not self.ended.is_set()

    def _send(self, line: dict[str, Any]) -> None:
        with contextlib.suppress(OSError, RuntimeError):  # its end is noticed by who reads
            self._input().write(json.dumps(line).encode() + b"\n")

    def _input(self) -> asyncio.StreamWriter:
        assert self._process.stdin
        return self._process.stdin

    async def _read_answers(self) -> None:
        assert self._process.stdout
        async for line in self._process.stdout:
            answer = json.loads(line)
            if "ready" in answer:
                self._ready.set_result(None)
            elif queue := self._answers.get(answer["id"]):
                queue.put_nowait(answer)
        await self._process.wait()
        self.ended.set()
        for queue in self._answers.values():
            queue.put_nowait(None)

    async def _read_errors(self) -> None:
        assert self._process.stderr
        async for line in self._process.stderr:
            text = line.decode(errors="replace").rstrip()
            self._last_words.append(text)
            sys.stderr.write(f"{text}\n")
        await self.ended.wait()
        if not self._ready.done():
            self._ready.set_exception(WorkerGone(self.last_words()))
            self._ready.exception()  # seen: nobody may be waiting


async def start(
    version: Version, *, folder: Path, adapter: Path | None, threads: int | None
) -> Worker:
    """Start a process for `version`; it is loading when this returns.

    Args:
        version: whose card the prompts are built from.
        folder: the model to load.
        adapter: the adapter to put on it, None for none.
        threads: CPU threads, None for what torch takes.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "clone_pipeline.serving.worker",
        stdin=PIPE, stdout=PIPE, stderr=PIPE, limit=_LINE_LIMIT,
    )  # fmt: skip
    load = Load(
        folder=folder, adapter=adapter, card=version.card, threads=threads, parent=os.getpid()
    )
    worker = Worker(version, process)
    worker._send(json.loads(load.model_dump_json()))
    return worker
