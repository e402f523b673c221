"""What a question asks, as far as words show it: what two questions must share to be the same."""

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from clone_pipeline.qa import wording
from clone_pipeline.retrieval.terms import UNSPACED, split

_RUN = re.compile(rf"[{UNSPACED}]+|[^\s{UNSPACED}]+")
_OUTER = string.punctuation.translate(str.maketrans("", "", "+-#$%@&*/<=>")) + "“”‘’«»„…¿¡。、？！"
_PLAIN = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_QUOTED = re.compile(r"(`+[^`]+`+|[\"“„][^\"“”„]+[\"”“])")
_INNER_CAPITAL = re.compile(r"\w[A-Z]")
_OPTION = re.compile(r"-+\w")  # a program's: -d is not -D

_EMPTY = frozenset({"a", "an", "the"})
_NUMBERS = {
    "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12",
}  # fmt: skip
_DENIALS = wording.word_set(
    """
    not no never none neither nor without cannot non nicht kein keine keinen keinem keiner nie ohne
    pas jamais sans aucun aucune sin nunca ningún ninguna não sem nunca senza mai не нет ни без
    """
)
_DENIAL = re.compile(r"n['’]t$", re.I)
_KINDS = {
    word: kind
    for kind, words in {
        "what": "what what's which qué que quoi quel quelle was welche welcher welches что какой",
        "who": "who whom who's whose wer wen wem qui quién кто",
        "when": "when wann quand cuándo когда",
        "where": "where wo wohin woher où dónde где куда",
        "why": "why warum wieso weshalb pourquoi почему зачем",
        "how": "how wie comment cómo как",
    }.items()
    for word in words.split()
}
_MEASURES = wording.word_set("long many much often far old big large fast soon")
# Of two opposites one is enough: a question with it is not like one without.
_OPPOSED = wording.word_set(
    """
    after before off out down enable disable minimum maximum least less buy sell import export
    receive close stop unlock remove last input output increase decrease lower disadvantage
    disadvantages risk risks encrypt decrypt upload download uninstall private
    """
)

Sort = Literal["word", "empty", "denial", "kind", "opposed", "literal"]
Named = Literal["always", "inside", "never"]  # "inside": unless a sentence begins with it


@dataclass(frozen=True, slots=True)
class Profile:
    """A question as it is compared.

    Attributes:
        text: as written, but for case, blanks and marks at its ends.
        key: numbers and code as written, in order, denials, what kind of question it is, and words
            such as "before" and "after": what must be equal.
        words: all words but articles, in a rough common form, in order, each once.
        named: those of them that are written like names, or quoted.
    """

    text: str
    key: tuple[str, ...]
    words: tuple[str, ...]
    named: frozenset[str]


def profile(question: str) -> Profile:
    """`question` as it is compared."""
    key: list[str] = []
    words: dict[str, bool] = {}
    kind, starts, previous = "", True, ""
    for token, quoted in _tokens(question):
        form, sort, named = _read(token)
        if sort == "kind":
            kind = kind or form
        elif previous in ("how", "wie") and form in _MEASURES and kind == "how":
            kind = f"how {form}"
        elif sort in ("denial", "opposed", "literal"):
            key.append(form)
        if sort != "empty" and form:
            is_name = quoted or named == "always" or (named == "inside" and not starts)
            words[form] = words.get(form, False) or is_name
        starts, previous = token[-1] in ".!?:", token.casefold()
    text = " ".join(question.casefold().split()).strip(_OUTER + " ")
    names = frozenset(word for word, is_name in words.items() if is_name)
    return Profile(text, (kind, *key), tuple(words), names)


def _tokens(question: str) -> Iterator[tuple[str, bool]]:
    """The words of a question, and whether each is quoted."""
    for place, piece in enumerate(_QUOTED.split(question)):
        for run in _RUN.findall(piece):
            for token in split(run):
                yield token, place % 2 == 1


@lru_cache(maxsize=200_000)
def _read(token: str) -> tuple[str, Sort, Named]:
    """A token's common form, what it is, and where it is a name."""
    bare = token.strip(_OUTER).removesuffix("'s").removesuffix("’s")
    low = bare.casefold()
    if not bare or low in _EMPTY:
        return low, "empty", "never"
    if low in _NUMBERS:
        return _NUMBERS[low], "literal", "never"
    if not _PLAIN.fullmatch(bare):
        if _unspaced(bare):
            return low, "word", "never"
        return bare if _OPTION.match(bare) else low, "literal", "never"
    if low in _DENIALS or _DENIAL.search(low):
        return "not", "denial", "never"
    if low in _KINDS:
        return _KINDS[low], "kind", "never"
    if low in _OPPOSED:
        return wording.stem(low), "opposed", "never"
    if _INNER_CAPITAL.search(bare):
        return wording.stem(low), "word", "always"
    inside = bare[0].isupper() and low not in ("i", "i'm")
    return wording.stem(low), "word", "inside" if inside else "never"


def _unspaced(text: str) -> bool:
    return bool(re.match(rf"[{UNSPACED}]", text))
