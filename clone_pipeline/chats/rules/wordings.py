"""Messages that are left out for their words."""

import re
from collections.abc import Collection, Sequence

from clone_pipeline.chats import phrases
from clone_pipeline.chats.rules.rule import Drop

# Longer texts are no mere laughter, however often it is repeated.
_LONGEST = 40
# Scripts that are written without spaces: their words have no edges to be seen.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def non_responses(unsaid: Collection[str]) -> Drop:
    """Messages that are nothing but one of `unsaid`, however it is stretched: "LOOOL!!".

    Of a word that repeats itself ("hihi") the half alone ("hi", "hiii") is another word.
    """
    squeezed = phrases.squeezed
    words = {word.strip().lower() for word in unsaid}
    doubled = {word: squeezed(word) for word in words if squeezed(word) * 2 == word}
    plain = {squeezed(word) for word in words - doubled.keys()}
    whole = {half: word for word, half in doubled.items() if half not in plain}
    known = plain | whole.keys()
    letters = re.escape("".join(set("".join(known))))
    first = re.escape("".join({word[:1] for word in known}))
    of_these = re.compile(rf"[\W_]*[{first}][{letters}]*[\W_]*\Z", re.IGNORECASE).match

    def places(texts: Sequence[str]) -> list[int]:
        some = [n for n, text in enumerate(texts) if len(text) <= _LONGEST and of_these(text)]
        return [place for place in some if is_one(texts[place])]

    def is_one(text: str) -> bool:
        bare = squeezed(text)
        return bare in plain or (bare in whole and whole[bare] in text.lower())

    return Drop("non_response", places)


def welcomes() -> Drop:
    """Messages with "welcome" in them, and "welc" alone."""

    def places(texts: Sequence[str]) -> list[int]:
        lower = [text.lower() for text in texts]
        return [n for n, text in enumerate(lower) if "welcome" in text or text == "welc"]

    return Drop("welcome", places)


def with_words(words: Collection[str], *, reason: str) -> Drop:
    """Messages with one of `words` as whole words, in whatever case."""
    pattern = re.compile("|".join(map(_whole, sorted(words))), re.IGNORECASE)

    def places(texts: Sequence[str]) -> list[int]:
        return [place for place, text in enumerate(texts) if text and pattern.search(text)]

    return Drop(reason, places)


def _whole(word: str) -> str:
    literal = r"\s+".join(re.escape(part) for part in word.split())
    before = "" if _UNSPACED.match(word[0]) else r"(?<!\w)"
    after = "" if _UNSPACED.match(word[-1]) else r"(?!\w)"
    return f"{before}{literal}{after}"
