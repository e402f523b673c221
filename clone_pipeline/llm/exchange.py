"""One exchange in OpenAI's chat-completions format: the body out, the reply in, what went wrong.

Format: https://platform.openai.com/docs/api-reference/chat
"""

import difflib
from collections.abc import Sequence
from typing import Any

import orjson

from clone_pipeline.llm.asking import LlmFailure, Reply, Request

ANSWER_FORMAT = "chat"
SHOWN_CHARS = 200  # of a body in a message


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


def reply_of(raw: str, *, journal_key: str, from_journal: bool) -> Reply:
    """Read a chat completion.

    Raises:
        MalformedReply: not JSON, no choices, no message, or an error object sent with a 200.
    """
    try:
        data = orjson.loads(raw)
        choice = data["choices"][0]
        text = _text_of(choice["message"])
    except (orjson.JSONDecodeError, KeyError, IndexError, TypeError) as error:
        raise MalformedReply(raw[:SHOWN_CHARS], _status_inside(raw)) from error
    counted = data.get("usage") or {}
    return Reply(
        text=text,
        finish_reason=choice.get("finish_reason") or "stop",
        prompt_tokens=counted.get("prompt_tokens") or 0,
        completion_tokens=counted.get("completion_tokens") or 0,
        journal_key=journal_key,
        from_journal=from_journal,
    )


def _text_of(message: dict[str, Any]) -> str:
    """The words of a message: a string, parts of text, a refusal, or nothing."""
    content = message.get("content")
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content)
    if content is None:
        content = message.get("refusal") or ""
    if not isinstance(content, str):
        raise TypeError("content is no text")
    return content


def _status_inside(raw: str) -> int:
    """The status that some gateways put in an error object that they send with a 200."""
    try:
        code = orjson.loads(raw)["error"]["code"]
        return int(code)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        return 200


def failure(
    host: str, status: int | None, found: str, *, model: str, key_env: str | None,
    offered: Sequence[str] = (),
) -> LlmFailure:  # fmt: skip
    """The error that tells a user what to do about `status`."""
    shown = " ".join(found[:SHOWN_CHARS].split()) or "an empty body"
    return LlmFailure(host, status, shown, _fix(host, status, found, model, key_env, offered))


def _fix(
    host: str, status: int | None, found: str, model: str, key_env: str | None,
    offered: Sequence[str],
) -> str:  # fmt: skip
    if status is None:
        return (
            f"Is {host} the right address (llm.base_url), and is its server running? "
            "Then run again: what was answered is kept"
        )
    if status == 401:
        if key_env is None:
            return "Name the environment variable that holds your key in llm.api_key_env"
        return f"Put a valid key in the environment variable {key_env} (llm.api_key_env)"
    if status == 403:
        return f"The key in {key_env or 'llm.api_key_env'} may not use the model `{model}`"
    if status == 404:
        return _fix_model(model, offered)
    if status == 402 or "insufficient_quota" in found:
        return "The account has no money left: top it up and run again, what was answered is kept"
    if status == 400 and "stop" in found:
        return "If it takes fewer stop texts, set llm.stop_limit (OpenAI takes 4)"
    if status == 400 and "max_completion_tokens" in found:
        return "Set llm.max_tokens_key: max_completion_tokens"
    if 300 <= status < 400:
        return "The address moved: give llm.base_url the new one"
    if status == 200:
        return f"Is it an OpenAI-compatible endpoint that serves `{model}`?"
    if status >= 500 or status == 429:
        return "Try again later, or lower llm.concurrency: what was answered is kept"
    return f"Check that `{model}` takes such a request (prompt length, sampling)"


def _fix_model(model: str, offered: Sequence[str]) -> str:
    if not offered:
        return "Is llm.base_url right? It usually ends in /v1"
    if model in offered:
        return "The endpoint knows the model, but has no /chat/completions for it"
    close = difflib.get_close_matches(model, offered, n=1, cutoff=0.4)
    hint = f"; did you mean `{close[0]}`?" if close else ""
    more = f" and {len(offered) - 20} more" if len(offered) > 20 else ""
    listed = ", ".join(offered[:20])
    return f"It has no model `{model}` (llm.model). It offers: {listed}{more}{hint}"


def without_surrogates(value: Any) -> Any:
    """`value` with halves of surrogate pairs joined or replaced, so that it can be UTF-8."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {without_surrogates(k): without_surrogates(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(without_surrogates(item) for item in value)
    return value
