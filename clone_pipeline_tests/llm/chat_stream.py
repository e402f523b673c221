"""A completion sent as server-sent events, whole, cut off, or ended by an error."""

from collections.abc import Iterator
from typing import Any

import orjson
from aiohttp import web

from clone_pipeline_tests.llm.chat_shapes import Body, Fault


async def send_stream(
    request: web.Request, completion: Body, body: Body, fault: Fault | None
) -> web.StreamResponse:
    """Send `completion` word by word, with a comment now and then."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    chunks = list(_chunks(completion, body))
    if fault in ("sse_cut", "sse_error", "truncated"):
        chunks = chunks[: len(chunks) // 2]
    for number, chunk in enumerate(chunks):
        if number % 3 == 1:
            await response.write(b": keep-alive\n\n")
        await response.write(b"data: " + orjson.dumps(chunk) + b"\n\n")
    if fault == "truncated" and request.transport:
        request.transport.close()
    if fault == "sse_error":
        error = {"error": {"message": "overloaded", "type": "server_error", "code": 503}}
        await response.write(b"data: " + orjson.dumps(error) + b"\n\n")
    if fault is None:
        await response.write(b"data: [DONE]\n\n")
    return response


def _chunks(completion: Body, body: Body) -> Iterator[Body]:
    shared = {key: completion[key] for key in ("id", "created", "model")}
    chat = "messages" in body
    shared["object"] = "chat.completion.chunk" if chat else "text_completion"
    for whole in completion["choices"]:
        text = whole["message"]["content"] if chat else whole["text"]
        pieces = [" " * (number > 0) + word for number, word in enumerate(text.split(" "))]
        if chat:
            yield shared | {"choices": [_piece(whole, delta={"role": "assistant", "content": ""})]}
        for piece in pieces:
            part: Body = {"delta": {"content": piece}} if chat else {"text": piece}
            yield shared | {"choices": [_piece(whole, **part)]}
        last: Body = {"delta": {}} if chat else {"text": ""}
        yield shared | {"choices": [_piece(whole, **last, finish_reason=whole["finish_reason"])]}
    if body.get("stream_options", {}).get("include_usage"):
        yield shared | {"choices": [], "usage": completion["usage"]}


def _piece(whole: Body, **part: Any) -> Body:
    return {"index": whole["index"], "logprobs": None, "finish_reason": None} | part


async def send_half(request: web.Request, raw: bytes) -> web.StreamResponse:
    """Promise the whole body, send half of it, and cut the connection."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.content_length = len(raw)
    await response.prepare(request)
    await response.write(raw[: len(raw) // 2])
    if request.transport:
        request.transport.close()
    return response
