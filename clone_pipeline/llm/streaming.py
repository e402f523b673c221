"""Answers sent piece by piece (server-sent events), put together into a whole completion.

The events: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
Their data: https://platform.openai.com/docs/api-reference/chat-streaming
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import orjson

from clone_pipeline.llm.exchange import (
    SHOWN_CHARS,
    MalformedReply,
    joined,
    status_inside,
    without_surrogates,
)

ASKED: dict[str, Any] = {"stream": True, "stream_options": {"include_usage": True}}

_LINE_END = re.compile(r"\r\n|\n|\r")
_HALF_PAIR = "\\ud"  # orjson refuses half of a surrogate pair
_TEXTS = ("content", "refusal", "reasoning_content", "reasoning")


def is_stream(content_type: str, text: str) -> bool:
    """Whether a body is a stream of events, asked for or not."""
    if content_type.startswith("text/event-stream"):
        return not text.lstrip().startswith("{")
    return text.startswith(("data:", ":", "event:", "\ufeffdata:"))


def completion_of(text: str) -> dict[str, Any]:
    """The whole completion that the events of `text` make.

    Raises:
        MalformedReply: cut off (neither an end of every choice nor [DONE]), no choices, an event
            that is not JSON or has another form, or an error among the events.
    """
    try:
        whole = _whole(text)
    except (AttributeError, TypeError) as error:
        raise MalformedReply(f"a stream of another form: {text[:SHOWN_CHARS]}") from error
    if _HALF_PAIR in text.lower():  # two pieces may cut a pair in two
        whole = without_surrogates(whole)
    return whole


def _whole(text: str) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    choices: dict[int, dict[str, Any]] = {}
    done = False
    for data in _events(text):
        if data.strip() == "[DONE]":
            done = True
            break
        chunk = _chunk(data)
        whole |= {key: value for key, value in chunk.items() if key != "choices" and value}
        for piece in chunk.get("choices") or ():
            _add(choices.setdefault(piece.get("index") or 0, {}), piece)
    if not choices:
        raise MalformedReply(f"a stream without an answer: {text[:SHOWN_CHARS]}")
    if not done and not all(choice.get("finish_reason") for choice in choices.values()):
        raise MalformedReply(f"a stream that breaks off: {text[-SHOWN_CHARS:]}")
    ordered = [{"index": index, **choices[index]} for index in sorted(choices)]
    kind = "chat.completion" if "message" in ordered[0] else "text_completion"
    return whole | {"object": kind, "choices": ordered}


def _events(text: str) -> Iterator[str]:
    """The data of each event; comments (": keep-alive") and other fields are skipped."""
    held: list[str] = []
    for line in _LINE_END.split(text.removeprefix("\ufeff")):
        if line.startswith("data:"):
            held.append(line[5:].removeprefix(" "))
        elif not line and held:
            yield "\n".join(held)
            held = []
    if held:  # the last event lacks its empty line: whole if it can be read
        yield "\n".join(held)


def _chunk(data: str) -> dict[str, Any]:
    try:
        chunk = json.loads(data) if _HALF_PAIR in data.lower() else orjson.loads(data)
    except json.JSONDecodeError as error:
        raise MalformedReply(f"a stream that breaks off: {data[:SHOWN_CHARS]}") from error
    if not isinstance(chunk, dict):
        raise MalformedReply(data[:SHOWN_CHARS])
    pieces = chunk.get("choices") or ()
    failed = any(piece.get("finish_reason") == "error" for piece in pieces)
    if chunk.get("error") or chunk.get("object") == "error" or failed:
        raise MalformedReply(data[:SHOWN_CHARS], status_inside(chunk))
    return chunk


def _add(choice: dict[str, Any], piece: dict[str, Any]) -> None:
    """Add what a piece brings to its choice."""
    if piece.get("finish_reason"):
        choice["finish_reason"] = piece["finish_reason"]
    if "text" in piece:
        choice["text"] = choice.get("text", "") + (piece["text"] or "")
        return
    message = choice.setdefault("message", {"role": "assistant", "content": ""})
    delta = piece.get("delta") or piece.get("message") or {}
    for name in _TEXTS:
        if isinstance(words := delta.get(name), str | list):
            message[name] = (message.get(name) or "") + joined(words)
