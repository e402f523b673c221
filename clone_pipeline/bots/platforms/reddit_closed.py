"""What a refusal of Reddit's says of a place: closed to the bot, or the bot refused as a whole."""

from typing import Any


def is_page(error: Any) -> bool:
    """A prawcore refusal came from Reddit's network, not from the API, which answers in JSON."""
    return "json" not in error.response.headers.get("content-type", "").lower()


def closed(error: Exception) -> bool:
    """Reddit does not show that place to the bot: private, banned, quarantined, or none."""
    from prawcore import exceptions as core  # noqa: PLC0415

    if isinstance(error, core.Forbidden | core.NotFound):
        return not is_page(error)
    return isinstance(error, core.Redirect | core.UnavailableForLegalReasons)
