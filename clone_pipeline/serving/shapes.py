"""Bodies of OpenAI's chat completions API, as far as this endpoint speaks it.

Source: https://platform.openai.com/docs/api-reference/chat.
"""

import time
import uuid
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError

from clone_pipeline.serving.prompting import Said


class Refused(Exception):
    """A request that can't be answered: what the caller is told, in OpenAI's shape.

    Attributes:
        status: the HTTP status.
        kind: OpenAI's error type, such as "invalid_request_error".
        code: OpenAI's error code, None where there is none.
        param: the field of the request that is at fault, None if none is.
        retry_after: seconds after which to ask again, None if that would not help.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.kind, self.code = status, kind, code
        self.param, self.retry_after = param, retry_after

    def body(self) -> dict[str, Any]:
        """The JSON body."""
        return {
            "error": {
                "message": str(self),
                "type": self.kind,
                "param": self.param,
                "code": self.code,
            }
        }


class _Part(BaseModel):
    type: Literal["text"]
    text: str


class _Message(BaseModel):
    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[_Part]
    name: str | None = None

    def said(self) -> Said:
        text = self.content
        if not isinstance(text, str):
            text = "\n".join(part.text for part in text)
        return Said("system" if self.role == "developer" else self.role, text, self.name)


class _StreamOptions(BaseModel):
    include_usage: bool = False


class _ResponseFormat(BaseModel):
    type: Literal["text"]


class ChatRequest(BaseModel):
    """A request's body; fields of OpenAI's that change nothing here are passed over."""

    model: str
    messages: list[_Message] = Field(min_length=1)
    stream: bool = False
    stream_options: _StreamOptions | None = None
    max_tokens: int | None = Field(None, ge=1)
    max_completion_tokens: int | None = Field(None, ge=1)
    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = Field(None, gt=0, le=1)
    seed: int | None = None
    stop: str | list[str] | None = None
    n: Literal[1] | None = None
    response_format: _ResponseFormat | None = None
    tools: list[Any] | None = Field(None, max_length=0)
    logprobs: Literal[False] | None = None

    def stops(self) -> list[str]:
        """The caller's own stop texts; empty ones are left out."""
        given = [self.stop] if isinstance(self.stop, str) else self.stop or []
        return [text for text in given if text]

    def said(self) -> list[Said]:
        """The messages, oldest first; refused unless the user has the last word."""
        found = [message.said() for message in self.messages]
        if found[-1].role != "user":
            raise Refused("the last message must be the user's", param="messages")
        if not found[-1].content.strip():
            raise Refused("the last message is empty", param="messages")
        return [each for each in found if each.content.strip()]


def parse(body: bytes) -> ChatRequest:
    """The request that a body holds; Refused, naming the field, if it holds none."""
    try:
        return ChatRequest.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Refused(f"{where}: {first['msg']}" if where else first["msg"], param=where) from None


def new_id() -> str:
    """An identifier of a completion."""
    return f"chatcmpl-{uuid.uuid4().hex}"


def completion(
    identifier: str, *, model: str, fingerprint: str, text: str, end: dict[str, Any]
) -> dict[str, Any]:
    """A whole reply. `end` holds finish_reason, prompt_tokens and completion_tokens."""
    message = {"role": "assistant", "content": text, "refusal": None}
    choice = {
        "index": 0,
        "message": message,
        "logprobs": None,
        "finish_reason": end["finish_reason"],
    }
    return {
        **_head(identifier, "chat.completion", model, fingerprint),
        "choices": [choice],
        "usage": usage(end),
    }


def chunk(
    identifier: str,
    *,
    model: str,
    fingerprint: str,
    delta: dict[str, str] | None,
    finish_reason: str | None = None,
    usage: dict[str, int] | None = None,
) -> dict[str, Any]:
    """A piece of a streamed reply; `delta` None makes the closing chunk that only holds usage."""
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    return {
        **_head(identifier, "chat.completion.chunk", model, fingerprint),
        "choices": [] if delta is None else [choice],
        **({"usage": usage} if usage else {}),
    }


def usage(end: dict[str, Any]) -> dict[str, int]:
    """The tokens of a request and its reply."""
    asked, said = end["prompt_tokens"], end["completion_tokens"]
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}


def model_list(names: list[str], *, created: int) -> dict[str, Any]:
    """The answer of /v1/models."""
    entries = [
        {"id": name, "object": "model", "created": created, "owned_by": "clone_pipeline"}
        for name in names
    ]
    return {"object": "list", "data": entries}


def _head(identifier: str, kind: str, model: str, fingerprint: str) -> dict[str, Any]:
    return {
        "id": identifier,
        "object": kind,
        "created": int(time.time()),
        "model": model,
        "system_fingerprint": fingerprint,
    }
