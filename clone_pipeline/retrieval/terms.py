"""The words of a text in any script, for counting and comparing."""

import re

# Scripts that write no blanks between words: Thai, Lao, Burmese, Khmer, kana, Han.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff"
)
# Vowel signs and accents that belong to a word though `\w` does not hold them.
_SIGNS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u0dff"
_LETTER = rf"(?![{UNSPACED}])[\w{_SIGNS}]"
_RUN = re.compile(rf"[{UNSPACED}]+|(?:{_LETTER})+(?:[-.:/@'’,&+](?:{_LETTER})+)*")
_IS_UNSPACED = re.compile(rf"[{UNSPACED}]")


def terms(text: str) -> list[str]:
    """The words of `text` as written, in order; where no blanks are written, every two letters.

    Numbers, and names held together by a dot, hyphen, slash, at sign, apostrophe, comma, ampersand
    or plus sign, are one word. Two letters stand for a word as in Lucene's CJK analysis.
    """
    return [term for run in _RUN.findall(text) for term in split(run)]


def split(run: str) -> list[str]:
    """A run of letters as its terms."""
    if len(run) > 2 and _IS_UNSPACED.match(run):
        return [run[place : place + 2] for place in range(len(run) - 1)]
    return [run]
