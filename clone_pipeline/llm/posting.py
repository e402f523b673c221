"""One try: a body out, a completion or a trouble in."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
import orjson

from clone_pipeline.llm import pacing, streaming
from clone_pipeline.llm.exchange import MalformedReply
from clone_pipeline.llm.forms import Form


@dataclass(frozen=True, slots=True)
class Received:
    """A completion that came: as it is kept, parsed, its headers, and how many tries it took."""

    raw: str
    data: dict[str, Any]
    headers: Mapping[str, str]
    tries: int = 1


@dataclass(frozen=True, slots=True)
class Trouble:
    """A try without a usable reply; `asked` is the pause that the endpoint wants, in seconds."""

    status: int | None
    found: str
    asked: float | None = None
    connected: bool = True
    headers: Mapping[str, str] | None = None


class Poster:
    """Posts bodies to one address.

    Attributes:
        last_reply: when anything last came from there (time.monotonic), 0 if never.

    Args:
        session: carries the key, if there is one, in its headers.
        base_url: without a slash at its end.
        form: what is sent and how its reply is read.
    """

    def __init__(self, session: aiohttp.ClientSession, base_url: str, form: Form) -> None:
        self.last_reply = 0.0
        self._session, self._base_url, self._form = session, base_url, form
        self._url = base_url + form.path

    async def post(self, data: bytes) -> Received | Trouble:
        """Send a body, as JSON, and read what comes back."""
        try:
            async with self._session.post(self._url, data=data, allow_redirects=False) as response:
                raw = (await response.read()).decode("utf-8", "replace")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            unreached = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
            connected = not isinstance(error, unreached)
            return Trouble(None, str(error) or type(error).__name__, connected=connected)
        self.last_reply, headers = time.monotonic(), response.headers
        if response.status != 200:
            asked = pacing.requested_pause(headers, now=datetime.now(UTC))
            found = raw or headers.get("Location", "")
            return Trouble(response.status, found, asked, headers=headers)
        try:
            return self._received(raw, headers)
        except MalformedReply as error:
            return Trouble(error.status, f"no chat completion: {error}", headers=headers)

    def _received(self, raw: str, headers: Mapping[str, str]) -> Received:
        form = self._form
        if form.streams and streaming.is_stream(headers.get("Content-Type", ""), raw):
            data = streaming.completion_of(raw)
            raw = orjson.dumps(data).decode()
        else:
            data = form.completion_of(raw)
            raw = raw if form.kept_as_sent else orjson.dumps(data).decode()
        return Received(raw, data, headers)

    async def offered(self) -> list[str]:
        """Names of the models that the endpoint lists; empty if it has no list."""
        with suppress(aiohttp.ClientError, TimeoutError, OSError, ValueError, KeyError, TypeError):
            url = f"{self._base_url}/models"
            async with self._session.get(url, allow_redirects=False) as response:
                listed = orjson.loads(await response.read())
                models = listed["data"] if "data" in listed else listed["models"]
                return sorted(str(model.get("id") or model["name"]) for model in models)
        return []
