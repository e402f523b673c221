"""What a bot makes of the events in its Matrix rooms: something heard, an order, a deletion."""

import asyncio
import logging
import re
from collections.abc import Coroutine
from typing import Any

from nio import AsyncClient

from clone_pipeline.bots.connector import Ears
from clone_pipeline.bots.heard import Heard, Said
from clone_pipeline.bots.platforms import matrix_sending as sending
from clone_pipeline.bots.platforms.matrix_context import Context
from clone_pipeline.bots.platforms.matrix_inviting import join
from clone_pipeline.bots.platforms.matrix_listening import Listener
from clone_pipeline.bots.platforms.matrix_reading import (
    Message,
    is_for,
    message_of,
    order_in,
    redacted_by,
)
from clone_pipeline.bots.platforms.matrix_rooms import Room, dict_of
from clone_pipeline.bots.platforms.matrix_wire import BROKEN, Json, MatrixError, checked
from clone_pipeline.bots.platforms.recent import Recent

log = logging.getLogger(__name__)


class Hearing:
    """See `matrix_listening.Hearer`."""

    def __init__(
        self, client: AsyncClient, ears: Ears, recent: Recent, *, name: str, warned: set[str],
        accept_invites: bool,
    ) -> None:  # fmt: skip
        self._client, self._ears, self._me = client, ears, client.user_id
        self._name, self._warned, self._accept_invites = name, warned, accept_invites
        self._context = Context(client, recent)
        self.listener = Listener(client, self)
        self._tasks: set[asyncio.Task[None]] = set()

    def close(self) -> None:
        """Give up what is being written anew, or joined."""
        for task in self._tasks:
            task.cancel()

    async def invited(self, room_id: str, alone_with: str) -> None:
        """See `Hearer`."""
        if not self._accept_invites:
            log.info("an invitation into %s is left open: accept_invites is off", room_id)
            return
        if alone_with:
            self.listener.direct.add(room_id)
        self._beside(join(self._client, room_id, alone_with=alone_with))

    def before(self, room: Room, event: Json) -> None:
        """See `Hearer`."""
        self._context.keep(room, event)

    async def new_room(self, room: Room, earlier: str) -> None:
        """See `Hearer`."""
        await self._context.fill(room, earlier)

    async def now(self, room: Room, event: Json) -> None:
        """See `Hearer`."""
        if deleted := redacted_by(event):
            self._context.forget(room, deleted)
            self._ears.deleted(deleted)
        elif event.get("type") == "m.room.encrypted":
            self._encrypted(room)
        elif message := message_of(event):
            if message.replaces:
                self._context.edit(room, message)
            else:
                await self._message(room, message)
                self._context.keep(room, event)
        elif event.get("type") == "m.room.message" and dict_of(event, "content"):
            log.warning("a message in %s is of no known kind, or faulty: passed over", room.id)

    async def _message(self, room: Room, message: Message) -> None:
        if message.sender == self._me and message.echo:
            return
        if self._ears.known(message.id):
            return
        parent = await self._context.parent(room, message)
        heard = await self._heard(room, message, parent)
        order = None if message.notice else order_in(message, self._me, self._names(room))
        if heard.ours:
            self._ears.ours(message.id, heard)
        elif order and (self.listener.is_alone(room) or heard.to_us or heard.parent_is_ours):
            await self._obey(order, message, room)
        else:
            self._ears.hear(heard)

    async def _heard(self, room: Room, message: Message, parent: Said | None) -> Heard:
        root = await self._context.root(room, message)
        ours = (
            parent.ours if parent else bool(message.parent and self._ears.is_ours(message.parent))
        )
        before = await self._context.before(room, message)
        if parent and all(said.message_id != parent.message_id for said in before):
            before = (parent, *before)
        return Heard(
            platform="matrix", message_id=message.id, channel=room.id, author=message.sender,
            name=room.names.get(message.sender, ""), text=message.text, heard=message.at,
            kind="direct" if self.listener.is_direct(room) else "message", context=before,
            ours=message.sender == self._me, author_is_bot=message.notice,
            to_us=is_for(message, self._me, self._names(room)),
            mentions=tuple(user for user in message.pinged if user != self._me),
            parent_is_ours=ours, thread_is_ours=bool(root and root.ours),
        )  # fmt: skip

    def _names(self, room: Room) -> set[str]:
        """What the bot is called there, with and without the mark of a bot."""
        names = {self._name, room.names.get(self._me, "")} - {""}
        return names | {re.sub(r"\s*\(bot\)$", "", name) for name in names}

    def _encrypted(self, room: Room) -> None:
        if room.id not in self._warned:
            self._warned.add(room.id)
            log.warning("%s is encrypted: the bot understands nothing there and is silent", room.id)

    async def _obey(self, order: tuple[str, str], message: Message, room: Room) -> None:
        what, rest = order
        if what != "regenerate":
            words = f"{what} {rest}".strip()
            answer = await self._ears.command(words, author=message.sender)
            await self._answer(answer, message, room)
            return
        last = [said.message_id for said in await self._context.before(room, message) if said.ours]
        wanted = rest or message.parent or (last[-1] if last else "")

        async def regenerate() -> None:
            answer = await self._ears.regenerate(wanted, author=message.sender)
            await self._answer(answer, message, room)

        self._beside(regenerate())

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        """What takes long is done while the bot goes on hearing."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, text: str, message: Message, room: Room) -> None:
        """As a notice, which no bot answers; the order stands, whether it arrives or not."""
        if not text:
            return
        relation: Json = {"m.in_reply_to": {"event_id": message.id}}
        if message.thread:
            relation |= {"rel_type": "m.thread", "event_id": message.thread}
        content = sending.content_of(text, relation, "m.notice")
        once = sending.transaction("order", message.id)
        try:
            made = await self._client.room_send(room.id, "m.room.message", content, tx_id=once)
            checked(made)
        except (MatrixError, *BROKEN) as error:
            log.warning("an order was carried out, and its answer was not taken: %s", error)
