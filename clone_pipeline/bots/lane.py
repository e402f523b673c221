"""One bot on one platform: it listens, decides, speaks, and starts again after a crash."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from clone_pipeline.bots import orders
from clone_pipeline.bots.bot import Bot
from clone_pipeline.bots.connector import Connector
from clone_pipeline.bots.deciding import COMMAND, Decider
from clone_pipeline.bots.heard import Heard, Platform
from clone_pipeline.bots.hearing import Hearing, wake
from clone_pipeline.bots.introducing import introduce
from clone_pipeline.bots.item_rows import first_due
from clone_pipeline.bots.items import Item, Key
from clone_pipeline.bots.platform_settings import PlatformSettings
from clone_pipeline.bots.restarting import kept_running
from clone_pipeline.bots.settling import Unsettled
from clone_pipeline.bots.speaking import Speaker
from clone_pipeline.bots.volunteering import Volunteer

log = logging.getLogger(__name__)

AT_ONCE = 8  # replies of a lane that are written or sent at the same time
IDLE_SECONDS = 1.0
FAULT_SECONDS = 5.0
LAST_SECONDS = 10.0  # for what is being sent when the bot is stopped


@dataclass(slots=True)
class Standing:
    """How a lane is: "starting", "listening", "restarting", "ended"; with the last trouble."""

    state: str = "starting"
    trouble: str = ""
    restarts: int = 0


class Lane:
    """A connector with its ears, and the loops around it; all on one event loop."""

    def __init__(
        self, bot: Bot, platform: Platform, *, settings: PlatformSettings, connector: Connector,
        speaker: Callable[[Decider], Speaker],
    ) -> None:  # fmt: skip
        self.bot, self.platform, self.settings = bot, platform, settings
        self.connector = connector
        self.standing = Standing()
        self.decider = Decider(bot, settings, self._obey)
        self.speaker = speaker(self.decider)
        self.ears = Hearing(
            bot, platform, settings.operators, self.decider, self.speaker, self._arrive
        )
        self.volunteer = Volunteer(bot, platform, settings, self.decider.place)
        self.unsettled = Unsettled(self.speaker)
        self._loop = asyncio.get_running_loop()
        self._arrived: deque[Key] = deque()
        self._to_decide, self._to_speak = asyncio.Event(), asyncio.Event()
        self._deciding_on: set[asyncio.Task[None]] = set()
        self._working: dict[Key, asyncio.Task[None]] = {}
        self._channels: set[str] = set()

    async def run(self) -> None:
        """Until it is cancelled, or the connector ends by itself and nothing is left to do."""
        self._recover()
        listening = asyncio.create_task(self._listening())
        loops = (self._decide_all, self._speak_all, self._volunteer, self._settle, self._rewrite)
        around = [asyncio.create_task(self._repeated(each)) for each in loops]
        introducing = introduce(self.bot, self.platform, self.settings, self.connector)
        around.append(asyncio.create_task(introducing))
        try:
            await listening
            around[2].cancel()  # nothing of its own is begun any more
            while self._arrived or self._deciding_on or self._working or self._open():
                await self.bot.clock.sleep(0.05)
            self.standing.state = "ended"
        finally:
            await self._end(listening, around)

    async def _end(
        self, listening: "asyncio.Task[None]", around: "list[asyncio.Task[None]]"
    ) -> None:
        """Let what is being sent come to its end; the rest is for the next life."""
        sending = [task for key, task in self._working.items() if key in self.speaker.sending]
        others = [task for task in self._working.values() if task not in sending]
        for task in (*around, *others, *self._deciding_on):
            task.cancel()
        if sending:
            await asyncio.wait(sending, timeout=LAST_SECONDS)
        rest = [listening, *around, *others, *sending, *self._deciding_on]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        await self.connector.close()

    def _open(self) -> bool:
        """Something is decided on and due within the time that a person would wait."""
        if orders.paused(self.bot.queue.file, self.bot.name):
            return False
        due = self.bot.queue.next_due(bot=self.bot.name, platform=self.platform)
        return due is not None and due < self.bot.now() + timedelta(seconds=30)

    async def _listening(self) -> None:
        await kept_running(
            lambda: self.connector.run(self.ears),
            standing=self.standing,
            what=f"{self.bot.name} on {self.platform}",
            clock=self.bot.clock,
            may_end=self.platform == "terminal",
        )

    async def _repeated(self, step: Callable[[], Awaitable[None]]) -> None:
        """One step after the other, for ever; a fault in one ends neither the loop nor others."""
        while True:
            try:
                await step()
            except Exception:
                log.exception("%s on %s: a fault of the program", self.bot.name, self.platform)
                await self.bot.clock.sleep(FAULT_SECONDS)

    # --- deciding ---

    def _arrive(self, key: Key, heard: Heard) -> None:
        """A new message; any thread may say so."""
        self._arrived.append(key)
        wake(self._loop, self._to_decide)
        if heard.kind == "message" and not heard.ours and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.volunteer.heard, heard)

    async def _decide_all(self) -> None:
        await self.bot.clock.wait(self._to_decide, 60)
        while self._arrived:
            key = self._arrived[0]
            item = self.bot.queue.get(key)
            # What takes its time, a ranker or an order, keeps no other message waiting.
            if item and (self.bot.rank or self.decider.order(item.heard)):
                task = asyncio.create_task(self._decide(key))
                self._deciding_on.add(task)
                task.add_done_callback(self._deciding_on.discard)
            else:
                await self._decide(key)
            self._arrived.popleft()
            await asyncio.sleep(0)

    async def _decide(self, key: Key) -> None:
        try:
            if await self.decider.decide(key):
                self._to_speak.set()
        except Exception:
            # It stays "seen": the next start decides. One odd message must not silence the bot.
            log.exception("%s: %s can't be decided upon", self.bot.name, key.message_id)

    async def _obey(self, words: str, author: str) -> str:
        return await self.ears.command(words, author=author)

    # --- speaking ---

    async def _speak_all(self) -> None:
        queue, bot = self.bot.queue, self.bot
        wait, free = IDLE_SECONDS, AT_ONCE - len(self._working)
        if free > 0:
            paused = orders.paused(queue.file, bot.name)
            for item in first_due(
                queue.file, bot.name, self.platform, now=bot.now(), but=self._channels, most=free
            ):
                if paused and item.reason != COMMAND:
                    continue
                self._channels.add(item.heard.channel)
                self._working[item.key] = asyncio.create_task(self._work(item))
            due = queue.next_due(bot=bot.name, platform=self.platform)
            if due and due > bot.now():  # else it waits for its channel, whose end is told
                wait = max(0.01, min((due - bot.now()).total_seconds(), IDLE_SECONDS))
        await bot.clock.wait(self._to_speak, wait)

    async def _work(self, item: Item) -> None:
        try:
            if not await self.speaker.speak(item):
                self.unsettled.add(item)
        except Exception:
            log.exception("%s: %s", self.bot.name, item.key.message_id)
            left = self.bot.queue.get(item.key)
            if left and left.state == "sending":
                self.unsettled.add(left)
            elif left:
                self.speaker.later(left, "a fault of the program: see the log")
        finally:
            self._channels.discard(item.heard.channel)
            self._working.pop(item.key, None)
            self._to_speak.set()

    async def _volunteer(self) -> None:
        await self.bot.clock.sleep(IDLE_SECONDS)
        if self.volunteer.plan():
            self._to_speak.set()

    async def _settle(self) -> None:
        await self.bot.clock.sleep(IDLE_SECONDS)
        if await self.unsettled.look():
            self._to_speak.set()

    async def _rewrite(self) -> None:
        """What is ordered from the command line."""
        await self.bot.clock.sleep(IDLE_SECONDS)
        file = self.bot.queue.file
        for number, item in orders.waiting(file, bot=self.bot.name, platform=self.platform):
            try:
                log.info("%s: %s", item.key.message_id, await self.speaker.rewrite(item))
            finally:
                orders.done(file, number)

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
                self.unsettled.add(item)
        self._to_decide.set()
        self._to_speak.set()
