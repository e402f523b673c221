"""What a platform is to a bot: one small interface, implemented by one file a platform.

A connector hears and sends; it decides nothing. What it hears goes to `Ears.hear`, which keeps it
before it returns; what the bot says comes back by `send`, minutes or days later. A connector that
raises is started again, with longer and longer pauses, and takes no other down.
"""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.items import Item


class Refused(Exception):
    """The platform took nothing of it, and won't: no second try; the message is for a person."""


class Gone(Refused):
    """What was to be answered is deleted, locked, or in a place that is closed to the bot."""


class TryLater(Exception):
    """The platform took nothing of it; the same may be tried again after `seconds`."""

    def __init__(self, message: str, *, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


class CannotTell(Exception):
    """The platform does not tell what became of a sending: it stays uncertain for ever."""


@dataclass(frozen=True, slots=True)
class Saying:
    """Something to be sent.

    Attributes:
        heard: what it answers; of a post of the bot's own the plan: where, and what kind.
        text: of a reply or remark, or the post's body; any length.
        nonce: 24 characters, the same at every try to send this, in every life.
        title: of a post; "" for everything else.
        image: of an image post, a file; None without.
        as_reply: sent as a reply to `heard`, else just in its channel.
        again: an earlier try may have sent parts of it.
    """

    heard: Heard
    text: str
    nonce: str
    title: str = ""
    image: Path | None = None
    as_reply: bool = True
    again: bool = False


class Ears(Protocol):
    """What a connector tells what it hears; all of it may be called from any thread."""

    def hear(self, heard: Heard) -> bool:
        """Take note of a message, durable when this returns; False if it was known."""

    def known(self, message_id: str) -> bool:
        """This message was heard before: there is no need to look up what is around it."""

    def deleted(self, message_id: str) -> None:
        """The platform says that this message was deleted."""

    def edited(self, message_id: str, text: str) -> None:
        """Its writer changed it: what is not answered yet is answered as it now stands."""

    def is_ours(self, message_id: str) -> bool:
        """The bot sent this message, in whatever life."""

    def ours(self, message_id: str, heard: Heard) -> None:
        """A message of the bot's own account was met (`heard.ours`): it counts as said there."""

    async def regenerate(self, message_id: str, *, author: str) -> str:
        """Write the reply of this id anew and edit it in place; a sentence about what was done."""

    async def command(self, words: str, *, author: str) -> str:
        """Do what an operator or a user orders ("pause", "stop", ...); a sentence in answer."""


class Connector(Protocol):
    """One bot on one platform."""

    async def run(self, ears: Ears) -> None:
        """Connect and listen, until it is cancelled; raises where the connection is lost for good.

        Started again after it raised, it goes on where it was as far as the platform lets it:
        messages that it tells twice are known by their ids.
        """

    async def ready(self) -> None:
        """Wait until the connection stands: before that nothing counts as being sent."""

    async def send(self, saying: Saying) -> str:
        """Send it; the platform's id of (the first part of) our message.

        Waits until the connection stands. No word of it mentions anybody or all.

        Raises:
            Refused: not sent, for good. `Gone` if there is nothing left to answer.
            TryLater: not sent; it may be tried again.
            Exception: anything else means that nobody knows whether it was sent.
        """

    async def look_up(self, item: Item) -> str | None:
        """The id of the message that `item` became, None if it certainly is not there.

        Where sending the same nonce twice makes one message, None is always true enough.

        Raises:
            CannotTell: the platform can't be asked.
            Exception: it could not be asked now.
        """

    async def edit(self, item: Item, text: str) -> None:
        """Put `text` in the place of what `item` says there; raises Refused where it can't."""

    def typing(self, heard: Heard) -> AbstractAsyncContextManager[None]:
        """Show in that channel that the bot writes, for as long as the block lasts."""

    async def introduce(self, text: str) -> None:
        """Write into the account's profile that it is a bot, unless it says so already."""

    async def close(self) -> None:
        """The bot ends here: let go of what outlives `run`."""
