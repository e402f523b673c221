"""Blocks of code between three backticks are left out; `a word` between single ones stays."""

from clone_pipeline.chats.rules.rule import closed

_FENCE = "```"


def without_code_blocks(text: str) -> str:
    """The text less its code blocks; one that is never closed goes to the text's end."""
    if _FENCE not in text:
        return text
    return closed(" ".join(text.split(_FENCE)[::2]).replace("\n \n", "\n"))
