"""Keeps the right model answering: follows production, swaps, restarts what died."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from clone_pipeline.registry import Version
from clone_pipeline.serving.handle import Worker, WorkerGone
from clone_pipeline.serving.shapes import Refused
from clone_pipeline.settings import FaultyInput

POLL_SECONDS = 0.5
_LOAD_SECONDS = 900.0
_PAUSES = (0.0, 1.0, 2.0, 5.0, 15.0, 30.0)
_STEADY_SECONDS = 60.0
NOTHING_DEPLOYED = (
    "no model is in production yet: `clone-pipeline run` trains one and promotes it, "
    "`clone-pipeline models promote VERSION` takes one that exists"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is going on, for /health and the registry.

    `state` is "waiting", "loading", "serving" or "failed", as `registry.report_serving` says.
    """

    state: str
    wanted: str | None
    message: str


@dataclass(slots=True)
class _Falls:
    """How often what ran last has fallen in a row, and when it may be started again."""

    digest: str = ""
    count: int = 0
    not_before: float = 0.0

    def add(self, digest: str) -> None:
        self.count = self.count + 1 if digest == self.digest else 1
        self.digest = digest
        self.not_before = time.monotonic() + _PAUSES[min(self.count, len(_PAUSES)) - 1]

    def hold_back(self, digest: str) -> bool:
        return digest == self.digest and time.monotonic() < self.not_before


class Keeper:
    """Holds the worker that answers; `watch` runs for as long as the front does.

    Args:
        wanted: the version that shall answer, None if there is none yet; may raise FaultyInput.
        start: starts a worker for a version; may raise FaultyInput.
        tell: hears of every change.
    """

    def __init__(
        self,
        *,
        wanted: Callable[[], Version | None],
        start: Callable[[Version], Awaitable[Worker]],
        tell: Callable[[Worker | None, Standing], None],
    ) -> None:
        self.current: Worker | None = None
        self.standing = Standing("loading", None, "looking for the model")
        self._wanted, self._start, self._tell = wanted, start, tell
        self._good: Version | None = None
        self._since = 0.0
        self._refused: tuple[str, str] = ("", "")  # a digest that did not come up, and why
        self._falls = _Falls()
        self._leaving: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Condition()
        self._told: tuple[Standing, int | None] | None = None

    async def answering(self) -> Worker:
        """The worker to ask now; waits while one is loading.

        Raises:
            Refused: there is none, and why (503).
        """
        async with self._changed:
            while self.current is None or self.current.ended.is_set():
                if self.standing.state in ("waiting", "failed"):
                    raise Refused(
                        self.standing.message,
                        status=503,
                        kind="server_error",
                        code="model_not_ready",
                        retry_after=5,
                    )
                await self._changed.wait()
            return self.current

    async def watch(self) -> None:
        """Look at production and at the worker, twice a second and whenever the worker ends."""
        while True:
            await self._look()
            ended = self.current.ended.wait() if self.current else asyncio.sleep(POLL_SECONDS)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ended, POLL_SECONDS)

    async def close(self) -> None:
        """Stop every worker; `watch` must have been cancelled."""
        for task in self._leaving:
            task.cancel()
        if self.current:
            await self.current.stop()

    async def _look(self) -> None:
        try:
            wanted = self._wanted()
        except FaultyInput as error:
            await self._stand("failed", self.standing.wanted, str(error.faults[0]))
            return
        if self.current and self.current.ended.is_set():
            await self._note_fall(self.current)
        if wanted is None:
            await self._stand("waiting", None, NOTHING_DEPLOYED)
            return
        if self._refused[0] != wanted.digest:
            self._refused = ("", "")
        target = self._good if self._refused[0] and self._good else wanted
        if self.current and self.current.version.digest == target.digest:
            await self._stand_settled(wanted)
        elif not self._falls.hold_back(target.digest):
            await self._bring_up(target, wanted)

    async def _stand_settled(self, wanted: Version) -> None:
        if self._refused[0]:
            await self._stand("failed", wanted.name, self._refused[1])
        else:
            await self._stand("serving", wanted.name, "")

    async def _note_fall(self, worker: Worker) -> None:
        self.current = None
        if time.monotonic() - self._since > _STEADY_SECONDS:
            self._falls = _Falls()
        self._falls.add(worker.version.digest)
        name, why = worker.version.name, worker.last_words()
        await self._stand("loading", name, f"{name}'s process ended ({why}): starting it again")

    async def _bring_up(self, version: Version, wanted: Version) -> None:
        await self._stand("loading", wanted.name, f"loading {version.name}")
        try:
            worker = await self._start(version)
            await _until_ready(worker)
        except (FaultyInput, WorkerGone) as error:
            self._falls.add(version.digest)
            still = f"; {self.current.version.name} still answers" if self.current else ""
            self._refused = (
                wanted.digest,
                f"{version.name} did not come up ({_why(error)}){still}",
            )
            await self._stand("failed", wanted.name, self._refused[1])
            return
        if version.digest == self._refused[0]:
            self._refused = ("", "")
        old, self.current, self._good = self.current, worker, version
        self._since = time.monotonic()
        await self._stand_settled(wanted)
        if old:
            task = asyncio.create_task(old.retire())
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)

    async def _stand(self, state: str, wanted: str | None, message: str) -> None:
        standing = Standing(state, wanted, message)
        async with self._changed:
            self.standing = standing
            if (said := (standing, self.current.pid if self.current else None)) != self._told:
                self._told = said
                self._tell(self.current, standing)
            self._changed.notify_all()


async def _until_ready(worker: Worker) -> None:
    try:
        await asyncio.wait_for(worker.until_ready(), _LOAD_SECONDS)
    except TimeoutError:
        raise WorkerGone(f"it was not loaded after {_LOAD_SECONDS:.0f} s") from None
    finally:
        if not worker.is_ready():
            worker.kill()


def _why(error: FaultyInput | WorkerGone) -> str:
    return str(error.faults[0]) if isinstance(error, FaultyInput) else str(error)
