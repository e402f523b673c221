"""Discord's REST routes that a bot uses, v10: https://discord.com/developers/docs/reference."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from clone_pipeline_tests.bots.platforms import discord_shapes as shapes
from clone_pipeline_tests.bots.platforms.discord_messages import (
    Messages,
    Refusal,
    as_json,
    body_of,
)
from clone_pipeline_tests.bots.platforms.discord_shapes import Body, refusal
from clone_pipeline_tests.bots.platforms.discord_world import World

Handler = Callable[[web.Request], Awaitable[web.Response]]


class Rest(Messages):
    """Handlers over a world; each is asked only by accounts that it knows.

    Attributes:
        typed: channels where typing was shown; `left` servers; `answers` to interactions.
    """

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.gateway_url = ""
        self.typed: list[str] = []
        self.left: list[str] = []
        self.callbacks: list[Body] = []
        self.answers: list[Body] = []
        self.files: dict[str, bytes] = {}
        self.command_writes = 0

    def routes(self) -> list[tuple[str, str, Handler]]:
        messages = "/channels/{channel}/messages"
        return [
            ("GET", "/gateway/bot", self._gateway),
            ("GET", "/users/@me", self._me),
            ("GET", "/oauth2/applications/@me", self._application),
            ("GET", "/applications/@me", self._application),
            ("PATCH", "/applications/@me", self._describe),
            ("GET", "/applications/{application}/commands", self._commands),
            ("PUT", "/applications/{application}/commands", self._set_commands),
            ("GET", "/channels/{channel}", self._channel),
            ("GET", messages, self.history),
            ("POST", messages, self.create),
            ("GET", messages + "/{message}", self.message),
            ("PATCH", messages + "/{message}", self.edit),
            ("DELETE", messages + "/{message}", self.delete),
            ("POST", "/channels/{channel}/typing", self._type),
            ("POST", "/users/@me/channels", self._open_direct),
            ("DELETE", "/users/@me/guilds/{guild}", self._leave),
            ("POST", "/interactions/{interaction}/{token}/callback", self._callback),
            ("PATCH", "/webhooks/{application}/{token}/messages/@original", self._answer),
        ]

    async def _gateway(self, request: web.Request) -> web.Response:
        self.account(request)
        limit = {"total": 1000, "remaining": 999, "reset_after": 14400000, "max_concurrency": 1}
        return as_json({"url": self.gateway_url, "shards": 1, "session_start_limit": limit})

    async def _me(self, request: web.Request) -> web.Response:
        return as_json(self.account(request).user)

    async def _application(self, request: web.Request) -> web.Response:
        account = self.account(request)
        made = shapes.application(account.user["id"], account.user, account.description)
        return as_json(made)

    async def _describe(self, request: web.Request) -> web.Response:
        account, body = self.account(request), await request.json()
        if len(body["description"]) > 400:
            error = shapes.faulty_field("BASE_TYPE_MAX_LENGTH", "Must be 400 or fewer in length.")
            raise Refusal(400, refusal(50035, "Invalid Form Body", description=error))
        account.description = body["description"]
        return await self._application(request)

    async def _commands(self, request: web.Request) -> web.Response:
        return as_json(self.account(request).commands)

    async def _set_commands(self, request: web.Request) -> web.Response:
        account, given = self.account(request), await request.json()
        self.command_writes += 1
        ids = {"application_id": account.user["id"], "version": "1"}
        # As Discord does: an empty list of options and `required: false` are not told again.
        account.commands = [
            {key: value for key, value in each.items() if value != []}
            | ids | {"id": shapes.snowflake(), "name_localizations": None}
            for each in given
        ]  # fmt: skip
        return as_json(account.commands)

    async def _channel(self, request: web.Request) -> web.Response:
        return as_json(self.world.channels[self.place(request)])

    async def _type(self, request: web.Request) -> web.Response:
        self.typed.append(self.place(request))
        return web.Response(status=204)

    async def _open_direct(self, request: web.Request) -> web.Response:
        self.account(request)
        whom = self.world.users[str((await request.json())["recipient_id"])]
        channel = shapes.direct_channel(shapes.snowflake(), whom)
        self.world.add_channel(channel)
        return as_json(channel)

    async def _leave(self, request: web.Request) -> web.Response:
        account, guild = self.account(request), request.match_info["guild"]
        self.left.append(guild)
        self.world.guilds.pop(guild, None)
        for session in self.world.sessions.values():
            if session.account is account:
                self.world.dispatch(session, "GUILD_DELETE", {"id": guild})
        return web.Response(status=204)

    async def _callback(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.callbacks.append(body)
        made = {
            "id": request.match_info["interaction"], "type": 2, "response_message_id": "1",
            "response_message_loading": True, "response_message_ephemeral": True,
        }  # fmt: skip
        return as_json({"interaction": made, "resource": {"type": body["type"]}})

    async def _answer(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        self.answers.append(body)
        application = request.match_info["application"]
        author = self.world.users[application]
        made = shapes.message(shapes.snowflake(), "0", author, body["content"], flags=64)
        return as_json(made)
