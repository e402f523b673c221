"""What images show, in words, by an optional model that sees.

Shape: https://platform.openai.com/docs/guides/images-vision, `image_url` parts of a chat message.
Only the image's address is sent; the endpoint fetches it, this process never does.
"""

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field

from clone_pipeline.bots.asking import cost, counted, open_wire, prices, words
from clone_pipeline.bots.budget import Cost
from clone_pipeline.bots.endpoints import EndpointSettings
from clone_pipeline.bots.transcript import plain
from clone_pipeline.bots.wire import Purse, Wire
from clone_pipeline.llm.asking import LlmFailure
from clone_pipeline.llm.hosts import host_of

_IMAGE_TOKENS = 3000  # of one image, at most; OpenAI's largest is below
_MOST_CHARS = 400  # of a caption in a prompt


class CaptionSettings(EndpointSettings):
    """A chat endpoint whose model sees; with no `base_url` images are passed over."""

    max_images: int = Field(2, ge=1, le=16, description="of one message; more are passed over")
    max_tokens: int = Field(60, ge=1, le=1000, description="longest caption, in tokens")
    instruction: str = Field(
        "Say in one short sentence what this image shows. Begin with the thing itself.",
        min_length=1,
        description="what the model is asked with each image",
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """Captions in order, and why an image has none."""

    captions: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()


Look = Callable[[Sequence[str]], Awaitable[Seen]]


def sentence(settings: CaptionSettings | None) -> str:
    """What users are told about images."""
    if settings is None or settings.base_url is None:
        return "Images are passed over: no vision endpoint is configured (captions.base_url)."
    return f"Addresses of images go to {host_of(settings.base_url)}, which says what they show."


@asynccontextmanager
async def open_eyes(
    settings: CaptionSettings | None, *, purse: Purse | None = None, rng: random.Random
) -> AsyncIterator[Look | None]:
    """What looks at images, for as long as the block lasts; None if it is off.

    Looking raises BudgetSpent where there is no money.

    Raises:
        FaultyInput: the key's variable is not set.
    """
    if settings is None or settings.base_url is None:
        yield None
        return
    async with open_wire(settings, purse=purse, rng=rng) as wire:
        yield partial(
            look, wire, model=settings.model, instruction=settings.instruction,
            max_images=settings.max_images, max_tokens=settings.max_tokens,
            prices=prices(settings),
        )  # fmt: skip


async def look(
    wire: Wire,
    images: Sequence[str],
    *,
    model: str,
    instruction: str,
    max_images: int = 2,
    max_tokens: int = 60,
    prices: tuple[float, float] = (0.0, 0.0),
) -> Seen:
    """A caption for each of the first `max_images` addresses; an image without one is told.

    Args:
        wire: to the endpoint.
        images: their addresses; others than http and https are not sent.
        model: its name there.
        instruction: asked with each image.
        max_images: see above.
        max_tokens: longest caption.
        prices: money for a million tokens of prompt and of answer.
    """
    captions: list[str] = []
    troubles: list[str] = []
    for address in images[:max_images]:
        if urlsplit(address).scheme not in ("http", "https"):
            troubles.append("an image's address is neither http nor https")
            continue
        try:
            captions.append(await _caption(wire, address, model, instruction, max_tokens, prices))
        except LlmFailure as error:
            troubles.append(f"an image has no caption: {error}")
    return Seen(tuple(filter(None, captions)), tuple(troubles))


async def _caption(
    wire: Wire, address: str, model: str, instruction: str, max_tokens: int,
    prices: tuple[float, float],
) -> str:  # fmt: skip
    parts = [
        {"type": "text", "text": instruction},
        {"type": "image_url", "image_url": {"url": address}},
    ]
    messages = [{"role": "user", "content": parts}]
    body = {"model": model, "max_tokens": max_tokens, "messages": messages}
    bound = len(instruction.encode()) + _IMAGE_TOKENS
    most = cost(len(instruction), bound, max_tokens, prices)

    def read(data: Any) -> tuple[str, Cost]:
        text = words(data["choices"][0]["message"].get("content"))
        used = counted(data)
        return text, cost(len(instruction), *used, prices) if used else most

    text = await wire.post("/chat/completions", body, most=most, read=read)
    return " ".join(plain(text).split())[:_MOST_CHARS]
