"""Listening to Matrix and speaking there."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime

from nio import AsyncClient

from clone_pipeline.bots.connector import Ears, Refused, Saying
from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.items import Item
from clone_pipeline.bots.platform_settings import MatrixPlatform
from clone_pipeline.bots.platforms import matrix_sending as sending
from clone_pipeline.bots.platforms.matrix_hearing import Hearing
from clone_pipeline.bots.platforms.matrix_listening import Listener
from clone_pipeline.bots.platforms.matrix_session import SessionFile, sign_in
from clone_pipeline.bots.platforms.matrix_wire import BROKEN, MatrixError, checked, make_client
from clone_pipeline.bots.platforms.parts import Parts
from clone_pipeline.bots.platforms.recent import Recent

log = logging.getLogger(__name__)

_TYPING_SECONDS = 10


class MatrixConnector:
    """See `connector.Connector`."""

    def __init__(self, settings: MatrixPlatform, file: SessionFile, parts: Parts) -> None:
        self._settings, self._file, self._parts = settings, file, parts
        self._client: AsyncClient | None = None
        self._listener: Listener | None = None
        self._recent = Recent()
        self._warned: set[str] = set()
        self._up = asyncio.Event()

    async def run(self, ears: Ears) -> None:
        """See `connector.Connector`."""
        user = os.environ.get(self._settings.user_env, "")
        password = os.environ.get(self._settings.password_env, "")
        client = make_client(self._settings.homeserver, user, self._file.device_id)
        hearing = None
        try:
            session = await sign_in(
                client, self._file, password=password, password_env=self._settings.password_env
            )
            name = checked(await client.get_displayname(session.user_id)).displayname or ""
            hearing = Hearing(
                client, ears, self._recent, name=name, warned=self._warned,
                accept_invites=self._settings.accept_invites,
            )  # fmt: skip
            listener = hearing.listener = Listener(client, hearing)
            async for since in listener.syncs(session.since):
                self._file.write(replace(session, since=since))
                if not self._up.is_set():
                    self._client, self._listener = client, listener
                    self._up.set()
        finally:
            self._up.clear()
            self._client = self._listener = None
            if hearing:
                hearing.close()
            await client.close()

    async def close(self) -> None:
        """See `Connector`."""

    async def ready(self) -> None:
        """See `Connector`."""
        await self._up.wait()

    async def send(self, saying: Saying) -> str:
        """See `connector.Connector`."""
        client = await self._standing()
        room = self._listener and self._listener.rooms.get(saying.heard.channel)
        if room and room.encrypted:
            raise Refused("the room is encrypted, and the bot can only write what all can read")
        return await sending.send(client, saying, tag=self._settings.tag, parts=self._parts)

    async def look_up(self, item: Item) -> str | None:
        """See `connector.Connector`."""
        client, tag = await self._standing(), self._settings.tag
        now = datetime.now(UTC)
        return await sending.look_up(client, item, tag=tag, parts=self._parts, now=now)

    async def edit(self, item: Item, text: str) -> None:
        """See `connector.Connector`."""
        client = await self._standing()
        await sending.edit(client, item, text, tag=self._settings.tag, parts=self._parts)

    @asynccontextmanager
    async def typing(self, heard: Heard) -> AsyncIterator[None]:
        """See `connector.Connector`; nothing happens where it does not work."""
        showing = asyncio.create_task(self._type(heard.channel))
        try:
            yield
        finally:
            showing.cancel()
            await asyncio.wait([showing])

    async def introduce(self, text: str) -> None:
        """Put " (bot)" behind the display name: Matrix has no place for a longer text."""
        client = await self._standing()
        name = checked(await client.get_displayname(client.user_id)).displayname
        name = name or client.user_id[1:].partition(":")[0]
        if "bot" not in name.casefold():
            checked(await client.set_displayname(f"{name} (bot)"))

    async def _standing(self) -> AsyncClient:
        await self._up.wait()
        assert self._client is not None
        return self._client

    async def _type(self, room: str) -> None:
        with suppress(MatrixError, *BROKEN):
            while True:
                client = await self._standing()
                await client.room_typing(room, True, timeout=_TYPING_SECONDS * 1000)
                await asyncio.sleep(_TYPING_SECONDS - 2)
