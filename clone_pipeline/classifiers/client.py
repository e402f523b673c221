"""Classifiers for those whose own process never loads weights: asked over a child's pipes."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from clone_pipeline.classifiers import child
from clone_pipeline.classifiers.child import Child, ChildGone
from clone_pipeline.classifiers.weights import Missing, located
from clone_pipeline.settings import Fault, FaultyInput

__all__ = ["Classifier", "ClassifierFailure", "Missing", "Scores", "located", "open_classifier"]

LOAD_SECONDS = 600.0

Scores = dict[str, float]  # probabilities by label


class ClassifierFailure(Exception):
    """The classifier gave no answer."""


class Classifier:
    """A model in a process of its own. Made by `open_classifier`.

    Attributes:
        model: a folder or a name.
        labels: what it tells apart.
        child: the process; another one once this one has died.
    """

    def __init__(self, model: str, labels: tuple[str, ...], process: Child) -> None:
        self.model, self.labels, self.child = model, labels, process
        self._starting = asyncio.Lock()
        self._closed = False

    async def texts(
        self, texts: Sequence[str], *, windows: bool = False, seconds: float = 120
    ) -> list[Scores]:
        """The scores of each text.

        A process that died is started again, once a call.

        Args:
            texts: of any length.
            windows: all of a text that is too long is read, and each label gets the highest
                probability of any part; else only the end of it is read.
            seconds: longest wait.

        Raises:
            ClassifierFailure: there is no answer.
        """
        return await self._ask({"texts": list(texts), "windows": windows}, len(texts), seconds)

    async def pairs(
        self, pairs: Sequence[tuple[str, str]], *, seconds: float = 120
    ) -> list[Scores]:
        """The scores of each reply and what it answers, given the other way round; see `texts`."""
        return await self._ask({"pairs": [list(pair) for pair in pairs]}, len(pairs), seconds)

    async def close(self) -> None:
        """End the process."""
        self._closed = True
        await self.child.stop()

    async def _ask(self, request: dict[str, Any], count: int, seconds: float) -> list[Scores]:
        for again in (True, False):
            process = await self._living()
            try:
                answer = await process.ask(request, seconds=seconds)
            except TimeoutError:
                raise ClassifierFailure(f"no answer within {seconds:g} s") from None
            except ChildGone as error:
                if again and not self._closed:
                    continue
                raise ClassifierFailure(f"its process died: {error}") from None
            break
        if "error" in answer:
            raise ClassifierFailure(str(answer["error"]))
        scores = [{str(label): float(each) for label, each in one} for one in answer["scores"]]
        if len(scores) != count or any(tuple(one) != self.labels for one in scores):
            raise ClassifierFailure("scores are missing")
        return scores

    async def _living(self) -> Child:
        async with self._starting:
            if self.child.ended and not self._closed:
                found = await _started(self.model)
                if isinstance(found, Missing):
                    raise ClassifierFailure(found.sentence)
                self.child, labels = found
                if self._closed:
                    self.child.kill()
                if labels != self.labels:
                    raise ClassifierFailure("the model has other labels than before")
            return self.child


@dataclass(slots=True)
class _Held:
    """A classifier and how many use it."""

    users: int = 0
    opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    found: Classifier | Missing | None = None


_held: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, _Held]] = WeakKeyDictionary()


@asynccontextmanager
async def open_classifier(model: str) -> AsyncIterator[Classifier | Missing]:
    """The classifier for as long as the block lasts, loaded; all who use it share one process.

    Args:
        model: a folder, or a hub name whose weights lie on this machine; see `weights.located`.

    Raises:
        FaultyInput: what lies there is no model that classifies texts.
    """
    all_held = _held.setdefault(asyncio.get_running_loop(), {})
    held = all_held.setdefault(model, _Held())
    held.users += 1
    try:
        async with held.opening:
            if held.found is None or isinstance(held.found, Missing):
                held.found = await _opened(model)
        yield held.found
    finally:
        held.users -= 1
        if not held.users:
            if all_held.get(model) is held:
                del all_held[model]
            if isinstance(held.found, Classifier):
                await held.found.close()


async def _opened(model: str) -> Classifier | Missing:
    missing = located(model)
    if isinstance(missing, Missing):
        return missing
    try:
        found = await _started(model)
    except ClassifierFailure as error:
        fix = "Give a model that this machine can load, or leave it out."
        raise FaultyInput(
            [Fault(model, f"a classifier that does not start: {error}", fix)]
        ) from None
    return found if isinstance(found, Missing) else Classifier(model, found[1], found[0])


async def _started(model: str) -> tuple[Child, tuple[str, ...]] | Missing:
    """A process that has loaded the model, and its labels."""
    process = await child.start(model)
    said: dict[str, Any] = {}
    try:
        said = await process.first_line(seconds=LOAD_SECONDS)
    except TimeoutError:
        raise ClassifierFailure(f"it is not loaded after {LOAD_SECONDS:g} s") from None
    except ChildGone as error:
        raise ClassifierFailure(str(error)) from None
    finally:
        if "ready" not in said:
            process.kill()
            await process.stop()
    if "missing" in said:
        return Missing(str(said["missing"]))
    if "faulty" in said:
        raise ClassifierFailure(str(said["faulty"]))
    return process, tuple(said["labels"])
