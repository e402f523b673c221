"""Every "@" is left out, so that a clone names people without pinging them."""

import re

from clone_pipeline.chats.rules.rule import closed

_INSIDE = re.compile(r"@(?<=\w@)(?=\w)")


def without_at_signs(text: str) -> str:
    """The text less every "@": a space in its place between letters, as in root@home."""
    if text.startswith("@") and "@" not in (found := text[1:]):
        return found
    return closed(_INSIDE.sub(" ", text).replace("@", ""))
