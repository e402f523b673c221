"""The bare python-telegram-bot underneath: its Bot, what it raises, what it must not log."""

import json
import logging
import warnings
from contextlib import suppress
from typing import Any

import httpx
from telegram import Bot, Update
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from clone_pipeline.bots.connector import Gone, Refused, TryLater

log = logging.getLogger(__name__)

_AT_ONCE = 16
# What the library, which checks no types, raises where it meets a faulty message.
UNREADABLE = (
    TypeError, KeyError, IndexError, ValueError, AttributeError, OverflowError, OSError,
)  # fmt: skip
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
# From descriptions that the Bot API gives; there are no codes for them.
_GONE = (
    "replied not found", "reply not found", "chat not found", "thread not found", "topic_closed",
    "not enough rights", "have no rights", "need administrator rights", "chat_write_forbidden",
    "message to edit not found", "message_id_invalid", "user is deactivated", "topic_deleted",
)  # fmt: skip


class SoundRequest(HTTPXRequest):
    """An update that the library can't read becomes one with nothing in it but its number.

    Else a single faulty one would hide all others for ever: they are read as a whole.
    """

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """See BaseRequest.parse_json_payload."""
        try:
            answer = json.loads(payload.decode("utf-8", "replace"))
        except ValueError:
            raise TelegramError("Invalid server response") from None
        if not isinstance(answer, dict):
            raise TelegramError("Invalid server response")
        result = answer.get("result")
        if isinstance(result, list):
            answer["result"] = [_sound(each) for each in result if _number(each) is not None]
        return answer


def _number(update: Any) -> int | None:
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if isinstance(number, int) else None


def _sound(update: dict[str, Any]) -> dict[str, Any]:
    with suppress(*UNREADABLE):
        Update.de_json(update, None)
        return update
    log.warning("a message of Telegram's can't be read and is passed over")
    return {"update_id": update["update_id"]}


def make_bot(token: str, api_url: str | None) -> Bot:
    """A bot that is not connected yet."""
    for name in ("httpx", "httpcore", "telegram"):  # below that they log the token
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, logging.WARNING))
    sending = HTTPXRequest(connection_pool_size=_AT_ONCE, pool_timeout=30, read_timeout=20)
    polling = SoundRequest(connection_pool_size=2, read_timeout=10)
    if api_url is None:
        return Bot(token, request=sending, get_updates_request=polling)
    base = f"{api_url.rstrip('/')}/bot"
    return Bot(token, base_url=base, request=sending, get_updates_request=polling)


def told(error: TelegramError) -> Exception:
    """What a connector raises for what the library raised while it sent something.

    Time-outs and broken connections come back as they are: nobody knows whether it was sent. Of
    a connection that never stood, and of an answer that says no, the contrary is known.
    """
    what = error.message
    match error:
        case RetryAfter():
            return TryLater("Telegram asks to wait", seconds=seconds_of(error))
        case InvalidToken():
            return TryLater("Telegram does not take the token", seconds=60)
        case Forbidden():
            return Gone(what)
        case ChatMigrated():
            return Gone(f"the group is now the supergroup {error.new_chat_id}")
        case BadRequest():
            gone = any(words in what.casefold() for words in _GONE)
            return Gone(what) if gone else Refused(what)
        case NetworkError() if isinstance(error.__cause__, _NOT_SENT):
            return TryLater("Telegram can't be reached", seconds=10)
    return error


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    with warnings.catch_warnings():  # that it will become a timedelta one day: both are read
        warnings.simplefilter("ignore", DeprecationWarning)
        wait = error.retry_after
    return float(wait) if isinstance(wait, int) else wait.total_seconds()
