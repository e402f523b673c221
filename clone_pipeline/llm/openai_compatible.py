"""Any OpenAI-compatible endpoint, asked through aiohttp."""

import os
import re
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from clone_pipeline.llm import cohere
from clone_pipeline.llm.completions import COMPLETIONS
from clone_pipeline.llm.connecting import connect
from clone_pipeline.llm.endpoint import Endpoint
from clone_pipeline.llm.forms import CHAT, Form
from clone_pipeline.llm.hosts import host_of, is_local
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
    mode: Literal["api", "cohere", "batch"] = Field(
        "api",
        description="`api`: OpenAI's protocol; `cohere`: Cohere's chat, `base_url` may be left "
        "out; `batch`: OpenAI's Batch API, half the price, within 24 hours",
    )
    completion_mode: bool = Field(
        False,
        description="send a prompt as one string to /completions; prompt files may be `.txt`",
    )
    send_stop: bool = Field(True, description="send the prompts' stop texts")
    stream: bool = Field(
        False, description="have answers sent piece by piece, for gateways that cut long silences"
    )
    structured_output: bool = Field(
        False, description="ask for JSON by `response_format` instead of the prompts' own formats"
    )
    several_choices: bool = Field(
        True, description="ask for several votes in one request (`n`), if the endpoint does that"
    )
    requests_per_minute: int | None = Field(
        None, ge=1, description="most requests a minute; left out: as the endpoint's headers say"
    )
    tokens_per_minute: int | None = Field(
        None, ge=1, description="most tokens a minute; left out: as the endpoint's headers say"
    )
    budget: float | None = Field(
        None,
        ge=0,
        description="money that the project may spend in all, counted in its journal; a run that "
        "would pass it stops, and can be resumed",
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
        return re.sub(r"(/chat)?/completions$", "", value.rstrip("/"))

    @model_validator(mode="after")
    def _names_a_model(self) -> Self:
        if self.address is not None and "model" not in self.model_fields_set:
            key = "mode: cohere" if self.base_url is None else "base_url"
            raise ValueError(f"`{key}` needs `model`: the name of a model that it serves")
        return self

    @model_validator(mode="after")
    def _can_be_asked_so(self) -> Self:
        if self.mode == "cohere":
            for key in ("completion_mode", "stream", "structured_output"):
                if getattr(self, key):
                    raise ValueError(f"`mode: cohere` has no `{key}`: leave one of them out")
        if self.mode == "batch" and (self.base_url is None or self.stream):
            raise ValueError("`mode: batch` needs `base_url`, and has no `stream`")
        return self

    @model_validator(mode="after")
    def _has_prices(self) -> Self:
        if self.budget is not None and self.address is not None:
            priced = {self.model: (self.prompt_price, self.completion_price), **self.prices}
            for model, price in priced.items():
                if not any(price):
                    raise ValueError(
                        f"`budget` needs the prices of `{model}` (`prompt_price` and "
                        "`completion_price`): without them nothing it spends is seen"
                    )
        return self

    @property
    def address(self) -> str | None:
        """Who is asked: `base_url`, or Cohere's own; None for the embedded model."""
        if self.base_url is None and self.mode == "cohere":
            return cohere.BASE_URL
        return self.base_url

    @property
    def form(self) -> Form:
        """How it is asked."""
        if self.mode == "cohere":
            return cohere.COHERE
        return COMPLETIONS if self.completion_mode else CHAT

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
