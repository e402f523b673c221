"""Accepting invitations, beside all that is heard: one that leads nowhere holds nothing up."""

import asyncio
import logging
from urllib.parse import quote

from nio import AsyncClient

from clone_pipeline.bots.connector import TryLater
from clone_pipeline.bots.platforms.matrix_rooms import dict_of, events_of
from clone_pipeline.bots.platforms.matrix_wire import (
    BROKEN,
    Json,
    MatrixError,
    ask,
    checked,
    put,
    told,
)

log = logging.getLogger(__name__)

PAUSES: tuple[float, ...] = (0, 5, 30, 120)


def inviter(invitation: Json, me: str) -> str:
    """Who wants to talk with the user `me` alone; "" if the invitation is into a room of others."""
    for event in events_of(invitation, "invite_state", "events"):
        if event.get("type") == "m.room.member" and event.get("state_key") == me:
            sender, content = event.get("sender"), dict_of(event, "content")
            return sender if isinstance(sender, str) and content.get("is_direct") is True else ""
    return ""


async def join(client: AsyncClient, room_id: str, *, alone_with: str) -> None:
    """Join, and note for all lives if it is a room for two; what fails stands in the log.

    Args:
        client: logged in.
        room_id: of the room.
        alone_with: see `inviter`.
    """
    for pause in PAUSES:
        await asyncio.sleep(pause)
        try:
            checked(await client.join(room_id))
            if alone_with:
                await _note_direct(client, room_id, alone_with)
            return
        except (MatrixError, *BROKEN) as error:
            log.warning("the invitation into %s can't be accepted: %s", room_id, error)
            if isinstance(error, MatrixError) and not isinstance(told(error), TryLater):
                return


async def _note_direct(client: AsyncClient, room_id: str, user: str) -> None:
    """As https://spec.matrix.org/v1.11/client-server-api/#direct-messaging asks of who joins."""
    path = f"/v3/user/{quote(client.user_id, safe='')}/account_data/m.direct"
    try:
        rooms = await ask(client, path)
    except MatrixError as error:
        if error.code != "M_NOT_FOUND":
            raise
        rooms = {}
    known = rooms.get(user)
    known = known if isinstance(known, list) else []
    if room_id not in known:
        await put(client, path, rooms | {user: [*known, room_id]})
