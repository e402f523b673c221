"""One exchange in OpenAI's chat-completions format: the body out, the reply in, what went wrong.

Format: https://platform.openai.com/docs/api-reference/chat
"""

from typing import Any

import orjson

from clone_pipeline.llm.asking import Reply, Request

ANSWER_FORMAT = "chat"
SHOWN_CHARS = 200  # of a body in a message
_MOST_TOKENS = 10**12  # more was not counted


class MalformedReply(ValueError):
    """A 200 whose body is no chat completion; `status` is the one that it names itself, if any."""

    def __init__(self, found: str, status: int = 200) -> None:
        self.status = status
        super().__init__(found)


def body_of(request: Request) -> dict[str, Any]:
    """The JSON body of POST /chat/completions; keys of `extra` win."""
    body: dict[str, Any] = {
        "model": request.model,
        "messages": list(request.messages),
        "temperature": request.temperature,
        "top_p": request.top_p,
        "max_tokens": request.max_tokens,
    }
    if request.stop:
        body["stop"] = list(request.stop)
    return body | dict(request.extra)


def completion_of(raw: str | bytes) -> dict[str, Any]:
    """A completion as parsed JSON, each choice of it readable.

    Raises:
        MalformedReply: not JSON, no choices, no text in one, or an error sent with a 200.
    """
    try:
        data: dict[str, Any] = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise MalformedReply(_shown(raw)) from error
    check(data, raw)
    return data


def check(data: Any, raw: str | bytes) -> None:
    """Refuse what is no completion; `raw` is shown then.

    Raises:
        MalformedReply: no choices, no text in one of them, or an error instead.
    """
    try:
        if not data["choices"]:
            raise IndexError("no choices")
        for choice in data["choices"]:
            _text_of(choice)
            if choice.get("finish_reason") == "error":
                raise KeyError("finish_reason")
    except (AttributeError, KeyError, IndexError, TypeError) as error:
        raise MalformedReply(_shown(raw), status_inside(data)) from error


def read(data: dict[str, Any], *, journal_key: str, from_journal: bool) -> Reply:
    """The first choice of a completion that `check` let pass."""
    choice = data["choices"][0]
    prompt_tokens, completion_tokens = tokens_of(data)
    return Reply(
        text=_text_of(choice),
        finish_reason=choice.get("finish_reason") or "stop",
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
        journal_key=journal_key,
        from_journal=from_journal,
    )


def tokens_of(data: dict[str, Any]) -> tuple[int, int]:
    """Prompt and answer tokens of a completion as the endpoint counted them; 0 if it did not."""
    counted = data.get("usage")
    found = counted if isinstance(counted, dict) else {}
    prompt, written = found.get("prompt_tokens"), found.get("completion_tokens")
    return (
        prompt if isinstance(prompt, int) and 0 < prompt < _MOST_TOKENS else 0,
        written if isinstance(written, int) and 0 < written < _MOST_TOKENS else 0,
    )


def reply_of(raw: str, *, journal_key: str, from_journal: bool) -> Reply:
    """Read a chat completion, or a raw one, as it came or as the journal keeps it.

    Raises:
        MalformedReply: not JSON, no choices, no message, or an error object sent with a 200.
    """
    return read(completion_of(raw), journal_key=journal_key, from_journal=from_journal)


def _text_of(choice: dict[str, Any]) -> str:
    """The words of a choice: its message's (a string, parts of text, a refusal), or its text."""
    if "message" not in choice and isinstance(choice["text"], str):
        return choice["text"]
    message = choice["message"]
    content = message.get("content")
    if isinstance(content, list):
        return joined(content)
    if content is None:
        content = message.get("refusal") or ""
    if not isinstance(content, str):
        raise TypeError("content is no text")
    return content


def joined(content: str | list[Any]) -> str:
    """A text that may come as a list of parts; those that are no text are left out."""
    if isinstance(content, str):
        return content
    return "".join(part.get("text") or "" for part in content)


def status_inside(data: Any) -> int:
    """The status that some gateways put in an error that they send with a 200; else 200.

    At the top ({"error": {"code": 429}}; vLLM: {"object": "error", "code": 400}) or in a choice:
    https://openrouter.ai/docs/api-reference/errors.
    """
    choices = data.get("choices") if isinstance(data, dict) else None
    places = [data, *choices] if isinstance(choices, list) else [data]
    for place in places:
        error = place.get("error", place) if isinstance(place, dict) else None
        code = error.get("code") if isinstance(error, dict) else None
        if str(code).isdecimal() and 400 <= int(str(code)) < 600:
            return int(str(code))
    return 200


def _shown(raw: str | bytes) -> str:
    head = raw[:SHOWN_CHARS]
    return head if isinstance(head, str) else head.decode("utf-8", "replace")


def without_surrogates(value: Any) -> Any:
    """`value` with halves of surrogate pairs joined or replaced, so that it can be UTF-8."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {without_surrogates(k): without_surrogates(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(without_surrogates(item) for item in value)
    return value
