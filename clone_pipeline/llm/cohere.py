"""Cohere's chat, version 1: https://docs.cohere.com/reference/chat-v1.

The first system message is the `preamble`, the last message the `message`, what is between them
the `chat_history` with the roles USER, CHATBOT and SYSTEM; `p` is top_p, `stop_sequences` are at
most five. A reply is kept as a chat completion, Cohere's own in it under "cohere"; tokens are
those it bills (`meta.billed_units`), else those it counted (`meta.tokens`).
"""

from typing import Any

import orjson

from clone_pipeline.llm.asking import Request
from clone_pipeline.llm.exchange import SHOWN_CHARS, MalformedReply
from clone_pipeline.llm.forms import Form

BASE_URL = "https://api.cohere.com/v1"

_ROLES = {"user": "USER", "assistant": "CHATBOT", "system": "SYSTEM"}
# https://github.com/cohere-ai/cohere-python, types/finish_reason.py; an ERROR is asked again.
_REASONS = {
    "COMPLETE": "stop", "STOP_SEQUENCE": "stop", "MAX_TOKENS": "length", "ERROR_LIMIT": "length",
    "ERROR_TOXIC": "content_filter",
}  # fmt: skip
_FAILED = ("ERROR", "USER_CANCEL", "TIMEOUT")


def cohere_body_of(request: Request) -> dict[str, Any]:
    """The JSON body of POST /v1/chat; keys of `extra` win."""
    messages = list(request.messages)
    body: dict[str, Any] = {"model": request.model, "message": messages.pop()["content"]}
    if messages and messages[0]["role"] == "system":
        body["preamble"] = messages.pop(0)["content"]
    if messages:
        body["chat_history"] = [
            {"role": _ROLES[message["role"]], "message": message["content"]} for message in messages
        ]
    body |= {
        "temperature": request.temperature,
        "p": request.top_p,
        "max_tokens": request.max_tokens,
    }
    if request.stop:
        body["stop_sequences"] = list(request.stop)
    return body | dict(request.extra)


def completion_of(raw: str) -> dict[str, Any]:
    """Cohere's reply as a chat completion.

    Raises:
        MalformedReply: not JSON, no text, or ended by an error.
    """
    try:
        reply = orjson.loads(raw)
        text, reason = reply["text"], reply.get("finish_reason") or "COMPLETE"
        usage = _usage(reply.get("meta") or {})
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError) as error:
        raise MalformedReply(raw[:SHOWN_CHARS]) from error
    if reason in _FAILED or not isinstance(text, str):
        raise MalformedReply(raw[:SHOWN_CHARS])
    message = {"role": "assistant", "content": text}
    finished = _REASONS.get(reason, reason.lower())
    choice = {"index": 0, "message": message, "finish_reason": finished}
    return {"object": "chat.completion", "choices": [choice], "usage": usage, "cohere": reply}


def _usage(meta: dict[str, Any]) -> dict[str, int]:
    counted = meta.get("billed_units") or meta.get("tokens") or {}
    prompt = int(counted.get("input_tokens") or 0)
    written = int(counted.get("output_tokens") or 0)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": written,
        "total_tokens": prompt + written,
    }


COHERE = Form(
    "cohere", "/chat", cohere_body_of, completion_of,
    stop="stop_sequences", stop_limit=5, several=False, streams=False, kept_as_sent=False,
)  # fmt: skip
