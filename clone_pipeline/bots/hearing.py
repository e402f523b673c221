"""The ears of a bot on one platform: what a connector tells goes into the queue."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from clone_pipeline.bots import forgetting, hours, obeying, orders
from clone_pipeline.bots.bot import Bot
from clone_pipeline.bots.deciding import Decider
from clone_pipeline.bots.gates import zone_of
from clone_pipeline.bots.heard import Heard, Platform
from clone_pipeline.bots.item_rows import changed
from clone_pipeline.bots.items import Item, Key
from clone_pipeline.bots.past import is_ours
from clone_pipeline.bots.speaking import Speaker
from clone_pipeline.bots.wishes import is_operator

MOST_AT_ONCE = 2  # replies that are written anew at the same time
MOST_AN_HOUR = 3  # times that a person may have one reply written anew


@dataclass(slots=True)
class Hearing:
    """See `connector.Ears`; any thread may call what is not a coroutine.

    Attributes:
        bot: whose queue.
        platform: where.
        operators: who may give orders there.
        decider: knows orders and wishes when it hears them.
        speaker: writes anew.
        arrived: told of each new message that is to be decided upon.
    """

    bot: Bot
    platform: Platform
    operators: tuple[str, ...]
    decider: Decider
    speaker: Speaker
    arrived: Callable[[Key, Heard], None]
    _rewriting: set[Key] = field(default_factory=set)

    def hear(self, heard: Heard) -> bool:
        """Take note of it; who wants to be left alone is left alone before this returns."""
        new = self.bot.queue.seen(heard, self.bot.name, now=self.bot.now())
        if not new:
            return False
        key = Key.of(heard, self.bot.name)
        if self.decider.asks_to_stop(heard):
            self.decider.leave_alone(key, heard.author)
        else:
            self.arrived(key, heard)
        return True

    def known(self, message_id: str) -> bool:
        """It was heard before."""
        return self.bot.queue.get(self._key(message_id)) is not None

    def deleted(self, message_id: str) -> None:
        """It is erased, and not answered."""
        key = self._key(message_id)
        if self.bot.queue.get(key):
            forgetting.deleted(self.bot.queue.file, key, now=self.bot.now())

    def edited(self, message_id: str, text: str) -> None:
        """It is answered as it now stands, if it is not written yet."""
        changed(self.bot.queue.file, self._key(message_id), text)

    def is_ours(self, message_id: str) -> bool:
        """The bot sent it, or it was met as the account's own."""
        file = self.bot.queue.file
        ours = is_ours(file, platform=self.platform, bot=self.bot.name, message_id=message_id)
        found = None if ours else self.bot.queue.get(self._key(message_id))
        return ours or (found is not None and found.heard.ours)

    def ours(self, message_id: str, heard: Heard) -> None:
        """It counts as said there."""
        if not self.is_ours(message_id):
            self.hear(heard)

    async def regenerate(self, message_id: str, *, author: str) -> str:
        """Write it anew, if whoever asks may and it is the time to speak."""
        if self.bot.rehearse:
            return ""
        file = self.bot.queue.file
        item = orders.sent_as(file, message_id, bot=self.bot.name, platform=self.platform)
        if item is None or item.erased:
            return "That is no message of mine that I remember."
        if sentence := self._no(item, author):
            return sentence
        self._rewriting.add(item.key)
        try:
            return await self.speaker.rewrite(item)
        finally:
            self._rewriting.discard(item.key)

    async def command(self, words: str, *, author: str) -> str:
        """Do it; in a rehearsal nothing but a wish to be left alone is done, and nothing said."""
        if self.bot.rehearse:
            if words.split()[:1] == ["stop"]:
                file = self.bot.budget.file
                forgetting.stop(file, platform=self.platform, author=author, now=self.bot.now())
            return ""
        return await obeying.command(
            words, author=author, platform=self.platform, operators=self.operators,
            bot=self.bot, regenerate=self.regenerate,
        )  # fmt: skip

    def _no(self, item: Item, author: str) -> str:
        """Why it is not written anew, "" if it may be."""
        file, now = self.bot.queue.file, self.bot.now()
        if not obeying.may_regenerate(item, author=author, operators=self.operators):
            return "Only who was answered, and operators, may have a reply written anew."
        if forgetting.stopped(file, platform=self.platform, author=item.heard.author):
            return "Whom it answers wants to be left alone."
        if item.key in self._rewriting or len(self._rewriting) >= MOST_AT_ONCE:
            return "I am at it already."
        if is_operator(author, self.operators):
            return ""
        place = self.decider.place(item.heard)
        if orders.paused(file, self.bot.name) or hours.quiet_until(
            now, place.quiet_hours, zone=zone_of(place)
        ):
            return "Not now."
        hour = now - timedelta(hours=1)
        enough = orders.times_rewritten(file, item, since=hour) >= MOST_AN_HOUR
        return "That is enough for now." if enough else ""

    def _key(self, message_id: str) -> Key:
        return Key(self.platform, self.bot.name, message_id)


def wake(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    """Set the event from any thread; where the loop has ended, the next life goes on."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(event.set)
