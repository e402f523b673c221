"""Quoted lines are somebody else's words: Discord's and Markdown's "> " and ">>> "."""

import re

from clone_pipeline.chats.rules.rule import closed

_LINE = re.compile(r"^> .*\n?", re.MULTILINE)
_REST = re.compile(r"^>>> ", re.MULTILINE)


def without_quotes(text: str) -> str:
    """The text less the lines that begin with "> " and all that follows a ">>> "."""
    if not text.startswith((">>> ", "> ")) and "\n>" not in text:
        return text
    rest = _REST.search(text)
    kept = _LINE.sub("", text[: rest.start()] if rest else text)
    return text if kept == text else closed(kept)
