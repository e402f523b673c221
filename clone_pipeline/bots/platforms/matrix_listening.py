"""A bot's ears in Matrix: one sync after the other, gaps filled, nothing said before it came."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from typing import Protocol

from nio import AsyncClient

from clone_pipeline.bots.platforms.matrix_inviting import inviter
from clone_pipeline.bots.platforms.matrix_rooms import (
    Room,
    begins,
    dict_of,
    direct_rooms,
    events_of,
)
from clone_pipeline.bots.platforms.matrix_wire import (
    BROKEN,
    REQUEST_SECONDS,
    Json,
    MatrixError,
    ask,
    in_room,
)

log = logging.getLogger(__name__)

_POLL_SECONDS = 30
_PAUSES = (0.5, 1, 2, 4, 8, 15)  # between tries; then the connection counts as lost
_GAP_PAGES = 50
_TYPES = [
    "m.room.message", "m.room.redaction", "m.room.encrypted", "m.room.encryption", "m.room.member"
]  # fmt: skip
FILTER = json.dumps({
    "presence": {"types": []},
    "account_data": {"types": ["m.direct"]},
    "room": {
        "timeline": {"limit": 50, "types": _TYPES, "lazy_load_members": True},
        "state": {"types": ["m.room.member", "m.room.encryption"], "lazy_load_members": True},
        "ephemeral": {"types": []},
        "account_data": {"types": []},
    },
})  # fmt: skip


class Hearer(Protocol):
    """Who is told what happens in the rooms, in its order."""

    def before(self, room: Room, event: Json) -> None:
        """This happened before the bot was there: nothing to answer, but context."""

    async def now(self, room: Room, event: Json) -> None:
        """This happened."""

    async def new_room(self, room: Room, earlier: str) -> None:
        """A room is met for the first time in this life; before it, at this token, was more."""

    async def invited(self, room_id: str, alone_with: str) -> None:
        """Somebody invites the bot; `alone_with` is who, if it is to be a room for two."""


class Listener:
    """Goes from sync to sync; `rooms` are those that the bot is in, `direct` those for two."""

    def __init__(self, client: AsyncClient, hearer: Hearer) -> None:
        self.client, self.hearer = client, hearer
        self.rooms: dict[str, Room] = {}
        self.direct: set[str] = set()

    async def syncs(self, since: str) -> AsyncIterator[str]:
        """Tell the hearer of one sync after the other; each time up to where it was told.

        Args:
            since: up to where an earlier life heard; "": what was said up to now is the past.

        Raises:
            MatrixError: the homeserver does not want the bot any more.
            aiohttp.ClientError, TimeoutError: the connection is lost.
        """
        whole = True
        while True:
            sync = await self._sync(since, whole=whole)
            await self._tell(sync, since)
            since, whole = str(sync["next_batch"]), False
            yield since

    def is_direct(self, room: Room) -> bool:
        """The account's own data, or who invited the bot, calls it direct."""
        return room.id in self.direct

    def is_alone(self, room: Room) -> bool:
        """Whoever writes there can mean nobody but the bot."""
        return self.is_direct(room) or room.joined == 2

    async def _sync(self, since: str, *, whole: bool) -> Json:
        wait = 0 if whole else _POLL_SECONDS
        query: dict[str, str | int] = {"filter": FILTER, "timeout": wait * 1000}
        query |= {"since": since} if since else {}
        query |= {"full_state": "true"} if since and whole else {}
        failures = 0
        while True:
            try:
                sync = await ask(self.client, "/v3/sync", query, seconds=wait + REQUEST_SECONDS)
                if not isinstance(sync.get("next_batch"), str):
                    raise MatrixError(200, "", "a sync without its end", 0)
                return sync
            except (MatrixError, *BROKEN) as error:
                if not _passes(error) or failures == len(_PAUSES):
                    raise
                pause = error.seconds if isinstance(error, MatrixError) else 0
                await asyncio.sleep(pause or _PAUSES[failures])
                failures += 1

    async def _tell(self, sync: Json, since: str) -> None:
        direct = direct_rooms(sync)
        self.direct = self.direct if direct is None else direct
        for room_id, told in dict_of(sync, "rooms", "invite").items():
            await self.hearer.invited(room_id, inviter(told, self.client.user_id))
        for room_id in dict_of(sync, "rooms", "leave"):
            self.rooms.pop(room_id, None)
        for room_id, told in dict_of(sync, "rooms", "join").items():
            new = room_id not in self.rooms
            room = self.rooms.setdefault(room_id, Room(room_id))
            for event in events_of(told, "state", "events"):
                room.apply(event)
            room.summary(dict_of(told, "summary"))
            await self._timeline(room, dict_of(told, "timeline"), since, new=new)

    async def _timeline(self, room: Room, told: Json, since: str, *, new: bool) -> None:
        events, earlier = events_of(told, "events"), told.get("prev_batch")
        earlier = earlier if isinstance(earlier, str) else ""
        came = _coming(events, self.client.user_id)
        if since and earlier and told.get("limited") is True and came is None:
            events, earlier = [*await self._gap(room, earlier, since), *events], ""
            came = _coming(events, self.client.user_id)
        present = len(events) if not since else came or 0
        for event in events[:present]:
            room.apply(event)
            self.hearer.before(room, event)
        if new and events[present:]:
            await self.hearer.new_room(room, earlier)
        for event in events[present:]:
            room.apply(event)
            await self.hearer.now(room, event)

    async def _gap(self, room: Room, earlier: str, since: str) -> list[Json]:
        """What happened between two syncs and was too much for the second; oldest first."""
        found: list[Json] = []
        types = json.dumps({"types": _TYPES})
        for _ in range(_GAP_PAGES):
            query: dict[str, str | int] = {"dir": "b", "limit": 100, "filter": types}
            query |= {"from": earlier, "to": since}
            page = await ask(self.client, in_room(room.id, "messages"), query)
            events = events_of(page, "chunk")
            found += events
            if not isinstance(page.get("end"), str) or _coming(events, self.client.user_id):
                return found[::-1]
            earlier = page["end"]
        log.warning("more was said in %s than is read: what is older is left out", room.id)
        return found[::-1]


def _passes(error: Exception) -> bool:
    """It may go better the next time."""
    if not isinstance(error, MatrixError):
        return True
    return error.status in (200, 429) or error.status >= 500


def _coming(events: list[Json], me: str) -> int | None:
    """Behind which of the events the bot is in the room; None if none of them brings it in."""
    places = [place for place, event in enumerate(events) if begins(event, me)]
    return places[-1] + 1 if places else None
