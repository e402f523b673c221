"""The model behind a bot: any OpenAI-compatible endpoint, by chat or by raw completion.

Shapes: https://platform.openai.com/docs/api-reference/chat/create and .../completions/create. No
answer is kept: what people say to a bot lies in its queue alone.
"""

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

from clone_pipeline.bots.budget import Cost
from clone_pipeline.bots.context import Prompt
from clone_pipeline.bots.endpoints import EndpointSettings, ModelSettings
from clone_pipeline.bots.wire import Purse, Wire, session
from clone_pipeline.llm.openai_compatible import api_key
from clone_pipeline.settings import Fault, FaultyInput

_FRAME = 16  # tokens around a message that a chat template adds, at most


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model wrote.

    Attributes:
        text: without the text that ended it.
        finish_reason: "stop", "length", "content_filter", or the endpoint's own word.
        version: the model, and the fingerprint where the endpoint gives one: of this project's
            endpoint the persona and the version's name and digest.
    """

    text: str
    finish_reason: str
    version: str


@dataclass(frozen=True, slots=True)
class Terms:
    """How answers are drawn and paid for; see `endpoints.ModelSettings`."""

    model: str = ""
    api: Literal["chat", "completion"] | None = None
    prices: tuple[float, float] = (0.0, 0.0)
    top_p: float = 1.0
    max_tokens: int = 250
    max_tokens_key: str = "max_tokens"
    extra_body: Mapping[str, Any] = field(default_factory=dict)


# Asks with a prompt, the model's name ("": the endpoint's) and a temperature.
Ask = Callable[[Prompt, str, float], Awaitable[Answer]]


@asynccontextmanager
async def open_model(
    settings: ModelSettings,
    *,
    base_url: str = "",
    purse: Purse | None = None,
    rng: random.Random,
) -> AsyncIterator[Ask]:
    """The model, ready to be asked for as long as the block lasts.

    Asking raises LlmFailure where there is no usable answer, BudgetSpent where there is no money.

    Args:
        settings: where it is, and how answers are drawn.
        base_url: of this project's own model, for settings without an address.
        purse: what requests are paid from.
        rng: of the pauses between tries.

    Raises:
        FaultyInput: the key's variable is not set, or there is no address.
    """
    given = settings.model_dump(include=set(Terms.__dataclass_fields__))
    terms = Terms(prices=prices(settings), **given)
    async with open_wire(settings, base_url=base_url, purse=purse, rng=rng) as wire:
        yield partial(ask, wire, terms)


@asynccontextmanager
async def open_wire(
    settings: EndpointSettings, *, base_url: str = "", purse: Purse | None, rng: random.Random
) -> AsyncIterator[Wire]:
    """Connections to an endpoint; see `open_model`."""
    url = (settings.base_url or base_url).rstrip("/")
    if not url:
        fix = "Name the endpoint's address, or deploy a model of this project."
        raise FaultyInput([Fault("base_url", "nothing, and no model of this project", fix)])
    key = api_key(settings.api_key_env)
    async with session(url, key=key, timeout_seconds=settings.timeout_seconds) as opened:
        yield Wire(
            session=opened, base_url=url, tries=settings.tries,
            patience_seconds=settings.patience_seconds, draw=rng.random, purse=purse or Purse(),
            secret=key or "", key_env=settings.api_key_env,
        )  # fmt: skip


def prices(settings: EndpointSettings) -> tuple[float, float]:
    """Money for a million tokens of prompt and of answer."""
    return settings.prompt_price, settings.completion_price


async def ask(wire: Wire, terms: Terms, prompt: Prompt, model: str, temperature: float) -> Answer:
    """One answer; see `open_model` for what is raised.

    Args:
        wire: to the endpoint.
        terms: how it is drawn.
        prompt: chat messages go to /chat/completions, raw text to /completions unless
            `terms.api` is "chat".
        model: its name there; "": `terms.model`.
        temperature: 0 or more.
    """
    whole = prompt.whole()
    chat = bool(prompt.messages) or terms.api == "chat"
    body: dict[str, Any] = {
        "model": model or terms.model, "temperature": round(temperature, 4),
        "top_p": terms.top_p, terms.max_tokens_key: terms.max_tokens,
    }  # fmt: skip
    if chat:
        body["messages"] = list(prompt.messages) or [{"role": "user", "content": prompt.text}]
    else:
        body["prompt"] = prompt.text
    if prompt.stop:
        body["stop"] = list(prompt.stop)
    bound = len(whole.encode("utf-8", "replace")) + _FRAME * max(1, len(prompt.messages))
    most = cost(len(whole), bound, terms.max_tokens, terms.prices)

    def read(data: Any) -> tuple[Answer, Cost]:
        text, reason = _answer(data, prompt.text, chat=chat)
        used = counted(data)
        version = " ".join(filter(None, (data.get("model"), data.get("system_fingerprint"))))
        spent = cost(len(whole), *used, terms.prices) if used else most
        return Answer(text, reason, version or str(body["model"])), spent

    path = "/chat/completions" if chat else "/completions"
    return await wire.post(path, body | dict(terms.extra_body), most=most, read=read)


def cost(characters: int, prompt: int, completion: int, prices: tuple[float, float]) -> Cost:
    """What so many characters and tokens cost."""
    money = (prompt * prices[0] + completion * prices[1]) / 1e6
    return Cost(characters, prompt + completion, money)


def counted(data: Any) -> tuple[int, int] | None:
    """Tokens of prompt and answer, where the endpoint counted them."""
    used = data.get("usage") or {}
    if "prompt_tokens" not in used:
        return None
    return int(used["prompt_tokens"]), int(used.get("completion_tokens") or 0)


def words(content: Any) -> str:
    """The words of a chat message: a string, parts of text, or nothing."""
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content)
    if content is not None and not isinstance(content, str):
        raise TypeError("content is no text")
    return content or ""


def _answer(data: Any, prompt: str, *, chat: bool) -> tuple[str, str]:
    """Text and finish reason; some endpoints give the prompt back before the text."""
    choice = data["choices"][0]
    reason = str(choice.get("finish_reason") or "stop")
    if chat:
        return words(choice["message"].get("content")), reason
    if not isinstance(choice["text"], str):
        raise TypeError("no text")
    return choice["text"].removeprefix(prompt), reason
