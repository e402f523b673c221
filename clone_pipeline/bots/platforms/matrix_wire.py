"""The bare matrix-nio underneath: its client, and what a homeserver's "no" means.

What is read is read as plain JSON: nio's own events raise where a faulty one comes along.
"""

import json
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
from nio import AsyncClient, AsyncClientConfig, ErrorResponse, Response

from clone_pipeline.bots.connector import Gone, Refused, TryLater

Json = dict[str, Any]

REQUEST_SECONDS = 30
# What a broken line raises; after it nobody knows whether the request arrived.
BROKEN = (aiohttp.ClientError, TimeoutError, OSError)


class MatrixError(Exception):
    """A homeserver said no.

    Attributes:
        status: of HTTP.
        code: such as M_FORBIDDEN, "" where it gave none.
        seconds: how long it asks to wait, 0 where it does not.
    """

    def __init__(self, status: int, code: str, message: str, seconds: float) -> None:
        super().__init__(f"{status} {code} {message}"[:300])
        self.status, self.code, self.seconds = status, code, seconds


def make_client(homeserver: str, user: str, device_id: str) -> AsyncClient:
    """A client that is not connected yet, and never waits or tries again by itself."""
    logging.getLogger("nio").setLevel(logging.ERROR)  # below that it logs whole answers
    config = AsyncClientConfig(
        max_limit_exceeded=0, max_timeouts=0, request_timeout=REQUEST_SECONDS,
        encryption_enabled=False, store_sync_tokens=False,
    )  # fmt: skip
    return AsyncClient(homeserver.rstrip("/"), user, device_id=device_id, config=config)


async def ask(
    client: AsyncClient, path: str, query: Mapping[str, str | int] | None = None, *,
    seconds: float = REQUEST_SECONDS,
) -> Json:  # fmt: skip
    """GET of the client-server API, such as /v3/sync.

    Raises:
        MatrixError: the homeserver said no.
        aiohttp.ClientError, TimeoutError: the line is broken.
    """
    whole = f"/_matrix/client{path}?{urlencode(query or {})}"
    response = await client.send("GET", whole, headers=_headers(client), timeout=seconds)
    return await _read(response)


async def put(client: AsyncClient, path: str, body: Json) -> Json:
    """PUT of the client-server API; see `ask` for what is raised."""
    whole, payload = f"/_matrix/client{path}", json.dumps(body)
    response = await client.send(
        "PUT", whole, payload, headers=_headers(client), timeout=REQUEST_SECONDS
    )  # fmt: skip
    return await _read(response)


def _headers(client: AsyncClient) -> dict[str, str]:
    return {"Authorization": f"Bearer {client.access_token}"}


async def _read(response: aiohttp.ClientResponse) -> Json:
    payload = await response.read()
    try:
        body = json.loads(payload)
    except ValueError:
        body = None
    if response.status != 200 or not isinstance(body, dict):
        raise _refused(response, body if isinstance(body, dict) else {})
    return body


def in_room(room: str, *rest: str) -> str:
    """The path of something in a room."""
    return "/v3/rooms/" + "/".join(quote(part, safe="") for part in (room, *rest))


def checked(response: Response) -> Any:
    """What nio gave back, if it is no error.

    Raises:
        MatrixError: it is one.
    """
    if not isinstance(response, ErrorResponse):
        return response
    transport = response.transport_response
    body = {"errcode": response.status_code, "error": response.message}
    raise _refused(transport, body | {"retry_after_ms": response.retry_after_ms})


def told(error: Exception) -> Exception:
    """What a connector raises for what was raised while it sent something.

    The same transaction id makes one message however often it is sent, so that an answer that
    leaves open whether it was taken is no danger.
    """
    if isinstance(error, aiohttp.ClientConnectorError):
        return TryLater("the homeserver can't be reached", seconds=10)
    if not isinstance(error, MatrixError):
        return error
    if error.status == 429 or error.code == "M_LIMIT_EXCEEDED":
        return TryLater("the homeserver asks to wait", seconds=error.seconds or 5)
    if error.status >= 500 or error.status == 401:
        return TryLater(str(error), seconds=error.seconds or 10)
    if error.status in (403, 404) and error.code in ("", "M_UNRECOGNIZED"):
        # A proxy's word, not the homeserver's: that one names the reason.
        return TryLater(str(error), seconds=error.seconds or 30)
    if error.status in (403, 404):
        return Gone(str(error))
    return Refused(str(error)) if error.status >= 400 else error


def _refused(response: aiohttp.ClientResponse, body: Json) -> MatrixError:
    code, message = body.get("errcode"), body.get("error")
    wait = body.get("retry_after_ms")
    seconds = wait / 1000 if isinstance(wait, int | float) else 0.0
    header = response.headers.get("Retry-After", "")
    if not seconds and header.isdecimal():
        seconds = float(header)
    return MatrixError(
        response.status, code if isinstance(code, str) else "",
        message if isinstance(message, str) else "no answer of Matrix's", seconds,
    )  # fmt: skip
