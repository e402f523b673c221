"""Drawing the image of a post, by an images endpoint.

Shape: https://platform.openai.com/docs/api-reference/images/create, whose answer has the image in
base 64 (`b64_json`) or its address (`url`).
"""

import base64
import os
import random
from pathlib import Path
from typing import Any

import aiohttp

from clone_pipeline.bots.asking import open_wire
from clone_pipeline.bots.budget import Cost
from clone_pipeline.bots.platform_settings import ImageSettings
from clone_pipeline.bots.wire import Purse
from clone_pipeline.durable import flush
from clone_pipeline.llm.asking import LlmFailure
from clone_pipeline.llm.hosts import host_of, is_local

MOST_BYTES = 20 * 2**20  # Reddit's longest image
_BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF")
_MOST_TITLE = 1000  # characters of a title in a prompt


async def draw(
    settings: ImageSettings, *, title: str, into: Path, purse: Purse, rng: random.Random
) -> Path:
    """Draw an image for a post with this title; the file is there whole or not at all.

    Args:
        settings: which endpoint, and what is drawn.
        title: of the post.
        into: the file; replaced if there is one.
        purse: what it is paid from.
        rng: of the pauses between tries.

    Returns:
        `into`.

    Raises:
        BudgetSpent: it is too much.
        LlmFailure: there is no image.
        FaultyInput: the key's variable is not set.
    """
    prompt = settings.prompt.replace("{title}", " ".join(title.split())[:_MOST_TITLE])
    price = Cost(characters=len(prompt), money=settings.price)
    body: dict[str, Any] = {"prompt": prompt, "n": 1, "size": settings.size}
    if settings.model:
        body["model"] = settings.model

    def read(data: Any) -> tuple[bytes | str, Cost]:
        return _given(data["data"][0]), price

    async with open_wire(settings, purse=purse, rng=rng) as wire:
        given = await wire.post("/images/generations", body, most=price, read=read)
    image = given if isinstance(given, bytes) else await _fetched(given, settings)
    _write(into, image)
    return into


def _given(shown: Any) -> bytes | str:
    """The image, or its address."""
    if not isinstance(shown, dict):
        raise TypeError("no image")
    if text := shown.get("b64_json"):
        return _checked(base64.b64decode(text, validate=True))
    url = shown["url"]
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise ValueError("neither an image nor its address")
    return url


def _checked(image: bytes) -> bytes:
    if not image.startswith(_BEGINNINGS):
        raise ValueError("what came is no image")
    if len(image) > MOST_BYTES:
        raise ValueError("the image is too large")
    return image


async def _fetched(url: str, settings: ImageSettings) -> bytes:
    """The image at an address; without the key, which is the endpoint's."""
    timeout = aiohttp.ClientTimeout(total=settings.timeout_seconds, sock_connect=15)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=not is_local(url)) as session,
            session.get(url, max_redirects=3) as response,
        ):
            if response.status != 200:
                raise _failure(url, response.status, "no image")
            image = bytearray()
            async for part in response.content.iter_chunked(2**16):
                image += part
                if len(image) > MOST_BYTES:
                    raise ValueError("the image is too large")
            return _checked(bytes(image))
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise _failure(url, None, str(error) or type(error).__name__) from None


def _failure(url: str, status: int | None, found: str) -> LlmFailure:
    fix = "The endpoint gave this address for an image; later may help."
    return LlmFailure(host_of(url), status, found, fix)


def _write(path: Path, image: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_bytes(image)
    flush(part)
    part.replace(path)
    flush(path.parent)
