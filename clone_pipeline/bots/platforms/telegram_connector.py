"""Listening to Telegram and speaking there."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress

from telegram import Bot, Message, Update
from telegram.constants import ChatAction
from telegram.error import TelegramError

from clone_pipeline.bots.connector import CannotTell, Ears, Saying
from clone_pipeline.bots.heard import Heard, Said
from clone_pipeline.bots.items import Item
from clone_pipeline.bots.platforms import telegram_reading as reading
from clone_pipeline.bots.platforms import telegram_sending as sending
from clone_pipeline.bots.platforms.parts import Parts
from clone_pipeline.bots.platforms.recent import Recent
from clone_pipeline.bots.platforms.telegram_polling import connect, updates
from clone_pipeline.bots.platforms.telegram_wire import UNREADABLE, make_bot
from clone_pipeline.bots.splitting import split

log = logging.getLogger(__name__)

_TYPING_SECONDS = 4  # Telegram shows it for five
# https://core.telegram.org/bots/api#setmyshortdescription and #setmydescription
_SHORT, _LONG = 120, 512
_SAYS_BOT = re.compile(r"\bbot\b", re.IGNORECASE)


class TelegramConnector:
    """See `connector.Connector`."""

    def __init__(
        self, token: str, token_env: str, api_url: str | None, parts: Parts, *, confirm: bool = True
    ) -> None:  # fmt: skip
        self._token, self._token_env, self._api_url = token, token_env, api_url
        self._confirm = confirm
        self._parts, self._recent = parts, Recent()
        self._bot: Bot | None = None
        self._up = asyncio.Event()
        self._writing: set[asyncio.Task[None]] = set()

    async def run(self, ears: Ears) -> None:
        """See `connector.Connector`."""
        bot = make_bot(self._token, self._api_url)
        try:
            await connect(bot, token_env=self._token_env)
            self._bot = bot
            self._up.set()
            all_updates = updates(bot, token_env=self._token_env, confirm=self._confirm)
            async with aclosing(all_updates) as arriving:
                async for update in arriving:
                    await self._meet(update, bot, ears)
        finally:
            self._up.clear()
            self._bot = None
            for task in self._writing:
                task.cancel()
            await bot.shutdown()

    async def close(self) -> None:
        """See `Connector`."""

    async def ready(self) -> None:
        """See `Connector`."""
        await self._up.wait()

    async def send(self, saying: Saying) -> str:
        """See `connector.Connector`."""
        bot = await self._standing()
        ids = await sending.send(bot, saying, self._parts)
        ours = Said(ids[0], str(bot.id), saying.text, ours=True, name=bot.first_name)
        self._recent.add(sending.place(saying.heard), ours)
        return ids[0]

    async def look_up(self, item: Item) -> str | None:
        """See `connector.Connector`; bots can't read what was said."""
        raise CannotTell("Telegram does not tell a bot what it sent")

    async def edit(self, item: Item, text: str) -> None:
        """See `connector.Connector`."""
        await sending.edit(await self._standing(), item, text, self._parts)
        self._recent.edit(sending.place(item.heard), item.sent_id or "", text)

    @asynccontextmanager
    async def typing(self, heard: Heard) -> AsyncIterator[None]:
        """See `connector.Connector`; nothing happens where it does not work."""
        over = asyncio.Event()
        # Never cancelled: a request that is cut off keeps its place in httpx's pool for ever.
        showing = asyncio.create_task(self._type(heard, over))
        self._writing.add(showing)
        showing.add_done_callback(self._writing.discard)
        try:
            yield
        finally:
            over.set()

    async def introduce(self, text: str) -> None:
        """See `connector.Connector`; what its owner wrote there stays."""
        bot = await self._standing()
        if not (await bot.get_my_short_description()).short_description:
            await bot.set_my_short_description(split(text, limit=_SHORT, unit="utf16")[0])
        described = (await bot.get_my_description()).description
        if _SAYS_BOT.search(described):
            return
        both = f"{described}\n\n{text}".strip()
        if len(both.encode("utf-16-le")) // 2 > _LONG:
            log.warning("the description on Telegram has no room for: %s", text)
            return
        await bot.set_my_description(both)

    async def _standing(self) -> Bot:
        await self._up.wait()
        assert self._bot is not None
        return self._bot

    async def _meet(self, update: Update, bot: Bot, ears: Ears) -> None:
        message = update.message or update.edited_message
        if message is None:
            return
        try:
            text = reading.text_of(message)
            order = reading.order_in(message, bot.bot)
            heard = reading.heard(message, bot.bot, self._recent)
            said = reading.said(message, bot.bot)
        except UNREADABLE:
            log.warning("update %s of Telegram's can't be read: passed over", update.update_id)
            return
        if update.edited_message:
            self._recent.edit(reading.place(message), said.message_id, text)
        elif text or message.effective_attachment:
            self._recent.add(reading.place(message), said)
            if order:
                await self._obey(order, message, author=heard.author, bot=bot, ears=ears)
            else:
                ears.hear(heard)

    async def _obey(
        self, order: tuple[str, str], message: Message, *, author: str, bot: Bot, ears: Ears
    ) -> None:
        what, rest = order
        if what != "regenerate":
            words = f"{what} {rest}".strip()
            await sending.answer(bot, message, await ears.command(words, author=author))
            return
        wanted = rest or self._last_of_ours(message)

        async def regenerate() -> None:
            await sending.answer(bot, message, await ears.regenerate(wanted, author=author))

        # Takes as long as writing does, and nothing is to be missed meanwhile.
        task = asyncio.create_task(regenerate())
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    def _last_of_ours(self, message: Message) -> str:
        """The message that is replied to, else the last of ours in that place."""
        if parent := reading.parent_of(message):
            return reading.id_of(parent)
        said = self._recent.before(reading.place(message), reading.id_of(message))
        return next((each.message_id for each in reversed(said) if each.ours), "")

    async def _type(self, heard: Heard, over: asyncio.Event) -> None:
        chat, thread = sending.target(heard)
        with suppress(TelegramError):
            while not over.is_set() and (bot := self._bot):
                await bot.send_chat_action(chat, ChatAction.TYPING, message_thread_id=thread)
                with suppress(TimeoutError):
                    await asyncio.wait_for(over.wait(), _TYPING_SECONDS)
