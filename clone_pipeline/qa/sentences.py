"""A chunk's text as sentences, and those among them that can be asked about alone."""

import re
from collections.abc import Callable, Sequence

from clone_pipeline.qa import wording

_CODE = re.compile(r"^[ \t]*(`{3,}|~{3,}).*?(?:^[ \t]*\1[ \t]*$|\Z)", re.M | re.S)
_NOT_PROSE = re.compile(r"^[ \t]*(?:#|\||:::|---+|===+|!\[|<|\$ |>>>).*$", re.M)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)")
_BULLET = re.compile(r"^[ \t]*(?:[-*>+•]|\d{1,3}[.)])[ \t]+", re.M)
_HEADING = re.compile(r"^([^\n]{1,60}[^\s.,;:!?-])\n(?=[A-Z])", re.M)
_BLANK = re.compile(r"\n[ \t]*\n\s*")
_END = re.compile(r"(?<=[.!?])[\"”’)]?\s+(?=[A-Z\"“(])")
_ABBREVIATED = re.compile(
    r"\b(?:[A-Z]|Mr|Mrs|Ms|Dr|St|No|vs|etc|e\.g|i\.e|approx|fig|Fig|ca|cf)\.$"
)

# A sentence that begins so, or holds such a word, needs what stands before it.
_LEANS = re.compile(
    r"^(?:It|This|These|Those|They|He|She|That|Such|But|And|So|Then|Also|Or|Here|There|Its|Their"
    r"|His|Her|Which|Both|Another|One|Some|Others?|Additionally|However|Therefore|Otherwise"
    r"|Finally|First|Second|Next|Instead|Likewise|Moreover|Furthermore|Still|Yet|Too|Even|Maybe"
    r"|Learn|See|Please|Note|Neither|Nobody|Nothing|Everyone|Everything|Later|Afterwards)\b"
    r"|\b(?:[Hh]ere|above|[Bb]elow|following|this|these|those|aforementioned|former|latter)\b"
    r"|^[^,]*\b(?:it|they|he|she|him|them)\b|\b(?:I|[Mm]e|[Mm]y|mine|[Ww]e|us|[Oo]urs?)\b"
)
_NO_SENTENCE = re.compile(r"\s[-–—]+\s|https?:|www\.|\?|[{}<>|\\=~*#]|\.\.\.|…|:$")
_WHOLE = re.compile(r"[A-Z0-9].*[a-z0-9)\"”][.!][\"”’)]?\Z", re.S)

MIN_CHARS, MAX_CHARS, MIN_WORDS = 20, 240, 5


def prose(text: str) -> list[str]:
    """The paragraphs and list items of Markdown or plain text, without code, tables and marks."""
    text = _NOT_PROSE.sub("\n", _CODE.sub("\n\n", text))
    text = _HEADING.sub(r"\1\n\n", _BULLET.sub("\n", _LINK.sub(r"\1", text)))
    text = re.sub(r"[*_]{1,3}(?=\S)([^*_\n]+)(?<=\S)[*_]{1,3}", r"\1", text).replace("`", "")
    return [" ".join(part.split()) for part in _BLANK.split(text) if part.strip()]


def sentences(text: str) -> list[str]:
    """The sentences of a text's prose, in reading order."""
    found: list[str] = []
    for paragraph in prose(text):
        parts = _END.split(paragraph)
        joined = [parts[0]]
        for part in parts[1:]:
            if _ABBREVIATED.search(joined[-1]):
                joined[-1] += f" {part}"
            else:
                joined.append(part)
        found.extend(joined)
    return found


def stands_alone(sentence: str) -> bool:
    """Whether a sentence is whole, of fair length, and leans on nothing that stands before it."""
    return (
        MIN_CHARS <= len(sentence) <= MAX_CHARS
        and bool(_WHOLE.match(sentence))
        and not _LEANS.search(sentence)
        and not _NO_SENTENCE.search(sentence)
        and len(wording.words(sentence)) >= MIN_WORDS
        and sentence.count("(") == sentence.count(")")
        and sentence.count('"') % 2 == 0
    )


def informative(text: str, *, limit: int, fit: Callable[[str], bool]) -> list[str]:
    """At most `limit` sentences of `text` to ask about: the most informative, in reading order.

    Content words, names and numbers count; of sentences that say nearly the same, one is taken.

    Args:
        text: a chunk's.
        limit: most sentences.
        fit: whether anything can be asked about a sentence.
    """
    found = list(dict.fromkeys(s for s in sentences(text) if stands_alone(s) and fit(s)))
    ranked = sorted(range(len(found)), key=lambda place: (-_weight(found[place]), place))
    chosen: list[int] = []
    for place in ranked:
        if len(chosen) < limit and not _told(found[place], [found[i] for i in chosen]):
            chosen.append(place)
    return [found[place] for place in sorted(chosen)]


def _weight(sentence: str) -> float:
    words = wording.words(sentence)
    names = sum(word[0].isupper() for word in words[1:])
    numbers = sum(word[0].isdigit() for word in words)
    defines = bool(
        re.match(r"(?:The |An? )?[\w' -]{2,40} (?:is|are|means) (?:an? |the )", sentence)
    )
    return min(len(wording.content(sentence)), 14) + names + 1.5 * numbers + 3 * defines


def _told(sentence: str, others: Sequence[str]) -> bool:
    return any(wording.likeness(sentence, other) >= 0.6 for other in others)
