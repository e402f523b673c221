"""The bot's login on a homeserver and up to where it heard, kept for the next life.

The device stays the same: a homeserver knows transaction ids by it (Synapse keeps them for a
day), and only then is a message whose answer was lost not sent twice.
"""

import json
import logging
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from nio import AsyncClient

from clone_pipeline.bots.platforms.matrix_wire import MatrixError, ask, checked
from clone_pipeline.durable import flush

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Session:
    """A login; `since` is up to where was heard, "" if never anything was."""

    homeserver: str
    user_id: str
    device_id: str
    token: str
    since: str = ""


class SessionFile:
    """The session, in a file that only its owner can read."""

    def __init__(self, path: Path, *, device_id: str) -> None:
        self.path, self.device_id = path, device_id

    def read(self) -> Session | None:
        """What an earlier life left, None if nothing."""
        if not self.path.exists():
            return None
        return Session(**json.loads(self.path.read_text(encoding="utf-8")))

    def write(self, session: Session) -> None:
        """Whole or not at all, durable when this returns."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        part = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")
        part.unlink(missing_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(session), file, indent=1)
        flush(part)
        part.replace(self.path)
        flush(self.path.parent)


async def sign_in(
    client: AsyncClient, file: SessionFile, *, password: str, password_env: str
) -> Session:  # fmt: skip
    """Use the last life's login, else log in.

    Raises:
        PermissionError: the homeserver does not take user id and password.
        MatrixError: it said no for another reason.
    """
    left = file.read()
    if left and left.homeserver == client.homeserver and _same(left.user_id, client.user):
        client.restore_login(left.user_id, left.device_id, left.token)
        if await _stands(client):
            return left
        client.access_token = ""
    try:
        made = checked(await client.login(password, device_name="clone_pipeline bot"))
    except MatrixError as error:
        if error.code != "M_FORBIDDEN":
            raise
        fault = f"the homeserver does not take {client.user} with the password in {password_env}"
        raise PermissionError(fault) from None
    session = Session(client.homeserver, made.user_id, made.device_id, made.access_token)
    if left and left.user_id == made.user_id:
        session = replace(session, since=left.since)
    file.write(session)
    return session


async def _stands(client: AsyncClient) -> bool:
    try:
        await ask(client, "/v3/account/whoami")
    except MatrixError as error:
        if error.status != 401:
            raise
        log.info("the login on %s has ended: logging in again", client.homeserver)
        return False
    return True


def _same(user_id: str, given: str) -> bool:
    """`given` is that user's id, or what stands in it before the colon."""
    whole, plain = user_id.casefold(), given.casefold().removeprefix("@")
    return plain in (whole.removeprefix("@"), whole[1:].partition(":")[0])
