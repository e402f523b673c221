"""From a decision to a message on the platform: write, keep, send, know what became of it."""

import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from clone_pipeline.bots import orders, patience
from clone_pipeline.bots.bot import Bot, stable_draw
from clone_pipeline.bots.chances import sends_as_reply
from clone_pipeline.bots.connector import CannotTell, Connector, Refused, Saying, TryLater
from clone_pipeline.bots.deciding import COMMAND
from clone_pipeline.bots.drawing import drawn
from clone_pipeline.bots.finishing import finished, title_and_body
from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.holding import held_back
from clone_pipeline.bots.items import Item, Key
from clone_pipeline.bots.platform_settings import ImageSettings, PlaceSettings
from clone_pipeline.bots.thinking import NoModel
from clone_pipeline.bots.trying import Refused as Unwritten
from clone_pipeline.bots.trying import Written
from clone_pipeline.settings import FaultyInput

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Speaks for one bot on one platform.

    Attributes:
        bot: whose queue and brain.
        connector: to the platform.
        place: the rules where something was heard.
        pictures: settings for drawing image posts, None without.
        folder: for drawn images.
        sending: what is being sent at this moment.
    """

    bot: Bot
    connector: Connector
    place: Callable[[Heard], PlaceSettings]
    pictures: ImageSettings | None
    folder: Path
    sending: set[Key] = field(default_factory=set)

    async def speak(self, item: Item) -> bool:
        """Bring a due item one step or more on; False if nobody knows what became of a sending."""
        if self._held_back(item):
            return True
        if item.state in ("decided", "generating"):
            if not self.bot.queue.generating(item.key, now=self.bot.now()):
                return True
            if not await self._write(item):
                return True
        return await self._send(item)

    async def rewrite(self, item: Item) -> str:
        """Write what was sent anew and put it in its place; a sentence about it."""
        try:
            found = await self._asked(item)
        except NoModel as error:
            return f"Not now: {error}."
        if isinstance(found, Unwritten):
            return f"It stays as it is: {found.why}."
        text = finished(found, item, bot=self.bot, voice=self.bot.voice(item.speaker))
        is_post = item.task == "post" and item.heard.kind == "submission"
        try:
            await self.connector.edit(item, title_and_body(text)[1] if is_post else text)
        except Refused as error:
            return f"It stays as it is: {error}."
        done = orders.rewritten(
            self.bot.queue.file, item.key, text, model=found.version, now=self.bot.now()
        )
        return "Written anew." if done else "Written anew, and forgotten."

    async def settle(self, item: Item) -> bool:
        """Find out what became of a sending; False if that can't be said now."""
        queue = self.bot.queue
        try:
            found = await self.connector.look_up(item)
        except (CannotTell, Refused):
            queue.settle(item, None, now=self.bot.now())
            log.warning("%s: nobody knows whether %s was sent", self.bot.name, item.key.message_id)
            return True
        except Exception as error:  # noqa: BLE001 - any client library's own; asked again later
            log.warning("%s: %s can't be looked up: %s", *self._of(item), patience.said(error))
            return False
        again_at = self.bot.now() + timedelta(seconds=patience.pause(item.attempts - 1))
        if found is None and item.attempts >= patience.MOST_TRIES:
            queue.settle(item, None, now=self.bot.now())
            return True
        queue.settle(item, lambda _: found, now=self.bot.now(), again_at=again_at)
        return True

    def give_up(self, item: Item) -> None:
        """It could not be found out in a day: uncertain for ever."""
        self.bot.queue.settle(item, None, now=self.bot.now())

    async def _write(self, item: Item) -> bool:
        """Write the item's text; whether it is to be sent now."""
        bot, queue = self.bot, self.bot.queue
        try:
            found = await self._asked(item)
        except NoModel as error:  # it went away this very moment
            self._later(item, str(error), patience.FIRST)
            return False
        except FaultyInput as error:
            log.error("%s: %s", bot.name, error)
            queue.failed(item.key, "the brain is not configured: see the log", now=bot.now())
            return False
        if isinstance(found, Unwritten):
            if found.reason in ("no_answer", "out_of_time"):
                self._later(item, found.why, patience.pause(item.attempts))
            else:
                queue.failed(item.key, f"{found.reason}: {found.why}", now=bot.now())
            return False
        text = finished(found, item, bot=bot, voice=bot.voice(item.speaker))
        if not queue.generated(item.key, text, model=found.version, now=bot.now()):
            return False
        return await self._drawn(item, found.title)

    async def _asked(self, item: Item) -> Written | Unwritten:
        heard, voice = item.heard, self.bot.voice(item.speaker)
        async with AsyncExitStack() as stack:
            brain = await stack.enter_async_context(self.bot.thinker.brain())
            if not self.bot.rehearse:
                await stack.enter_async_context(self.connector.typing(heard))
            if item.task == "post" and heard.kind == "submission":
                return await brain.post(heard, speaker=voice)
            return await brain.reply(heard, speaker=voice)

    async def _send(self, item: Item) -> bool:
        """Send it; False if nobody knows what became of it."""
        bot, queue = self.bot, self.bot.queue
        await self.connector.ready()
        known = queue.get(item.key)
        if known is None or known.text is None:
            return True
        title, _ = title_and_body(known.text)
        if self._held_back(known) or not await self._drawn(known, title):
            return True
        nonce = queue.about_to_send(item.key, now=bot.now())
        if nonce is None:
            return True
        self.sending.add(item.key)
        try:
            sent_id = await self._sent(known, nonce)
        except Refused as error:
            queue.failed(item.key, patience.said(error), now=bot.now())
        except TryLater as error:
            tried = queue.get(item.key) or known
            self._later(
                tried, patience.said(error), max(error.seconds, patience.pause(tried.attempts - 1))
            )
        except Exception as error:  # noqa: BLE001 - whatever a library raises: nobody knows
            log.warning("%s: %s: sending broke off: %s", *self._of(item), patience.said(error))
            return False
        else:
            queue.sent(item.key, sent_id, now=bot.now())
            self._image(item).unlink(missing_ok=True)
        finally:
            self.sending.discard(item.key)
        return True

    async def _sent(self, item: Item, nonce: str) -> str:
        heard, text, title, image = item.heard, item.text or "", "", None
        if item.task == "post" and heard.kind == "submission":
            title, text = title_and_body(text)
            image = self._image(item) if heard.is_link and self.pictures else None
        share = 0.0 if item.task == "post" else self.place(heard).reply_frequency
        always = heard.kind in ("comment", "submission") or item.reason == COMMAND
        as_reply = item.task == "reply" and (
            always or sends_as_reply(reply_frequency=share, draw=stable_draw(nonce))
        )
        saying = Saying(
            heard, text, nonce, title, image, as_reply=as_reply, again=item.attempts > 0
        )
        return await self.connector.send(saying)

    def later(self, item: Item, why: str) -> None:
        """Let the item go after a fault of ours, to be taken up again after a pause."""
        self._later(item, why, patience.pause(item.attempts))

    def _later(self, item: Item, why: str, seconds: float) -> None:
        patience.later(self.bot.queue, item, why, seconds=seconds, now=self.bot.now())

    async def _drawn(self, item: Item, title: str) -> bool:
        """All that is sent is there."""
        pictured = item.task == "post" and item.heard.is_link
        if not pictured or self.pictures is None:
            return True
        into = self._image(item)
        return await drawn(item, title=title, bot=self.bot, pictures=self.pictures, into=into)

    def _held_back(self, item: Item) -> bool:
        return held_back(item, bot=self.bot, place=self.place(item.heard))

    def _image(self, item: Item) -> Path:
        return self.folder / f"{item.key.nonce}.png"

    def _of(self, item: Item) -> tuple[str, str]:
        return self.bot.name, item.key.message_id
