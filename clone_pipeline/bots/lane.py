"""One bot on one platform: it listens, decides, speaks, and starts again after a crash."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from clone_pipeline.bots import forgetting, obeying, orders
from clone_pipeline.bots.bot import Bot
from clone_pipeline.bots.connector import Connector
from clone_pipeline.bots.deciding import Decider
from clone_pipeline.bots.heard import Heard, Platform
from clone_pipeline.bots.item_rows import first_due
from clone_pipeline.bots.items import Item, Key
from clone_pipeline.bots.past import is_ours
from clone_pipeline.bots.platform_settings import PlatformSettings
from clone_pipeline.bots.restarting import kept_running
from clone_pipeline.bots.speaking import Speaker
from clone_pipeline.bots.volunteering import Volunteer

log = logging.getLogger(__name__)

AT_ONCE = 8  # replies of a lane that are written or sent at the same time
IDLE_SECONDS = 1.0
ORDER_SECONDS = 2.0


@dataclass(slots=True)
class Standing:
    """How a lane is: "starting", "listening", "restarting", "ended"; with the last trouble."""

    state: str = "starting"
    trouble: str = ""
    restarts: int = 0


class Lane:
    """The Ears of a connector, and the loops around it; all on one event loop."""

    def __init__(
        self, bot: Bot, platform: Platform, *, settings: PlatformSettings, connector: Connector,
        speaker: Callable[[Decider], Speaker],
    ) -> None:  # fmt: skip
        self.bot, self.platform, self.settings = bot, platform, settings
        self.connector = connector
        self.standing = Standing()
        self.decider = Decider(bot, settings, self._ordered)
        self.speaker = speaker(self.decider)
        self.volunteer = Volunteer(bot, platform, settings, self.decider.place)
        self._loop = asyncio.get_running_loop()
        self._arrived: deque[Key] = deque()
        self._to_decide, self._to_speak = asyncio.Event(), asyncio.Event()
        self._working: dict[Key, asyncio.Task[None]] = {}
        self._channels: set[str] = set()
        self._unsettled: list[Item] = []
        self._deaf = False

    # --- Ears: any thread ---

    def hear(self, heard: Heard) -> bool:
        """See `connector.Ears`."""
        new = self.bot.queue.seen(heard, self.bot.name, now=self.bot.now())
        if new:
            self._arrived.append(Key.of(heard, self.bot.name))
            self._wake(self._to_decide)
            if not heard.ours:
                self._loop.call_soon_threadsafe(self.volunteer.heard, heard)
        return new

    def known(self, message_id: str) -> bool:
        """See `connector.Ears`."""
        return self.bot.queue.get(self._key(message_id)) is not None

    def deleted(self, message_id: str) -> None:
        """See `connector.Ears`."""
        key = self._key(message_id)
        if self.bot.queue.get(key):
            forgetting.deleted(self.bot.queue.file, key, now=self.bot.now())

    def is_ours(self, message_id: str) -> bool:
        """See `connector.Ears`."""
        file = self.bot.queue.file
        ours = is_ours(file, platform=self.platform, bot=self.bot.name, message_id=message_id)
        found = None if ours else self.bot.queue.get(self._key(message_id))
        return ours or (found is not None and found.heard.ours)

    def ours(self, message_id: str, heard: Heard) -> None:
        """See `connector.Ears`."""
        if not self.is_ours(message_id):
            self.hear(heard)

    async def regenerate(self, message_id: str, *, author: str) -> str:
        """See `connector.Ears`."""
        file = self.bot.queue.file
        item = orders.sent_as(file, message_id, bot=self.bot.name, platform=self.platform)
        if item is None or item.erased:
            return "That is no message of mine that I remember."
        if not obeying.may_regenerate(item, author=author, operators=self.settings.operators):
            return "Only who was answered, and operators, may have a reply written anew."
        return await self.speaker.rewrite(item)

    async def command(self, words: str, *, author: str) -> str:
        """See `connector.Ears`."""
        return await obeying.command(
            words, author=author, platform=self.platform, operators=self.settings.operators,
            bot=self.bot, regenerate=self.regenerate,
        )  # fmt: skip

    # --- loops ---

    async def run(self) -> None:
        """Until it is cancelled, or the connector ends by itself and nothing is left to do."""
        self._recover()
        loops = [self._deciding(), self._speaking(), self._volunteering(), self._introducing()]
        around = [asyncio.create_task(each) for each in loops]
        listening = asyncio.create_task(self._listening())
        try:
            await _first_of(listening, *around[:3])
            self._deaf = True
            while self._arrived or self._working or self._open():
                await self.bot.clock.sleep(0.05)
            self.standing.state = "ended"
        finally:
            for task in (listening, *around, *self._working.values()):
                task.cancel()
            await asyncio.gather(
                listening, *around, *self._working.values(), return_exceptions=True
            )

    def _open(self) -> bool:
        """Something is decided on and due within the time that a person would wait."""
        due = self.bot.queue.next_due(bot=self.bot.name, platform=self.platform)
        return due is not None and due < self.bot.now() + timedelta(seconds=30)

    async def _listening(self) -> None:
        await kept_running(
            lambda: self.connector.run(self),
            standing=self.standing,
            what=f"{self.bot.name} on {self.platform}",
            clock=self.bot.clock,
        )

    async def _deciding(self) -> None:
        while True:
            await self.bot.clock.wait(self._to_decide, 60)
            while self._arrived:
                await self._decide(self._arrived[0])
                self._arrived.popleft()
                await asyncio.sleep(0)

    async def _decide(self, key: Key) -> None:
        try:
            if await self.decider.decide(key):
                self._to_speak.set()
        except Exception:
            # It stays "seen": the next start decides. One odd message must not silence the bot.
            log.exception("%s: %s can't be decided upon", self.bot.name, key.message_id)

    async def _speaking(self) -> None:
        queue, bot = self.bot.queue, self.bot
        while True:
            wait = IDLE_SECONDS
            if not orders.paused(queue.file, bot.name) and (free := AT_ONCE - len(self._working)):
                for item in first_due(
                    queue.file, bot.name, self.platform, now=bot.now(), but=self._channels,
                    most=free,
                ):  # fmt: skip
                    self._begin(item)
                due = queue.next_due(bot=bot.name, platform=self.platform)
                if due and due > bot.now():  # else it waits for its channel, whose end is told
                    wait = max(0.01, min((due - bot.now()).total_seconds(), IDLE_SECONDS))
            await bot.clock.wait(self._to_speak, wait)

    def _begin(self, item: Item) -> None:
        """Work on an item, one of each channel at a time."""
        self._channels.add(item.heard.channel)
        self._working[item.key] = asyncio.create_task(self._work(item))

    async def _work(self, item: Item) -> None:
        try:
            await self.speaker.speak(item)
        except Exception:
            # Held until the next start, which finds out what became of it.
            log.exception("%s: %s", self.bot.name, item.key.message_id)
            if (left := self.bot.queue.get(item.key)) and left.state == "generating":
                again = self.bot.now() + timedelta(seconds=60)
                self.bot.queue.failed(item.key, "a fault", now=self.bot.now(), again_at=again)
        finally:
            self._channels.discard(item.heard.channel)
            self._working.pop(item.key, None)
            self._to_speak.set()

    async def _volunteering(self) -> None:
        while True:
            await self.bot.clock.sleep(IDLE_SECONDS)
            if self._deaf:
                continue
            if self.volunteer.plan():
                self._to_speak.set()
            for item in orders.take(self.bot.queue.file, bot=self.bot.name, platform=self.platform):
                log.info("%s: %s", item.key.message_id, await self.speaker.rewrite(item))
            self._unsettled = [
                item for item in self._unsettled if not await self.speaker.settle(item)
            ]

    async def _introducing(self) -> None:
        text = self.bot.settings.honesty.profile
        if not text or self.bot.rehearse or self.platform == "terminal":
            return
        personas = [voice.name for voice in self.bot.settings.voices.values()]
        text = text.replace("{name}", ", ".join(personas) or self.bot.name)
        try:
            await self.connector.introduce(text)
        except Exception as error:  # noqa: BLE001 - any client library's own; replies go on
            log.warning(
                "%s on %s: the profile does not say that it is a bot (%s): write it there yourself",
                self.bot.name, self.platform, error,
            )  # fmt: skip

    # --- the rest ---

    def _recover(self) -> None:
        """Take up what an earlier life left."""
        queue, bot = self.bot.queue, self.bot
        for item in queue.unfinished(bot.name, self.platform):
            if item.state == "seen":
                self._arrived.append(item.key)
            elif item.state == "generating":
                now = bot.now()
                queue.failed(item.key, "cut off in the middle", now=now, again_at=now)
            elif item.state == "sending":
                self._unsettled.append(item)
        self._to_decide.set()
        self._to_speak.set()

    async def _ordered(self, words: str) -> str:
        operator = next(iter(self.settings.operators), "")
        return await self.command(words, author=operator)

    def _key(self, message_id: str) -> Key:
        return Key(self.platform, self.bot.name, message_id)

    def _wake(self, event: asyncio.Event) -> None:
        with contextlib.suppress(RuntimeError):  # the loop ends: the next life decides
            self._loop.call_soon_threadsafe(event.set)


async def _first_of(*tasks: "asyncio.Task[None]") -> None:
    """Until one of them ends; its exception is raised."""
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()
