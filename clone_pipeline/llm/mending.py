"""What an endpoint does not take, and the same request without it."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

_OPENAI_STOPS = 4  # https://platform.openai.com/docs/api-reference/chat, `stop`
_STOP_LIMITS = {
    "api.openai.com": _OPENAI_STOPS,
    "openai.azure.com": _OPENAI_STOPS,
    "api.groq.com": 4,  # https://console.groq.com/docs/api-reference#chat-create
}
_ABOUT_STOP = re.compile(
    r"(?<![a-z])stop(?:s|_sequences?| sequences?| words?| tokens?)?(?![a-z_])", re.I
)
_SMALL_NUMBER = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_ABOUT_CHOICES = re.compile(r"""["'`]n["'`]|\bn must\b|\bchoices?\b|\bbest_of\b""", re.I)


def known_stop_limit(base_url: str) -> int | None:
    """How many stop texts an endpoint takes, where its documentation says so."""
    host = (urlsplit(base_url).hostname or "").lower()
    for name, limit in _STOP_LIMITS.items():
        if host == name or host.endswith(f".{name}"):
            return limit
    return None


def fewer_stops(status: int | None, found: str, *, sent: int) -> int | None:
    """How many stop texts to send after a refusal; None if it was not about them.

    Args:
        status: of the reply.
        found: its body, such as "Invalid 'stop': array too long. Expected an array with maximum
            length 4, but got an array with length 9 instead."
        sent: how many were sent.
    """
    if status not in (400, 422) or sent == 0 or not _ABOUT_STOP.search(found):
        return None
    numbers = [int(number) for number in _SMALL_NUMBER.findall(found)]
    named = [number for number in numbers if 0 < number < sent]
    if named:
        return named[0]
    return _OPENAI_STOPS if sent > _OPENAI_STOPS else 0


def mended(
    body: Mapping[str, Any], *, stop: str, status: int | None, found: str
) -> dict[str, Any] | None:
    """The body without what was refused; None if nothing can be left out.

    Args:
        body: as it was sent.
        stop: its key for stop texts.
        status: of the reply.
        found: its body.
    """
    if status not in (400, 422):
        return None
    if "stream_options" in body and "stream_options" in found:
        return {key: value for key, value in body.items() if key != "stream_options"}
    limit = fewer_stops(status, found, sent=len(body.get(stop, ())))
    if limit is None:
        return None
    rest = {key: value for key, value in body.items() if key != stop}
    return rest | {stop: body[stop][:limit]} if limit else rest


def is_about_choices(status: int | None, found: str) -> bool:
    """Whether a refusal of `n` says itself that several choices are not to be had."""
    return status in (400, 422, 501) or bool(_ABOUT_CHOICES.search(found))
