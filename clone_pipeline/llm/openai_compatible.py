"""Any OpenAI-compatible endpoint, asked through aiohttp."""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Literal, Self
from urllib.parse import urlsplit

import aiohttp
from pydantic import Field, field_validator, model_validator

from clone_pipeline.llm.endpoint import Endpoint
from clone_pipeline.llm.hosts import host_of, is_local
from clone_pipeline.llm.journal import Journal
from clone_pipeline.llm.sending import Sender, Terms
from clone_pipeline.settings import Fault, FaultyInput, Settings

__all__ = ["EMBEDDED_MODEL", "Endpoint", "LlmSettings", "api_key", "connect", "host_of", "is_local"]

EMBEDDED_MODEL = "smollm2-135m-instruct"


class LlmSettings(Settings):
    """Who writes and judges QA data. Left out: the embedded model, nothing leaves the machine."""

    base_url: str | None = Field(
        None,
        description="address of an OpenAI-compatible endpoint, such as http://127.0.0.1:8000/v1",
    )
    api_key_env: str | None = Field(
        None,
        pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$",
        description="name of the environment variable that holds the key; never the key itself",
    )
    model: str = Field(EMBEDDED_MODEL, min_length=1, description="the model for all steps but one")
    large_model: str | None = Field(
        None, min_length=1, description="the model that writes conversations; left out: `model`"
    )
    concurrency: int = Field(60, ge=1, le=10_000, description="requests in flight at once")
    timeout_seconds: float = Field(180, gt=0, le=3600, description="longest wait for one reply")
    patience_seconds: float = Field(
        600, gt=0, le=86_400, description="longest time for one request, its further tries included"
    )
    stop_limit: int | None = Field(
        None, ge=0, le=64, description="how many stop texts the endpoint takes (OpenAI: 4)"
    )
    max_tokens_key: Literal["max_tokens", "max_completion_tokens"] = Field(
        "max_tokens", description="what the endpoint calls the longest answer"
    )
    prompt_price: float = Field(0, ge=0, description="money for a million prompt tokens")
    completion_price: float = Field(0, ge=0, description="money for a million tokens of answers")
    large_prompt_price: float | None = Field(
        None, ge=0, description="likewise for `large_model`; left out: `prompt_price`"
    )
    large_completion_price: float | None = Field(
        None, ge=0, description="likewise for `large_model`; left out: `completion_price`"
    )

    @field_validator("base_url")
    @classmethod
    def _is_an_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("An address begins with http:// or https:// and names a host")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("An address holds no key: name its variable in `api_key_env`")
        return value.rstrip("/").removesuffix("/chat/completions")

    @model_validator(mode="after")
    def _names_a_model(self) -> Self:
        if self.base_url is not None and "model" not in self.model_fields_set:
            raise ValueError("`base_url` needs `model`: the name of a model that it serves")
        return self

    @property
    def prices(self) -> dict[str, tuple[float, float]]:
        """(prompt, completion) price of the large model, if it has a price of its own."""
        large = (self.large_prompt_price, self.large_completion_price)
        if self.large_model is None or large == (None, None):
            return {}
        prompt, completion = large
        return {
            self.large_model: (
                self.prompt_price if prompt is None else prompt,
                self.completion_price if completion is None else completion,
            )
        }


def api_key(name: str | None) -> str | None:
    """The key in the environment variable `name`; None if no name is given.

    Raises:
        FaultyInput: the variable is not set, or holds white space inside.
    """
    if name is None:
        return None
    value = os.environ.get(name, "").strip()
    if not value:
        fix = f"Set it before you start: export {name}=..., or put it into .env."
        raise FaultyInput([Fault(f"environment variable {name}", "nothing", fix)])
    if len(value.split()) > 1 or not value.isascii():
        fix = "A key is one word of ASCII characters: copy it again."
        raise FaultyInput([Fault(f"environment variable {name}", "a broken key (hidden)", fix)])
    return value


@asynccontextmanager
async def connect(
    *,
    base_url: str,
    api_key: str | None,
    journal: Journal,
    concurrency: int = 60,
    timeout_seconds: float = 180.0,
    patience_seconds: float = 600.0,
    prompt_price: float = 0.0,
    completion_price: float = 0.0,
    prices: Mapping[str, tuple[float, float]] | None = None,
    stop_limit: int | None = None,
    max_tokens_key: str = "max_tokens",
    failures_in_a_row: int = 10,
    api_key_env: str | None = None,
    on_silence: Callable[[str], None] | None = None,
    silence_seconds: float = 60.0,
    draw: Callable[[], float] = random.random,
) -> AsyncIterator[Endpoint]:
    """Keep connections to `base_url` open while the endpoint is asked.

    Args:
        base_url: without a slash at the end; "/chat/completions" is added.
        api_key: sent as a bearer token, and taken out of whatever comes back.
        journal: kept open by the caller for at least as long.
        concurrency: requests in flight at once.
        timeout_seconds: longest wait for one reply; then it is asked again.
        patience_seconds: longest time for one request with all its tries.
        prompt_price: money for a million prompt tokens.
        completion_price: money for a million completion tokens.
        prices: both by model, where a model has prices of its own.
        stop_limit: stop texts beyond this number are not sent.
        max_tokens_key: what the endpoint calls the longest answer.
        failures_in_a_row: after so many requests that failed for good, all others fail at once.
        api_key_env: named in the message about a refused key.
        on_silence: told what is awaited when nothing came for `silence_seconds`, again and again.
        silence_seconds: see above.
        draw: random numbers in [0, 1) for the pauses between tries.
    """
    terms = Terms(
        base_url=base_url.rstrip("/"), patience_seconds=patience_seconds,
        failures_in_a_row=failures_in_a_row, max_tokens_key=max_tokens_key,
        api_key_env=api_key_env, price=(prompt_price, completion_price), prices=prices or {},
    )  # fmt: skip
    async with _session(base_url, api_key, concurrency, timeout_seconds) as session:
        sender = Sender(session, terms, scrub=_scrubber(api_key), draw=draw)
        endpoint = Endpoint(sender, journal, concurrency=concurrency, stop_limit=stop_limit)
        watching = asyncio.create_task(_tell_silence(endpoint, on_silence, silence_seconds))
        try:
            yield endpoint
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
            await endpoint.close()


def _session(
    base_url: str, key: str | None, concurrency: int, timeout_seconds: float
) -> aiohttp.ClientSession:
    headers = {"Content-Type": "application/json", "User-Agent": "clone-pipeline"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=concurrency + 1, keepalive_timeout=60),
        timeout=aiohttp.ClientTimeout(total=timeout_seconds, sock_connect=15),
        headers=headers,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=not is_local(base_url),
    )


def _scrubber(key: str | None) -> Callable[[str], str]:
    return (lambda text: text.replace(key, "[API KEY]")) if key else str


async def _tell_silence(
    endpoint: Endpoint, tell: Callable[[str], None] | None, seconds: float
) -> None:
    told = 0
    while tell is not None:
        await asyncio.sleep(min(1.0, seconds / 4))
        periods = int(endpoint.silent_for() / seconds)
        if periods > told:
            tell(endpoint.waiting())
        told = periods
