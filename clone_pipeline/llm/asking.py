"""What a model is asked and what it answers, whichever endpoint stands behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from clone_pipeline.funnel import Usage


@dataclass(frozen=True, slots=True)
class Request:
    """All that determines an answer.

    Attributes:
        model: the model's name at the endpoint.
        messages: {"role", "content"} in order, at least one; for a raw completion the prompt is
            the content of the only one.
        temperature: 0 or more.
        top_p: above 0, at most 1.
        max_tokens: longest answer, in the model's own tokens.
        stop: texts that end the answer and are not part of it.
        extra: more keys of the body, such as "grammar", "seed" or "response_format".
        vote: which of several independent answers to the same question this is, from 0.
        step: the prompt's name, for the journal's lists; it determines nothing and is in no key.
    """

    model: str
    messages: tuple[dict[str, str], ...]
    temperature: float
    top_p: float
    max_tokens: int
    stop: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    vote: int = 0
    step: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that lies in the journal.

    Attributes:
        text: what the model wrote; empty if it wrote nothing.
        finish_reason: "stop", "length" (cut off at `max_tokens`), or the endpoint's own word.
        prompt_tokens: as the endpoint counted them, 0 if it did not.
        completion_tokens: likewise.
        journal_key: where the whole exchange is kept.
        from_journal: nothing was sent for this reply.
    """

    text: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    journal_key: str
    from_journal: bool


class Model(Protocol):
    """Whatever can be asked."""

    async def ask(self, request: Request) -> Reply:
        """The answer; see `LlmFailure` for what is raised when there is none."""
        ...

    async def ask_votes(self, request: Request, votes: Sequence[int]) -> list[Reply]:
        """Independent answers to one question, one for each number in `votes`, in that order.

        The same as `ask` for each with its `vote` replaced; an endpoint that gives several
        choices is asked once.
        """
        ...

    def usage(self) -> Usage:
        """What has been asked so far."""
        ...


class LlmFailure(Exception):
    """The endpoint gave no usable answer, and asking again will not help now.

    Attributes:
        host: who was asked.
        status: the HTTP status, None if there was no reply.
        found: what came instead of an answer; at most 200 characters of a body.
        fix: what to do about it.
    """

    def __init__(self, host: str, status: int | None, found: str, fix: str) -> None:
        self.host = host
        self.status = status
        self.found = found
        self.fix = fix
        answered = "gave no reply" if status is None else f"answered {status}"
        super().__init__(f"{host} {answered}: {found}. {fix}")
