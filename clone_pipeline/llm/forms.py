"""The ways of asking that endpoints know: where a request goes, its body, and its reply."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from clone_pipeline.llm import exchange
from clone_pipeline.llm.asking import Request


@dataclass(frozen=True, slots=True)
class Form:
    """One way of asking.

    Attributes:
        answer_format: part of the journal's key, so that forms don't share answers.
        path: after the base_url.
        body_of: the JSON body of a request.
        completion_of: the reply's text as a chat completion, or a raw one, as it is kept.
        stop: the body's key for the texts that end an answer.
        stop_limit: how many of them it takes at most, None if that is not documented.
        several: whether it has `n`, several choices in one request.
        streams: whether it has `stream`.
        kept_as_sent: the journal keeps the reply's own text; else what `completion_of` makes of it.
    """

    answer_format: str
    path: str
    body_of: Callable[[Request], dict[str, Any]]
    completion_of: Callable[[str], dict[str, Any]] = exchange.completion_of
    stop: str = "stop"
    stop_limit: int | None = None
    several: bool = True
    streams: bool = True
    kept_as_sent: bool = True


CHAT = Form(exchange.ANSWER_FORMAT, "/chat/completions", exchange.body_of)
