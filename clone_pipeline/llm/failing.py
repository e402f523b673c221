"""What a user is told when an endpoint gives no answer."""

import difflib
from collections.abc import Callable, Sequence

from clone_pipeline.llm.asking import LlmFailure
from clone_pipeline.llm.exchange import SHOWN_CHARS


def scrubber(key: str | None) -> Callable[[str], str]:
    """What takes the key out of a text before it is shown."""
    return (lambda text: text.replace(key, "[API KEY]")) if key else str


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
        return "It has the model, but not this way of asking it (llm.mode, llm.completion_mode)"
    close = difflib.get_close_matches(model, offered, n=1, cutoff=0.4)
    hint = f"; did you mean `{close[0]}`?" if close else ""
    more = f" and {len(offered) - 20} more" if len(offered) > 20 else ""
    listed = ", ".join(offered[:20])
    return f"It has no model `{model}` (llm.model). It offers: {listed}{more}{hint}"
