"""Discord's routes about messages: https://discord.com/developers/docs/resources/message."""

import time
from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import web

from clone_pipeline_tests.bots.platforms import discord_shapes as shapes
from clone_pipeline_tests.bots.platforms.discord_shapes import Body, refusal
from clone_pipeline_tests.bots.platforms.discord_world import Account, Posted, World

UNKNOWN_CHANNEL = refusal(10003, "Unknown Channel")
UNKNOWN_MESSAGE = refusal(10008, "Unknown Message")


class Refusal(Exception):
    """Raised by handlers: what is answered instead."""

    def __init__(self, status: int, body: Body) -> None:
        super().__init__(status, body)
        self.status, self.body = status, body


def as_json(
    body: object, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """With the content type that Discord writes: no charset."""
    raw = orjson.dumps(body)
    return web.Response(
        body=raw, status=status, headers=headers, content_type="application/json"
    )  # fmt: skip


class Messages:
    """Handlers over a world; each is asked only by accounts that it knows.

    Attributes:
        closed: {channel: refusal} for every request to that channel.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.closed: dict[str, tuple[int, Body]] = {}

    def account(self, request: web.Request) -> Account:
        token = request.headers.get("Authorization", "").removeprefix("Bot ")
        found = self.world.accounts.get(token)
        if found is None:
            raise Refusal(401, refusal(0, "401: Unauthorized"))
        return found

    def place(self, request: web.Request) -> str:
        self.account(request)
        channel = request.match_info["channel"]
        if channel in self.closed:
            raise Refusal(*self.closed[channel])
        if channel not in self.world.channels:
            raise Refusal(404, UNKNOWN_CHANNEL)
        return channel

    def _one(self, request: web.Request) -> Body:
        found = self.world.messages[self.place(request)].get(request.match_info["message"])
        if found is None:
            raise Refusal(404, UNKNOWN_MESSAGE)
        return found

    async def history(self, request: web.Request) -> web.Response:
        held = list(self.world.messages[self.place(request)].values())
        limit = int(request.query.get("limit", "50"))
        assert 1 <= limit <= 100
        held.sort(key=lambda message: int(message["id"]))
        if "after" in request.query:
            wanted = [m for m in held if int(m["id"]) > int(request.query["after"])][:limit]
        else:
            before = int(request.query.get("before", str(1 << 63)))
            wanted = [m for m in held if int(m["id"]) < before][-limit:]
        return as_json([self.world.shown(m) for m in reversed(wanted)])

    async def message(self, request: web.Request) -> web.Response:
        return as_json(self.world.shown(self._one(request)))

    async def create(self, request: web.Request) -> web.Response:
        channel, account, body = self.place(request), self.account(request), await body_of(request)
        if known := self.world.known_nonce(account, body, channel):
            known.duplicates += 1
            return as_json(self.world.event(known.message))
        self._check(body)
        made = shapes.message(shapes.snowflake(), channel, account.user, body.get("content") or "")
        if "nonce" in body:
            made["nonce"] = body["nonce"]
        if reference := body.get("message_reference"):
            reference = {k: str(v) for k, v in reference.items() if k.endswith("_id")}
            made |= {"type": 19, "message_reference": {"type": 0} | reference}
            if reference["message_id"] not in self.world.messages[channel]:
                error = shapes.faulty_field("REPLIES_UNKNOWN_MESSAGE", "Unknown message")
                raise Refusal(400, refusal(50035, "Invalid Form Body", message_reference=error))
        posted = Posted(made, body, account)
        self.world.posted.append(posted)
        if body.get("enforce_nonce"):
            key = (account.token, channel, body["nonce"])
            self.world.nonces[key] = (time.monotonic(), posted)
        self.world.store(made)
        event = self.world.event(made)
        self.world.tell("MESSAGE_CREATE", event, need=self.world.needed(channel))
        return as_json(event)

    def _check(self, body: Body) -> None:
        content = body.get("content") or ""
        if not content.strip() and not body.get("attachments"):
            raise Refusal(400, refusal(50006, "Cannot send an empty message"))
        if len(content) > 2000:
            error = shapes.faulty_field("BASE_TYPE_MAX_LENGTH", "Must be 2000 or fewer in length.")
            raise Refusal(400, refusal(50035, "Invalid Form Body", content=error))
        if len(str(body.get("nonce", ""))) > 25:
            error = shapes.faulty_field("NONCE_TYPE_TOO_LONG", "Must be 25 or fewer in length.")
            raise Refusal(400, refusal(50035, "Invalid Form Body", nonce=error))

    async def edit(self, request: web.Request) -> web.Response:
        message, account, body = self._one(request), self.account(request), await body_of(request)
        if message["author"]["id"] != account.user["id"]:
            raise Refusal(403, refusal(50005, "Cannot edit a message authored by another user"))
        self._check(body)
        message |= {"content": body["content"], "edited_timestamp": message["timestamp"]}
        self.world.posted.append(Posted(message, body, account))
        self.world.tell(
            "MESSAGE_UPDATE", self.world.event(message),
            need=self.world.needed(message["channel_id"]),
        )  # fmt: skip
        return as_json(self.world.shown(message))

    async def delete(self, request: web.Request) -> web.Response:
        message = self._one(request)
        self.remove(message["channel_id"], message["id"])
        return web.Response(status=204)

    def remove(self, channel: str, message: str) -> None:
        del self.world.messages[channel][message]
        data = {"id": message, "channel_id": channel}
        if guild_id := self.world.guild_of(channel):
            data["guild_id"] = guild_id
        self.world.tell("MESSAGE_DELETE", data, need=self.world.needed(channel))


async def body_of(request: web.Request) -> Body:
    """The JSON of a request, or of its part `payload_json` beside files."""
    if request.content_type.startswith("multipart/"):
        form = await request.post()
        given: Any = form["payload_json"]
        body: Body = orjson.loads(given)
        body["files"] = [name for name in form if name.startswith("files[")]
        return body
    made: Body = await request.json()
    return made
