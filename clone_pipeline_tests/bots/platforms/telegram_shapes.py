"""The shapes of a local Bot API server's answers; see `telegram_server`."""

import re
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

_ENTITY = re.compile(
    r"(?<![\w/])(?P<mention>@[A-Za-z]\w{3,})|(?<!\S)(?P<bot_command>/\w+(?:@\w+)?)"
)
Message = dict[str, Any]


@dataclass
class Fault:
    """What happens to one call of a method: nothing is done, or it is done and nobody told.

    `status` 0 cuts the connection: before anything is done, or `after`; `none`: all is well.
    """

    status: int = 0
    description: str = ""
    retry_after: int = 0
    after: bool = False
    none: bool = False
    parameters: Message = field(default_factory=dict)


def entities(text: str) -> list[Message]:
    """What Telegram finds in a plain text: mentions and commands, placed in UTF-16 units."""
    return [
        {
            "type": found.lastgroup, "length": len(found.group()),
            "offset": len(text[: found.start()].encode("utf-16-le")) // 2,
        }
        for found in _ENTITY.finditer(text)
    ]  # fmt: skip


def result(value: Any) -> web.Response:
    return web.json_response({"ok": True, "result": value})


def failure(status: int, description: str, parameters: Message | None = None) -> web.Response:
    body = {"ok": False, "error_code": status, "description": description}
    return web.json_response(
        body | ({"parameters": parameters} if parameters else {}), status=status
    )


def told(fault: Fault) -> dict[str, Any]:
    wait = {"retry_after": fault.retry_after} if fault.retry_after else {}
    what = fault.description or f"Error {fault.status}"
    return {"status": fault.status, "description": what, "parameters": fault.parameters | wait}


def cut(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response()
