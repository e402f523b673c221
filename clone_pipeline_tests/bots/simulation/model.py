"""The model behind the bots: it answers, fails at seeded moments, and counts what it was sent."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from clone_pipeline_tests.bots.model_server import ModelServer, Scores, running
from clone_pipeline_tests.bots.simulation import words
from clone_pipeline_tests.llm.chat_protocol import Answer, Body, Fault

POST = "Title of {mark} {title}<|eot|><|sost|>{text}<|eost|>"
FAULTS: dict[Fault, float] = {
    "429": 0.015, "500": 0.01, "drop": 0.004, "truncated": 0.003, "malformed": 0.003,
}  # fmt: skip


@dataclass
class Model:
    """What was asked of it.

    Attributes:
        seen: characters of the prompts that cost something.
        lost: those of them whose answer nobody could read: what is reserved for them stays.
        tokens: of prompts and answers that could be read.
        peak: the most that `seen` was; requests that were refused are not in it.
        faults: share of the requests by what befalls them.
    """

    seed: int
    faults: dict[Fault, float] = field(default_factory=lambda: dict(FAULTS))
    seen: int = 0
    lost: int = 0
    tokens: int = 0
    asked: int = 0
    server: ModelServer | None = None

    def answer(self, body: Body) -> Answer:
        """In the server's thread."""
        self.asked += 1
        draw = random.Random(f"{self.seed} {self.asked}")
        fault = self._fault(draw)
        if fault in ("429", "500"):
            return Answer(fault=fault)
        prompt = whole(body)
        self.seen += len(prompt)
        if fault:
            self.lost += len(prompt)
            return Answer(fault=fault)
        text, used = self._said(body, draw), sum(len(each) for each in _contents(body)) // 4
        self.tokens += used + (len(text) // 4 + 1 if "messages" in body else 7)
        return Answer(text)

    def _said(self, body: Body, draw: random.Random) -> str:
        if "prompt" in body:
            title = words.sentence(draw)
            marked = words.mark(900_000 + self.asked)
            return POST.format(mark=marked, title=title, text=words.sentence(draw))
        return words.answer(self.asked, _contents(body)[-1], draw)

    def _fault(self, draw: random.Random) -> Fault | None:
        chance = draw.random()
        for fault, share in self.faults.items():
            chance -= share
            if chance < 0:
                return fault
        return None


def whole(body: Body) -> str:
    """The prompt as budgets count it."""
    return "\n".join(_contents(body))


def _contents(body: Body) -> list[str]:
    given: list[Any] = [each["content"] for each in body.get("messages", [])] or [body["prompt"]]
    return [str(each) for each in given]


def scores(text: str) -> Scores:
    return {"harassment": 0.99 if words.TOXIC in text else 0.01}


@contextmanager
def model(seed: int, *, latency: float = 0.01) -> Iterator[Model]:
    made = Model(seed)
    with running(models=("m",), answer=made.answer, scores=scores, latency=latency) as server:
        made.server = server
        yield made
