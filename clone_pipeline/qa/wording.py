"""Words of a sentence: which carry meaning, how they are compared, which forms they can take."""

import re
from collections.abc import Iterator

_WORD = re.compile(r"[$€£]?\w+(?:[-.:/@'’,&+][\w]+)*(?:[%+#]|°C?)?")


def word_set(listed: str) -> frozenset[str]:
    """The words of a list written with blanks between them."""
    return frozenset(listed.split())


FUNCTION = word_set(
    """
    a about after again all also although am an and any are as at be because been before being
    between both but by can could did do does doing done during each either else ever every few for
    from further had has have having he her here hers him his how i if in into is it its itself just
    like long many may me might mine more most much must my near need no nor not of off often on
    once one only onto or other our ours out over own per rather same shall she should since so some
    such than that the their theirs them then there these they this those through to too under until
    up upon us very via was we were what when where which while who whom whose why will with within
    without would you your yours happen happens mean means use used
    """
)

IRREGULAR = {
    "began": "begin", "bent": "bend", "bought": "buy", "broke": "break", "brought": "bring",
    "built": "build", "came": "come", "caught": "catch", "chose": "choose", "chosen": "choose",
    "cost": "cost", "drew": "draw", "drove": "drive", "fed": "feed", "fell": "fall", "felt": "feel",
    "flew": "fly", "found": "find", "gave": "give", "given": "give", "goes": "go", "got": "get",
    "grew": "grow", "grown": "grow", "held": "hold", "hung": "hang", "kept": "keep", "knew": "know",
    "known": "know", "led": "lead", "left": "leave", "lost": "lose", "made": "make", "met": "meet",
    "paid": "pay", "ran": "run", "rose": "rise", "said": "say", "sent": "send", "shown": "show",
    "slept": "sleep", "sold": "sell", "spent": "spend", "spoke": "speak", "stood": "stand",
    "taken": "take", "taught": "teach", "thought": "think", "told": "tell", "took": "take",
    "went": "go", "won": "win", "written": "write", "wrote": "write",
}  # fmt: skip


def words(text: str) -> list[str]:
    """The words of `text`; numbers, names with dots or hyphens and percentages are one word."""
    return _WORD.findall(text)


def stem(word: str) -> str:
    """A rough common form of a word's inflections; only good for comparing."""
    low = word.casefold().removesuffix("'s").removesuffix("’s")
    low = IRREGULAR.get(low, low)
    for ending in ("ingly", "edly", "ing", "ied", "ies", "ed", "es", "ly", "s", "e"):
        if low.endswith(ending) and len(low) - len(ending) >= 3 and not low.endswith("ss"):
            low = low[: -len(ending)] + ("y" if ending in ("ied", "ies") else "")
            break
    return low[:-1] if len(low) > 3 and low[-1] == low[-2] and low[-1] not in "sle" else low


def content(text: str) -> set[str]:
    """The stems of the words that carry meaning: all but function words."""
    return {stem(word) for word in words(text) if word.casefold() not in FUNCTION}


def likeness(one: str, other: str) -> float:
    """Shared share of two texts' content, 0 to 1 (Jaccard)."""
    a, b = content(one), content(other)
    return len(a & b) / len(a | b) if a | b else 1.0


def base_forms(word: str) -> Iterator[str]:
    """What the dictionary form of an inflected word may be; some of it may be no word."""
    if word in IRREGULAR:
        yield IRREGULAR[word]
    for ending, puts in (
        ("ies", ("y",)), ("ied", ("y",)), ("es", ("", "e")), ("s", ("",)),
        ("ed", ("", "e")), ("ing", ("", "e")),
    ):  # fmt: skip
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            root = word[: -len(ending)]
            if ending in ("ed", "ing") and root[-1] == root[-2]:
                yield root[:-1]
            yield from (root + put for put in puts)
            return
