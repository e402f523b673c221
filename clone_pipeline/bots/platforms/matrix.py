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
        return "matrix-nio is not installed: pip install 'clone-pipeline[bots]'"
    wanted = {settings.user_env: "the bot's user id", settings.password_env: "its password"}
    missing = [f"{name} ({what})" for name, what in wanted.items() if not os.environ.get(name)]
    return f"set {' and '.join(missing)} in .env" if missing else None


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
