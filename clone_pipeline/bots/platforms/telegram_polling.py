"""Asking Telegram for what is new; an update is confirmed after its reader is done with it."""

import asyncio
import logging
from collections.abc import AsyncGenerator

from telegram import Bot, Update
from telegram.error import BadRequest, Conflict, InvalidToken, RetryAfter, TelegramError

from clone_pipeline.bots.platforms.telegram_wire import seconds_of

log = logging.getLogger(__name__)

POLL_SECONDS = 30
_MOST = 100  # updates that Telegram tells at once
_UNCONFIRMED_SECONDS = 2  # between two looks at what stays there
_PAUSES = (0.5, 1, 2, 4, 8, 15)  # between tries to ask again; then the connection counts as lost
_KINDS = [Update.MESSAGE, Update.EDITED_MESSAGE]


async def connect(bot: Bot, *, token_env: str) -> None:
    """Ask who the bot is.

    Raises:
        ConnectionRefusedError: the token in the variable `token_env` is not known.
        TelegramError: any other trouble.
    """
    try:
        await bot.initialize()
    except InvalidToken:  # its text holds the token
        fault = f"Telegram does not know the token in {token_env}: ask @BotFather for it"
        raise ConnectionRefusedError(fault) from None


async def updates(
    bot: Bot, *, token_env: str, confirm: bool = True
) -> AsyncGenerator[Update, None]:  # fmt: skip
    """Everything that is said, for ever.

    Telegram keeps an update for a day, until it is asked for those from a higher number on
    (https://core.telegram.org/bots/api#getupdates). That is done when the reader of this wants the
    one after it: whoever is killed before gets it again.

    Args:
        bot: connected.
        token_env: variable with its token, for errors.
        confirm: False: it is never done, so that all of it is told to the next who asks; more than
            Telegram tells at once is not heard then.

    Raises:
        ConnectionRefusedError: another program uses the token.
        TelegramError: the connection is lost.
    """
    if not confirm:
        async for update in _unconfirmed(bot, token_env):
            yield update
    following: int | None = None
    while True:
        batch, before = await _asked(bot, following, token_env), following
        for update in batch:
            yield update
            # Not the highest so far: after a quiet week Telegram counts on from anywhere.
            following = update.update_id + 1
        if batch and following == before:
            await asyncio.sleep(_PAUSES[0])


async def _unconfirmed(bot: Bot, token_env: str) -> AsyncGenerator[Update, None]:
    seen: set[int] = set()
    while True:
        batch = await _asked(bot, None, token_env)
        for update in batch:
            if update.update_id not in seen:
                seen.add(update.update_id)
                yield update
                if len(seen) == _MOST:
                    log.warning("Telegram tells no more than %d unconfirmed messages", _MOST)
        if batch:
            await asyncio.sleep(_UNCONFIRMED_SECONDS)


async def _asked(bot: Bot, following: int | None, token_env: str) -> tuple[Update, ...]:
    failures = 0
    while True:
        try:
            return await bot.get_updates(
                offset=following, timeout=POLL_SECONDS, allowed_updates=_KINDS
            )
        except Conflict as error:
            fault = f"the token in {token_env} is in use elsewhere: {error.message}"
            raise ConnectionRefusedError(fault) from None
        except RetryAfter as error:
            await asyncio.sleep(seconds_of(error))
        except TelegramError as error:
            if isinstance(error, BadRequest | InvalidToken) or failures == len(_PAUSES):
                raise
            await asyncio.sleep(_PAUSES[failures])
            failures += 1
