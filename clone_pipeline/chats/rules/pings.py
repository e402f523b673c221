"""Messages that only call somebody, and those that call everybody."""

import re
from collections.abc import Collection, Sequence

from clone_pipeline.chats.rules.markup import MENTION
from clone_pipeline.chats.rules.rule import Drop

_EVERYBODY = re.compile(r"@(?:everyone|here)\b")


def pings(names: Collection[str]) -> Drop:
    """Messages that are nothing but calls: "@Ben", "@a @b", "<@123>".

    Args:
        names: shown names in lower case; with them a call may be of several words.
    """

    def places(texts: Sequence[str]) -> list[int]:
        some = [place for place, text in enumerate(texts) if text and text[0] in "@<"]
        return [place for place in some if _is_ping(texts[place], names)]

    return Drop("ping", places)


def pings_of_everybody() -> Drop:
    """Messages with @everyone or @here in them: notices, not talk."""

    def places(texts: Sequence[str]) -> list[int]:
        some = [n for n, text in enumerate(texts) if "@everyone" in text or "@here" in text]
        return [place for place in some if _EVERYBODY.search(texts[place])]

    return Drop("ping_of_everybody", places)


def _is_ping(text: str, names: Collection[str]) -> bool:
    if text[0] == "@" and _goes_on(text):
        return text[1:].lower() in names
    words = MENTION.sub("", text).split() if "<" in text else text.split()
    return all(len(word) > 1 and word[0] == "@" for word in words)


def _goes_on(text: str) -> bool:
    """Whether the second word is plainly no call; else the words must be counted."""
    space = text.find(" ")
    return space > 0 and text[space + 1] not in "@< \t\n"
