"""A rehearsal: bots read, decide and write, and send nothing; a table shows what they would say."""

import logging
import shutil
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from clone_pipeline.bots.connector import Connector, Ears, Saying
from clone_pipeline.bots.explaining import clean
from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.item_rows import items
from clone_pipeline.bots.items import Item
from clone_pipeline.bots.platform_settings import (
    DiscordPlatform,
    MatrixPlatform,
    PlatformSettings,
    RedditPlatform,
    TelegramPlatform,
)
from clone_pipeline.bots.queue_file import QueueFile, read_file

_SHOWN_CHARS = 160

log = logging.getLogger(__name__)


class Silent:
    """A connector that hears, and sends nothing."""

    def __init__(self, connector: Connector) -> None:
        self.connector = connector

    async def run(self, ears: Ears) -> None:
        """Hear as usual."""
        await self.connector.run(ears)

    async def close(self) -> None:
        """See `Connector`."""
        await self.connector.close()

    async def ready(self) -> None:
        """Nothing is sent."""

    async def send(self, saying: Saying) -> str:
        """Nothing is sent; the log says what would be."""
        whom = saying.heard.name or saying.heard.author
        where = f"{saying.heard.channel}{f', to {whom}' if whom else ''}"
        log.info("would say in %s: %s", where, _short(f"{saying.title} {saying.text}"))
        return f"rehearsed-{saying.nonce}"

    async def look_up(self, item: Item) -> str | None:
        """Nothing was sent."""
        return None

    async def edit(self, item: Item, text: str) -> None:
        """Nothing is changed."""

    def typing(self, heard: Heard) -> AbstractAsyncContextManager[None]:
        """Nothing is shown."""
        return nullcontext()

    async def introduce(self, text: str) -> None:
        """The profile stays as it is."""


def harmless(settings: PlatformSettings) -> PlatformSettings:
    """The same without what changes something on the platform: votes, read marks, leaving."""
    changes: dict[str, object] = {}
    if isinstance(settings, RedditPlatform):
        silent = {
            name: each.model_copy(update={"vote": None}) for name, each in settings.follow.items()
        }
        changes = {"follow": silent, "mark_read": False}
    elif isinstance(settings, DiscordPlatform):
        changes = {"banned_servers": (), "slash_commands": False}
    elif isinstance(settings, TelegramPlatform):
        changes = {"confirm": False}
    elif isinstance(settings, MatrixPlatform):
        changes = {"accept_invites": False}
    return settings.model_copy(update=changes)


def copied(private: Path) -> Path:
    """A folder with what platforms keep of how far they were read, so that it stays as it is."""
    folder = private / "rehearsal"
    folder.mkdir(mode=0o700, exist_ok=True)
    for old in folder.glob("*.json"):
        old.unlink()
    for kept in private.glob("*-*.json"):
        shutil.copy2(kept, folder)
    return folder


def clear(path: Path) -> None:
    """Remove the last rehearsal's queue."""
    for each in path.parent.glob(f"{path.name}*"):
        each.unlink()


def copy_wishes(file: QueueFile, into: QueueFile) -> None:
    """Who is not to be answered is not answered in a rehearsal either."""
    for row in file.rows("select platform, author, since from stops"):
        into.run("insert or ignore into stops values (?, ?, ?)", *row)
    for row in file.rows("select bot, since from pauses"):
        into.run("insert or ignore into pauses values (?, ?)", *row)


def table(path: Path) -> Table:
    """What was heard, what was decided and why, and what would have been said.

    Args:
        path: of the rehearsal's queue, when nothing writes to it any more.
    """
    shown = Table(show_lines=True)
    for column in ("where", "heard", "decision", "it would say"):
        shown.add_column(column, overflow="fold")
    with read_file(path) as file:
        heard_items = items(file, "true")
    for item in heard_items:
        heard = item.heard
        who = f"{heard.name or heard.author}: " if heard.author or heard.name else ""
        chance = "" if item.probability is None else f" (p = {item.probability:.2f})"
        speaks = {"silent": "silent", "failed": "nothing"}.get(item.state, "speaks")
        shown.add_row(
            escape(f"{item.key.bot} on {item.key.platform}\n{heard.channel}"),
            escape(_short(f"{who}{heard.title} {heard.text}")),
            escape(f"{speaks}: {item.reason}{chance}"),
            escape(_short(item.text or item.failure)),
        )
    return shown


def _short(text: str) -> str:
    line = clean(" ".join(text.split()))
    return line if len(line) <= _SHOWN_CHARS else f"{line[: _SHOWN_CHARS - 1]}…"
