"""Shapes of OpenAI's protocol: https://platform.openai.com/docs/api-reference/chat/object."""

from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

Body = dict[str, Any]
Fault = Literal["429", "500", "drop", "truncated", "malformed", "hang", "sse_cut", "sse_error"]


@dataclass(frozen=True)
class Answer:
    """What the server sends: a text, or any status with any body and headers."""

    text: str = ""
    finish_reason: str = "stop"
    status: int = 200
    body: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    fault: Fault | None = None


def tokens_of(body: Body) -> int:
    """The prompt's tokens: four characters each."""
    if "prompt" in body:
        return len(body["prompt"]) // 4
    return sum(len(str(message["content"])) for message in body["messages"]) // 4


def choice_of(body: Body, index: int, answer: Answer) -> Body:
    """One choice of a completion."""
    choice = {"index": index, "logprobs": None, "finish_reason": answer.finish_reason}
    if "prompt" in body:
        return choice | {"text": answer.text}
    return choice | {"message": {"role": "assistant", "content": answer.text, "refusal": None}}


def error_answer(
    status: int, message: str, code: str | None, headers: dict[str, str] | None = None
) -> Answer:
    """An error as https://platform.openai.com/docs/guides/error-codes shows it."""
    error = {"message": message, "type": "error", "param": None, "code": code}
    body = orjson.dumps({"error": error}).decode()
    return Answer(status=status, body=body, headers=headers or {})


def refusal_of(body: Body, *, choices: str, stop_limit: int | None) -> Answer | None:
    """What an endpoint says that does not take `n`, or so many stop texts."""
    count, sent = body.get("n", 1), len(body.get("stop", ()))
    if count > 1 and choices == "refused":
        return error_answer(400, "'n' : number must be at most 1", "invalid_request_error")
    if count > 1 and choices == "broken":
        return error_answer(500, "Only one completion choice is allowed", "server_error")
    if stop_limit is not None and sent > stop_limit:
        found = (
            f"Invalid 'stop': array too long. Expected an array with maximum length "
            f"{stop_limit}, but got an array with length {sent} instead."
        )
        return error_answer(400, found, "array_above_max_length")
    return None
