"""The files of a batch: requests as lines, cut to what a batch takes, and the lines that come back.

Format: https://platform.openai.com/docs/guides/batch. A line is named by its `custom_id`, for
which the journal's key is taken; a file is for one model.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from clone_pipeline.llm.exchange import MalformedReply
from clone_pipeline.llm.forms import Form
from clone_pipeline.llm.journal_batches import Question
from clone_pipeline.llm.wire import Manner

MAX_REQUESTS = 50_000  # of a batch at OpenAI
MAX_BYTES = 200_000_000  # of its file


@dataclass(frozen=True, slots=True)
class Line:
    """A question as the line that is sent for it."""

    question: Question
    data: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """A line that came back with a completion: as it is kept, and parsed."""

    key: str
    raw: bytes
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that came back without one, or a request that did not come back.

    Attributes:
        key: of the request.
        status: HTTP's, 0 if the endpoint never worked on it.
        found: what came instead.
        again: whether it may go into the next batch.
    """

    key: str
    status: int
    found: str
    again: bool = True


def line_of(question: Question, form: Form, manner: Manner, path: str) -> Line:
    """The line for a request; `path` is the endpoint's, as "/v1/chat/completions"."""
    request, limit = question.request, manner.known_stop_limit
    if manner.stop_limit is None and limit is not None:
        request = replace(request, stop=request.stop[:limit])
    body = form.body_of(request)
    if manner.max_tokens_key != "max_tokens":
        body[manner.max_tokens_key] = body.pop("max_tokens")
    line = {"custom_id": question.key, "method": "POST", "url": path, "body": body}
    return Line(question, orjson.dumps(line) + b"\n")


def split(
    lines: Sequence[Line], *, max_requests: int = MAX_REQUESTS, max_bytes: int = MAX_BYTES
) -> Iterator[list[Line]]:
    """The lines in as few batches as the limits allow, each for one model, in order."""
    for model in dict.fromkeys(line.question.request.model for line in lines):
        group: list[Line] = []
        size = 0
        for line in lines:
            if line.question.request.model != model:
                continue
            if group and (len(group) == max_requests or size + len(line.data) > max_bytes):
                yield group
                group, size = [], 0
            group.append(line)
            size += len(line.data)
        yield group


def read_line(line: str, form: Form) -> Answer | Refusal | None:
    """What a line of an output or error file says; None if it names no request."""
    try:
        data = orjson.loads(line)
        key = str(data["custom_id"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
    response, error = data.get("response") or {}, data.get("error")
    status, body = int(response.get("status_code") or 0), response.get("body")
    if error or status != 200:
        return Refusal(key, status, orjson.dumps(error or body).decode())
    raw = orjson.dumps(body)
    try:
        completion = form.completion_of(raw.decode())
    except MalformedReply as trouble:
        return Refusal(key, trouble.status, f"no completion: {trouble}")
    return Answer(key, raw if form.kept_as_sent else orjson.dumps(completion), completion)
