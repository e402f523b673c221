"""HotShotBot's prompts for a big model that was not tuned: a backstory, the thread, an open quote.

Each line is one that we write: what people said stands in it without double quotes and newlines,
so nobody can close the quote and begin another's.
"""

import re
from collections.abc import Sequence

from clone_pipeline.bots.transcript import Line
from clone_pipeline.bots.voices import VoiceSettings
from clone_pipeline.formats.defusing import defuse

_QUOTES = re.compile('["“”„‟«»＂〝〞]')
_NO_NAME = re.compile(r"[^\w-]+")


def prompt(
    lines: Sequence[Line], *, speaker: VoiceSettings, link: bool = False
) -> tuple[str, tuple[str, ...]]:
    r"""The prompt, which ends with an open quote, and the text that ends the reply.

    `Post by u/OP titled "T": "body"`, or `Image post by u/OP titled "T": A picture of ...`; then
    `Comment by u/X: "..."` for each message; then `Reply by u/BOT: "`, of a comment on a post
    `Comment by u/BOT: "`.

    Args:
        lines: oldest first.
        speaker: its backstory is the first line.
        link: what is answered is a link or an image.
    """
    me = _user(speaker.name)
    first = [" ".join(speaker.backstory.split())] if speaker.backstory.strip() else []
    shown = [_told(line, me, link=link and line is lines[-1]) for line in lines]
    begins = "Comment" if lines[-1].opening else "Reply"
    return "\n".join([*first, *shown, f'{begins} by u/{me}: "']), ('"',)


def harmless(text: str) -> str:
    """`text` in one line, double quotes of all kinds as single ones, template tokens apart."""
    return " ".join(_QUOTES.sub("'", defuse(text)).split())


def _told(line: Line, me: str, *, link: bool) -> str:
    by = me if line.ours else _user(line.called)
    if by == me and not line.ours:
        by += "_"
    pictured = " and ".join(harmless(each).rstrip(".") for each in line.pictured)
    text = harmless(line.text)
    if line.opening and (link or not text) and pictured:
        return f'Image post by u/{by} titled "{harmless(line.title)}": A picture of {pictured}.'
    text = f"{text} (A picture of {pictured}.)".strip() if pictured else text
    if line.opening:
        body = f': "{text}"' if text else ""
        return f'Post by u/{by} titled "{harmless(line.title)}"{body}'
    return f'Comment by u/{by}: "{text}"'


def _user(name: str) -> str:
    return _NO_NAME.sub("_", name).strip("_") or "someone"
