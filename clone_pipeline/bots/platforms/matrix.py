"""A bot on Matrix, through matrix-nio.

It has an account like anybody's, invited to rooms as people are. Rooms that are encrypted end to
end are left alone: the bot can't read what is said there, and says nothing unencrypted.
"""

import importlib.util
import os
from pathlib import Path

from clone_pipeline.bots.connector import Connector
from clone_pipeline.bots.platform_settings import MatrixPlatform


def skipped(settings: MatrixPlatform) -> str | None:
    """Why the bot is not on Matrix, None if it is."""
    if importlib.util.find_spec("nio") is None:
        return "Matrix is left out: pip install 'clone-pipeline[bots]'"
    missing = [n for n in (settings.user_env, settings.password_env) if not os.environ.get(n)]
    if missing:
        return f"Matrix is left out: set {' and '.join(missing)} to the bot's user id and password"
    return None


def connector(settings: MatrixPlatform, *, bot: str, folder: Path) -> Connector:
    """The connector.

    Args:
        settings: of the platform.
        bot: the bot's key, for its device's id and the names of its files.
        folder: for what survives a restart: the login, up to where was heard, parts.
    """
    from clone_pipeline.bots.platforms.matrix_connector import MatrixConnector  # noqa: PLC0415
    from clone_pipeline.bots.platforms.matrix_session import SessionFile  # noqa: PLC0415
    from clone_pipeline.bots.platforms.parts import Parts  # noqa: PLC0415

    return MatrixConnector(
        settings,
        SessionFile(folder / f"matrix-{bot}.json", device_id=f"clone-pipeline-{bot}"),
        Parts(folder / f"matrix-{bot}-parts.json"),
    )
