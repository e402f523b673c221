"""What a finder of personal data is: a cheap gate, a pattern, a judgement of what it matched."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Literal, NamedTuple

from clone_pipeline.chats.personal_data.hints import AT, DIGITS, LINK, LONG
from clone_pipeline.chats.regions import Regions

MaskKind = Literal[
    "KEY", "EMAIL", "IBAN", "CARD", "WALLET", "MAC", "IP", "ID", "ACCOUNT", "PHONE", "ADDRESS",
]  # fmt: skip

# Characters `start` to `end` of a text.
Span = tuple[int, int]
Check = Callable[[re.Match[str], Regions], Span | None]


# So far back words are looked at that say what a number is, in characters.
REACH = 48
# So many letters and signs an address or a URL's user and password have before the first @.
BEFORE_AT = 200
# So many letters and signs may stand before the digits of a number: the country of an IBAN, a +.
BEFORE_DIGITS = 32


class Look:
    """A text with plain digits, and what several finders ask of it, found out once.

    Attributes:
        text: what is looked at.
        small: the same in small letters.
        digits: whether at least five digits stand close together.
        free: whether several of them begin by themselves, not in a word, a path or a tag.
        row: whether at least ten stand in a row, but for single signs between them.
        start: where a number with all those digits may begin.
    """

    __slots__ = ("_words", "digits", "free", "row", "small", "start", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.small = text.lower()
        first = _DIGITS(text)
        self.digits = first is not None
        self.start = max(0, first.start() - BEFORE_DIGITS) if first else 0
        self.free = self.digits and bool(_FREE(text, self.start))
        self.row = self.free and bool(_ROW(text, self.start))
        self._words: frozenset[str] | None = None

    @property
    def words_before(self) -> frozenset[str]:
        """The words, in small letters, that may say what its numbers are."""
        if self._words is None:
            self._words = frozenset(_WORD(self.small, max(0, self.start - REACH)))
        return self._words


Gate = Callable[[Look], object]


class Finder(NamedTuple):
    """Finds one kind; a text without its hints, or for which `gate` gives nothing, holds none.

    `pattern` has a boundary on its left and a bounded length, so that a search that goes on one
    character behind a refused match stays linear. `check` gives None to refuse, an empty span to
    go on behind it.
    """

    kind: MaskKind
    hints: int
    gate: Gate
    pattern: re.Pattern[str]
    check: Check

    def find(self, look: Look, regions: Regions) -> Iterator[Span]:
        """The places of the kind's data in a text that its gate let in, in order."""
        place = look.start if self.hints & ~(LONG | LINK) == DIGITS else 0
        if self.hints == AT:
            place = max(0, look.text.find("@") - BEFORE_AT)
        while match := self.pattern.search(look.text, place):
            span = self.check(match, regions)
            if span is None:
                place = match.start() + 1
                continue
            if span[0] < span[1]:
                yield span
            place = span[1]


# Letters of scripts that put spaces between words, digits and _: what makes a number longer. A
# Chinese or a Japanese word may stand right before a number.
_WORDLIKE = r"0-9A-Za-z_\u00c0-\u058f"


def compiled(pattern: str) -> re.Pattern[str]:
    r"""The pattern, where `\w` means letters of scripts with spaces between words."""
    return re.compile(
        pattern.replace(r"[\w", f"[{_WORDLIKE}").replace(r"\w", f"[{_WORDLIKE}]"), re.ASCII
    )


def listed(words: str) -> tuple[str, ...]:
    """The words of a text, in its order."""
    return tuple(words.split())


def whole(match: re.Match[str], _regions: Regions) -> Span:
    """All that matched."""
    return match.span()


def value(match: re.Match[str], _regions: Regions) -> Span:
    """The group `value` of what matched."""
    return match.span("value")


def digits_of(text: str) -> str:
    """The digits of a text, in a row."""
    return _NO_DIGITS.sub("", text)


def compact(text: str) -> str:
    """The letters and digits of a text, in capitals."""
    return "".join(letter for letter in text if letter.isalnum()).upper()


def many_digits(look: Look) -> bool:
    """The gate of numbers."""
    return look.digits


def free_digits(look: Look) -> bool:
    """The gate of numbers that stand by themselves."""
    return look.free


def digits_in_a_row(look: Look) -> bool:
    """The gate of cards and the like."""
    return look.row


def long_word(look: Look) -> object:
    """The gate of keys and wallets."""
    return _LONG(look.text)


def any_of(stems: str) -> Gate:
    """A gate for texts that hold one of the stems, in small letters or capitals."""
    listed = stems.split()

    def gate(look: Look) -> bool:
        small = look.small
        return any(stem in small for stem in listed)

    return gate


def any_word(words: Iterable[str], *, but: Collection[str] = (), parts: str = "") -> Gate:
    """A gate for texts with digits and a word of the phrases, or a part of another script.

    Args:
        words: words and phrases, in small letters.
        but: words of phrases that are not enough.
        parts: letters of other scripts.
    """
    single = frozenset(word for phrase in words for word in phrase.split()).difference(but)

    def gate(look: Look) -> bool:
        if not look.digits:
            return False
        return not single.isdisjoint(look.words_before) or (
            not look.text.isascii() and any(part in look.text for part in parts)
        )

    return gate


# Not those of ids such as Discord's in <@!806051234567890123>.
_DIGITS = re.compile(
    r"(?<![0-9!#&])[0-9](?:(?:[^0-9\n]{0,3}[0-9]){5}|(?:[^0-9\n]?[0-9]){4})"
).search
_FREE = compiled(r"[0-9](?<![\w/#@<!&].)(?:[ .\-/()]{0,3}[0-9]){4}").search
_ROW = re.compile(r"[0-9](?:[ \-+][0-9]|[0-9]){9}").search
_NO_DIGITS = re.compile(r"[^0-9]+")
_LONG = re.compile(r"[A-Za-z0-9_\-]{15}").search
_WORD = re.compile(r"[^\W\d_]+").findall
