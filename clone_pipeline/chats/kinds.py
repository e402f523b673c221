"""What becomes of messages that are no plain text: images, voices, links, calls ..."""

from typing import Literal

from pydantic import Field

from clone_pipeline.settings import Settings

Policy = Literal["drop", "placeholder", "caption"]

# No person wrote them.
ALWAYS_DROPPED = ("system", "bot", "deleted")
# Their text is the message itself, not what the export says of it.
_AS_IS = ("link", "forward")

_TOLD = "drop, placeholder ([{0}]) or caption ({1})"
_SAID = "[{0}: what the export says]"


def _policy(kind: str) -> Policy:
    caption = "the text as it is" if kind in _AS_IS else _SAID.format(kind)
    chosen: Policy = Field("drop", description=_TOLD.format(kind, caption))
    return chosen


class KindSettings(Settings):
    """What becomes of messages of each kind but plain text."""

    image: Policy = _policy("image")
    video: Policy = _policy("video")
    voice: Policy = _policy("voice")
    sticker: Policy = _policy("sticker")
    file: Policy = _policy("file")
    location: Policy = _policy("location")
    link: Policy = _policy("link")
    call: Policy = _policy("call")
    forward: Policy = _policy("forward")


def shown(kind: str, text: str, policy: Policy) -> str:
    """The text by which a message of `kind` is kept; "" if it is dropped.

    Args:
        kind: one of `records.Kind` but text.
        text: what the export says of it, or the message of a link or a forward.
        policy: the kind's; nobody's kinds (system, bot, deleted) are dropped whatever it is.
    """
    if policy == "drop" or kind in ALWAYS_DROPPED:
        return ""
    said = text.strip()
    if policy == "placeholder" or not said:
        return f"[{kind}]"
    return said if kind in _AS_IS else f"[{kind}: {said}]"
