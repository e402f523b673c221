"""What people say to a bot that is no conversation: to be left alone, and orders of operators."""

import re
from collections.abc import Sequence

from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.limits import plain

ORDERS = ("pause", "resume", "status", "forget", "regenerate")

# The whole message, but for mentions, courtesy and punctuation.
_STOP = re.compile(
    r"(?:please )?(?:stop|unsubscribe|go away|shut up|leave me alone|stop it|stop (?:writing|"
    r"replying|responding|talking|messaging|answering)(?: (?:to )?me)?|opt out|"
    r"do(?:n't| not) (?:reply|respond|talk|write|answer)(?: to)? me)(?: please| bot| now)?"
)
_ADDRESS = re.compile(r"<@[!&]?\d+>|(?:/?u/|@)[\w:.-]+|https?://\S+")
_NO_WORD = re.compile(r"[^\w' ]+")
_ORDER = re.compile(r"!(\w+)(?:\s+(\S.*))?", re.DOTALL)


def asks_to_stop(heard: Heard, *, names: Sequence[str] = ()) -> bool:
    """Whether its author tells this bot to stop: said to it, and nothing else.

    Args:
        heard: a message of somebody else's.
        names: what the bot is called, which may stand before or after.
    """
    if not (heard.to_us or heard.parent_is_ours or heard.kind == "direct"):
        return False
    bare = _ADDRESS.sub(" ", heard.text.replace("’", "'")).casefold()
    bare = " ".join(_NO_WORD.sub(" ", bare).split())
    for name in sorted(names, key=len, reverse=True):
        bare = " ".join(re.sub(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", " ", bare).split())
    return _STOP.fullmatch(bare) is not None


def order_in(heard: Heard, *, operators: Sequence[str]) -> str:
    """The order that an operator gives in a message to the bot ("pause"), "" if it is none.

    An order begins with an exclamation mark, after mentions: `!forget 80605`.
    """
    if not (heard.to_us or heard.parent_is_ours or heard.kind == "direct"):
        return ""
    if not is_operator(heard.author, operators):
        return ""
    found = _ORDER.fullmatch(_ADDRESS.sub(" ", heard.text, count=1).strip())
    found = found or _ORDER.fullmatch(heard.text.strip())
    if not found or found[1].casefold() not in ORDERS:
        return ""
    return " ".join(filter(None, (found[1].casefold(), (found[2] or "").strip())))


def is_operator(author: str, operators: Sequence[str]) -> bool:
    """Whether orders of this id or name are obeyed."""
    return plain(author) in {plain(name) for name in operators}
