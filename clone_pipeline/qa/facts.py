"""A text's facts: the sentences, list items and table rows that say something."""

import re
from functools import lru_cache

from clone_pipeline.qa import sentences, wording
from clone_pipeline.retrieval.terms import terms

LEAST_TERMS = 3
SIGNS = 0.2  # most characters that are ASCII signs; a line with more is code
_STEM_LETTERS = 8

_TABLE = re.compile(r"^[ \t]*\|(.*\w.*?)\|?[ \t]*$", re.M)
_HEADER = re.compile(r"^[ \t]*\|[^\n]*\n(?=[ \t]*\|?[ \t]*:?-{3,})", re.M)
_SIGN = re.compile(r"[!-/:-@\[-`{-~]")
_URL = re.compile(r"<?\b(?:https?://|www\.)\S+")
_END = re.compile(r"(?<=[.!?…])[\"”’»)*_]{0,3}\s+|(?<=[。！？।])")
_ABBREVIATED = re.compile(
    r"(?:\b(?:[^\W\d]|Mr|Mrs|Ms|Dr|St|No|Nr|vs|etc|e\.g|i\.e|z\.B|bzw|[Aa]pprox|[Ff]ig|ca|cf)"
    r"|^\d{1,3})\.$"
)


def facts(text: str) -> list[str]:
    """The facts of a text, in reading order, each once.

    A fact is a sentence, list item or table row with at least `LEAST_TERMS` different words that
    carry meaning. Headings, code, questions, bare links and what ends in a colon are none.

    Args:
        text: Markdown or plain, any language; sentences end in a full stop of any script.
    """
    rows = _TABLE.sub(lambda row: "\n- " + row[1].replace("|", ", "), _HEADER.sub("", text))
    found = (part for paragraph in sentences.prose(rows) for part in _sentences(paragraph))
    return [fact for fact in dict.fromkeys(found) if _says_something(fact)]


def content(text: str) -> frozenset[str]:
    """The words of `text` that carry meaning, in a rough common form of their inflections."""
    return frozenset(form for word in terms(text) if (form := _form(word)))


@lru_cache(maxsize=200_000)
def _form(word: str) -> str:
    """A word's common form; empty for words that only hold a sentence together."""
    if word.casefold() in wording.FUNCTION:
        return ""
    if word.isalpha():
        return wording.stem(word)[:_STEM_LETTERS]
    return word.casefold().replace("_", "")  # `prose` takes them for emphasis


def _sentences(paragraph: str) -> list[str]:
    found: list[str] = []
    ended = _END.sub(lambda end: f"{end[0].rstrip()}\n", _URL.sub("", paragraph))
    for part in ended.splitlines():
        if found and (part[:1].islower() or _ABBREVIATED.search(found[-1])):
            found[-1] += f" {part}"
        else:
            found.append(part.strip())
    return found


def _says_something(fact: str) -> bool:
    if fact.endswith((":", "?", "：", "？")):
        return False
    return len(_SIGN.findall(fact)) <= SIGNS * len(fact) and len(content(fact)) >= LEAST_TERMS
