"""What people say to a bot that is no conversation: to be left alone, and orders of operators."""

import re
from collections.abc import Sequence

from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.limits import plain

FORGET_ME = "forget me"
ORDERS = ("pause", "resume", "status", "forget", "regenerate")

# The whole message, but for mentions, courtesy and punctuation.
_STOP = re.compile(
    r"(?:please )?(?:stop|unsubscribe|go away|shut up|leave me alone|stop it|stop (?:writing|"
    r"replying|responding|talking|messaging|answering)(?: (?:to )?me)?|opt out|"
    r"do(?:n't| not) (?:reply|respond|talk|write|answer)(?: to)? me)(?: please| bot| now)?"
)
_ADDRESS = re.compile(r"<@[!&]?\d+>|(?:/?u/|@)[\w:.-]+|https?://\S+")
_MENTION = re.compile(r"^<@[!&]?(\d+)>$")
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
    bare = _bare(_ADDRESS.sub(" ", heard.text))
    for name in sorted(map(_bare, names), key=len, reverse=True):
        bare = _bare(re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", bare)) if name else bare
    return _STOP.fullmatch(bare) is not None


def order_in(heard: Heard, *, operators: Sequence[str]) -> str:
    """The order that is given in a message to the bot ("pause"), "" if it is none.

    An order of an operator begins with an exclamation mark, after mentions: `!forget 80605`.
    Anybody may say "forget me".
    """
    if not (heard.to_us or heard.parent_is_ours or heard.kind == "direct"):
        return ""
    said, mark, order = heard.text.partition("!")
    before = _bare(_ADDRESS.sub(" ", said))
    if _bare(_ADDRESS.sub(" ", heard.text)) in (FORGET_ME, f"please {FORGET_ME}"):
        return FORGET_ME
    found = _ORDER.fullmatch(mark + order.strip()) if not before else None
    if not found or found[1].casefold() not in ORDERS or not is_operator(heard.author, operators):
        return ""
    whom = _MENTION.sub(r"\1", (found[2] or "").strip())
    return " ".join(filter(None, (found[1].casefold(), whom)))


def is_operator(author: str, operators: Sequence[str]) -> bool:
    """Whether orders of this id or name are obeyed."""
    return plain(author) in {plain(name) for name in operators}


def _bare(text: str) -> str:
    """Its words in lower case, without punctuation."""
    return " ".join(_NO_WORD.sub(" ", text.replace("’", "'").casefold()).split())
