"""Asking again until an answer may be sent, warmer each time, within a time."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from clone_pipeline.bots.asking import Answer
from clone_pipeline.bots.reading import Read
from clone_pipeline.bots.toxicity import Gate
from clone_pipeline.bots.wire import BudgetSpent
from clone_pipeline.llm.asking import LlmFailure

WARMER = 1.1  # VTX: the temperature's factor from one try to the next
_WARMED = 0.3  # second try where the first was at 0: it would say the same again

Silence = Literal[
    "nothing_to_answer", "toxic_input", "budget", "no_answer", "out_of_time", "no_good_reply"
]


@dataclass(frozen=True, slots=True)
class Written:
    """A reply or a post that may be sent.

    Attributes:
        text: of the reply, or the post's body.
        version: which model wrote it, see `asking.Answer`.
        attempts: how often the model was asked.
        refused: why each answer before the last was not taken, in order.
        title: of a post.
        bias: the digits that it speaks as, in VTX's form.
        troubles: what went wrong without stopping it, such as an image without caption.
    """

    text: str
    version: str
    attempts: int
    refused: tuple[str, ...] = ()
    title: str = ""
    bias: str = ""
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing is said.

    Attributes:
        reason: one of a closed list.
        why: in words.
        attempts: how often the model was asked.
        refused: why each answer was not taken, in order.
        version: which model answered last, "" if none did.
    """

    reason: Silence
    why: str
    attempts: int = 0
    refused: tuple[str, ...] = ()
    version: str = ""


@dataclass(slots=True)
class Course:
    """How far the tries have come."""

    attempts: int = 0
    refused: list[str] = field(default_factory=list)
    version: str = ""

    def ended(self, reason: Silence, why: str) -> Refused:
        """Nothing is said after all these tries."""
        return Refused(reason, why, self.attempts, tuple(self.refused), self.version)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how often a model is asked for one reply.

    Attributes:
        temperature: of the first try.
        hottest: highest temperature of the others.
        attempts: answers at most.
        seconds: for all of it.
    """

    temperature: float = 0.8
    hottest: float = 1.5
    attempts: int = 10
    seconds: float = 360.0

    def temperatures(self) -> Iterator[float]:
        """Of each try: `WARMER` than the one before, at most `hottest` but for the first."""
        first = self.temperature
        yield first
        for number in range(1, self.attempts):
            warmed = first * WARMER**number if first else _WARMED * WARMER ** (number - 1)
            yield max(first, min(self.hottest, warmed))


async def tried(
    course: Course,
    *,
    ask: Callable[[float], Awaitable[Answer]],
    read: Callable[[Answer], Read],
    gate: Gate | None,
    patience: Patience,
) -> Written | Refused:
    """The first answer that `read` and `gate` let pass."""
    for temperature in patience.temperatures():
        course.attempts += 1
        try:
            answer = await ask(temperature)
        except LlmFailure as error:
            return course.ended("no_answer", str(error))
        course.version = answer.version
        found = read(answer)
        reason = found.reason
        if not reason and gate:
            verdict = await gate("\n".join(filter(None, (found.title, found.text))))
            reason = f"toxic: {verdict.why}" if verdict.toxic else ""
        if not reason:
            return Written(
                found.text, answer.version, course.attempts, tuple(course.refused), found.title,
                found.bias,
            )  # fmt: skip
        course.refused.append(reason)
    counted = Counter(reason.partition(":")[0] for reason in course.refused)
    why = ", ".join(f"{count} {reason}" for reason, count in counted.most_common())
    return course.ended("no_good_reply", f"{course.attempts} answers, none that may be sent: {why}")


async def in_time(
    doing: Callable[[Course], Awaitable[Written | Refused]], *, seconds: float
) -> Written | Refused:
    """What `doing` comes to; Refused if it takes longer than `seconds` or the budget ends."""
    course = Course()
    try:
        async with asyncio.timeout(seconds):
            return await doing(course)
    except TimeoutError:
        return course.ended("out_of_time", f"not ready after {seconds:g} s")
    except BudgetSpent as error:
        return course.ended("budget", str(error))
