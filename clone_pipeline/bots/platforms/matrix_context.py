"""What was said before in a Matrix room or thread; what this life did not hear is looked up."""

from nio import AsyncClient

from clone_pipeline.bots.heard import Said
from clone_pipeline.bots.platforms.matrix_reading import Message, message_of
from clone_pipeline.bots.platforms.matrix_rooms import Room, events_of
from clone_pipeline.bots.platforms.matrix_wire import Json, MatrixError, ask, in_room
from clone_pipeline.bots.platforms.recent import Recent

_MOST = 30  # messages that are looked up where none is known


class Context:
    """Threads are kept apart from what else is said in their room."""

    def __init__(self, client: AsyncClient, recent: Recent) -> None:
        self._client, self._recent = client, recent

    def keep(self, room: Room, event: Json) -> None:
        """Keep a message; what is none, or a new version of one, is not."""
        message = message_of(event)
        if message and not message.replaces:
            self._recent.add(_place(room, message.thread), self._said(room, message))

    def edit(self, room: Room, message: Message) -> None:
        """A new version of a message, if its writer wrote it; it may be in a thread or not."""
        for place in {_place(room, message.thread), room.id}:
            known = {said.message_id: said for said in self._recent.before(place, "")}
            if message.replaces in known and known[message.replaces].author == message.sender:
                self._recent.edit(place, message.replaces, message.text)

    def forget(self, room: Room, event_id: str) -> None:
        """It was deleted."""
        self._recent.forget(room.id, event_id)

    async def before(self, room: Room, message: Message) -> tuple[Said, ...]:
        """What was said before it, oldest first."""
        place = _place(room, message.thread)
        if message.thread and place not in self._recent:
            await self._fill_thread(room, message.thread)
        found, root = self._recent.before(place, message.id), await self.root(room, message)
        return (root, *found) if root else found

    async def parent(self, room: Room, message: Message) -> Said | None:
        """What it answers, None if nothing, or if that can't be read."""
        return await self._one(room, message.parent) if message.parent else None

    async def root(self, room: Room, message: Message) -> Said | None:
        """What its thread begins with, None if it is in none."""
        return await self._one(room, message.thread) if message.thread else None

    async def fill(self, room: Room, earlier: str) -> None:
        """Look up what was said before this token, unless something is known."""
        if not earlier or room.id in self._recent:
            return
        try:
            query: dict[str, str | int] = {"dir": "b", "limit": _MOST, "from": earlier}
            page = await ask(self._client, in_room(room.id, "messages"), query)
        except MatrixError:
            return
        for event in reversed(events_of(page, "chunk")):
            self.keep(room, event)

    async def _fill_thread(self, room: Room, root: str) -> None:
        try:
            path = in_room(room.id, "relations", root, "m.thread").replace("/v3/", "/v1/", 1)
            page = await ask(self._client, path, {"dir": "b", "limit": _MOST})
        except MatrixError:
            return
        for event in reversed(events_of(page, "chunk")):
            self.keep(room, event)

    async def _one(self, room: Room, event_id: str) -> Said | None:
        known = self._recent.before(room.id, "")
        for said in known:
            if said.message_id == event_id:
                return said
        try:
            event = await ask(self._client, in_room(room.id, "event", event_id))
        except MatrixError:
            return None
        message = message_of(event)
        return self._said(room, message) if message else None

    def _said(self, room: Room, message: Message) -> Said:
        return message.said(self._client.user_id, room.names.get(message.sender, ""))


def _place(room: Room, thread: str) -> str:
    return f"{room.id} {thread}" if thread else room.id
