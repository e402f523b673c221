"""What Discord's refusals mean for a message that is to be sent."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import discord

from clone_pipeline.bots.connector import Gone, Refused, TryLater

log = logging.getLogger("clone_pipeline.bots.platforms.discord")

_UNREACHABLE_SECONDS = 30.0
_UNAVAILABLE_SECONDS = 60.0
_BANNED_SECONDS = 600.0  # by Cloudflare, which says nothing of how long
_TOKEN_SECONDS = 300.0
# discord.com/developers/docs/topics/opcodes-and-status-codes: unknown message, archived thread
_GONE_CODES = frozenset({10008, 50083})


@contextmanager
def told() -> Iterator[None]:
    """Turn discord.py's exceptions into the connector's; those that tell nothing stay."""
    try:
        yield
    except discord.RateLimited as error:
        raise TryLater("Discord's rate limit", seconds=error.retry_after) from None
    except discord.HTTPException as error:
        raise outcome(error) from None
    except aiohttp.ClientConnectorError as error:
        raise TryLater("Discord can't be reached", seconds=_UNREACHABLE_SECONDS) from error


def outcome(error: discord.HTTPException) -> Exception:
    """What became of the request; `error` itself where it may or may not have been done."""
    said = f"Discord says {error.status} {error.text} ({error.code})"[:300]
    if error.status == 429:
        return TryLater("Discord's rate limit", seconds=_retry_after(error))
    if error.status == 401:
        return TryLater("Discord refuses the bot's token", seconds=_TOKEN_SECONDS)
    if error.status == 503:
        return TryLater("Discord is unavailable", seconds=_UNAVAILABLE_SECONDS)
    if error.status == 403 and not error.code:  # a page, not Discord's own answer
        return TryLater("Discord's network refuses this address", seconds=_BANNED_SECONDS)
    if error.status >= 500:
        return error
    if error.status in (403, 404) or error.code in _GONE_CODES:
        return Gone(said)
    # "In message_reference: Unknown message": what is to be answered was deleted.
    return Gone(said) if "In message_reference" in error.text else Refused(said)


def _retry_after(error: discord.HTTPException) -> float:
    given = error.response.headers.get("Retry-After", "")
    return float(given) if given.replace(".", "", 1).isdigit() else _UNAVAILABLE_SECONDS
