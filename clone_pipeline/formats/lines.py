r"""Texts that stand in one line: each line feed as the two characters `\n`."""

from clone_pipeline.formats.defusing import defuse


def unforged(text: str) -> str:
    r"""`text` with a space inside every template token and every `\n` of two characters.

    What is left of such a `\n` is no line feed when the line is read back, nor was it one.
    """
    return defuse(text).replace("\\n", "\\ n")


def folded(text: str) -> str:
    r"""`text` in one line: each line feed as `\n`."""
    return text.replace("\n", "\\n")


def unfolded(line: str) -> str:
    """What `folded` made one line."""
    return line.replace("\\n", "\n")
