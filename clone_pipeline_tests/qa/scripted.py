"""A model that answers from a script, and prompts and chunks to ask it with."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import replace

from clone_pipeline.funnel import Usage
from clone_pipeline.llm.asking import Reply, Request
from clone_pipeline.llm.prompt import Prompt, default_folder
from clone_pipeline.qa import dialogue, embedded, generation, rating, repair
from clone_pipeline.qa.prompting import load_prompts
from clone_pipeline.qa.verification import CHECKS
from clone_pipeline.records import Chunk, Pair

Script = Callable[[Request], "str | Reply"]


class ScriptedModel:
    """Answers with `script`, after a pause that differs from request to request."""

    def __init__(self, script: Script, *, seed: int | None = None) -> None:
        self.script = script
        self.asked: list[Request] = []
        self._pause = random.Random(seed) if seed is not None else None

    async def ask(self, request: Request) -> Reply:
        """The script's answer."""
        self.asked.append(request)
        key = f"key{len(self.asked)}"
        await asyncio.sleep(self._pause.random() / 200 if self._pause else 0)
        said = self.script(request)
        return said if isinstance(said, Reply) else Reply(said, "stop", 1, 1, key, False)

    async def ask_votes(self, request: Request, votes: Sequence[int]) -> list[Reply]:
        """The script's answer for each vote."""
        return [await self.ask(replace(request, vote=vote)) for vote in votes]

    def usage(self) -> Usage:
        """How many requests there were."""
        return Usage(requests=len(self.asked))


def cut_off(text: str) -> Reply:
    """A reply that ended at its token limit."""
    return Reply(text, "length", 1, 1, "cut", False)


def in_turn(*replies: "str | Reply") -> Script:
    """A script that gives `replies` one after the other."""
    left = list(replies)
    return lambda request: left.pop(0)


def never(request: Request) -> str:
    """A script for a model that is not to be asked."""
    raise AssertionError(f"asked: {request}")


def step_of(request: Request) -> str:
    """Which prompt a request was made from, by its system message."""
    return next(
        name
        for name, prompt in PROMPTS.items()
        if prompt.messages[0]["content"] == request.messages[0]["content"]
    )


def chunk(number: int, text: str = "") -> Chunk:
    """A chunk with `text`."""
    text = text or f"Lamp {number} burns {number} litres of paraffin every night."
    return Chunk(f"c{number}", "d", number, 0, len(text), text)


def pair(number: int, *, of: int = 1, question: str = "", answer: str = "") -> Pair:
    """A pair of chunk `of`."""
    question = question or f"How much paraffin does lamp {number} burn every night?"
    return Pair(
        f"p{number}", f"c{of}", "default", question, answer or f"It burns {number} litres of it."
    )


def _prompts(names: Sequence[str]) -> dict[str, Prompt]:
    return load_prompts(names, [default_folder()])


PROMPTS = _prompts(
    [generation.PROMPT, *(judging.prompt for judging in CHECKS.values()), repair.PROMPT]
    + [dialogue.PROMPT, rating.PROMPT]
)
BY_STYLE = {"default": PROMPTS}
EMBEDDED = load_prompts(
    [embedded.QUESTION_PROMPT, embedded.ANSWER_PROMPT], [default_folder() / "embedded"]
)
