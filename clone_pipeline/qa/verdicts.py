"""Replies of judges, read exactly; what can't be read says why.

The words are Verustoolkit's: RELEVANT / IRRELEVANT and ACCURATE / INACCURATE in the reasoning,
normally at its end; and Augmentoolkit's Suitable / Not suitable.
"""

import re
from typing import Literal

from clone_pipeline.qa import marks

VerdictRefusal = Literal["empty", "cut_off", "no_verdict", "two_verdicts"]

_NEGATED = re.compile(r"(?:\bnot|n't|\bneither|\bnor|\bnever)[:：]?\s+(?:\w+\s+)?[\"'*_]*$", re.I)
_HEDGED = re.compile(r"\b(?:mostly|partially|partly|somewhat|not fully|not entirely)\s+\W*$", re.I)
_LED_IN = re.compile(r"(?:[:：|=]|\bis|\bas|\bit|\bjudge?ment|\bverdict)[\s\"'`*_(\[>|-]*$", re.I)
_CONCLUDED = re.compile(
    r"(?:[:：|=]|\b(?:judge?ment|verdict|determination) is)[\s\"'`*_(\[>|-]*$", re.I
)
# "IN-ACCURATE" is one word.
_HALVED = re.compile(r"\b(IN|IR|UN)(?:[-‐‑\u00ad]|\*\*)(?=(?:ACCURATE|RELEVANT|SUITABLE)\b)", re.I)
_SLASH = r"[*_`]*[^\S\n]*[/|][^\S\n]*[*_`]*"
_LISTED = re.compile(r"[^\S\n]*(?:[-*+•|]|\d{1,2}[.)])(?!\*)")
_OVERALL = re.compile(r"final|overall|verdict|judge?ment|conclu|result|answer|determin", re.I)
_DENYING = re.compile(r"\b(?:not|neither|nor|never)\b|n't\b", re.I)
_NOT_SUITABLE = re.compile(r"\bNOT[\s_*-]+SUITABLE\b", re.I)


def parse_verdict(
    text: str, *, positive: str, negative: str, cut_off: bool = False
) -> bool | VerdictRefusal:
    """The verdict of a judge's reply: True for `positive`, False for `negative`, else why neither.

    A verdict is a whole word. A last line that holds it alone, or after a label and a colon,
    decides. Else it is a word in capitals; other case counts only as the very last word of the
    reply after a colon. A choice that is only named ("RELEVANT or IRRELEVANT") and a denied word
    ("not RELEVANT") count as none; "mostly ACCURATE" is not accurate. If both words are there, the
    last decides if it is led in ("The answer is: ACCURATE"), but not if both are items of one list.
    What a reasoning model thought before doesn't count.

    Args:
        text: the reply.
        positive: upper case, such as "RELEVANT".
        negative: upper case, such as "IRRELEVANT".
        cut_off: the reply ended at its token limit: what it would have concluded is not known.
    """
    text = marks.said(text)
    if cut_off or not text.strip():
        return "cut_off" if cut_off else "empty"
    either = rf"\b(?:{positive}|{negative})\b"
    text = re.sub(rf"{either}{_SLASH}{either}", " ", _HALVED.sub(r"\1", text))
    if (alone := _last_lines(text, positive, negative)) is not None:
        return alone
    named = re.compile(rf"{either}\W{{1,4}}(?:or|and|nor|versus|vs\.?)\W{{1,4}}{either}", re.I)
    plain = named.sub(" ", text)
    found = [m for m in re.finditer(either, plain) if not _NEGATED.search(_before(m))]
    if not found:
        return _last_word(plain, positive, negative)
    last = found[-1]
    both = {m[0] for m in found} == {positive, negative}
    if both and not _LED_IN.search(_before(last)):
        return "two_verdicts"
    return last[0] == positive and not _HEDGED.search(_before(last))


def parse_suitable(text: str, *, cut_off: bool = False) -> bool | VerdictRefusal:
    """Whether a reply calls a text SUITABLE (True) or NOT SUITABLE (False), else why neither.

    "Not suitable" and "unsuitable" are read too, as `parse_verdict` reads other case.

    Args:
        text: the reply.
        cut_off: the reply ended at its token limit.
    """
    joined = _NOT_SUITABLE.sub(
        lambda found: "UNSUITABLE" if found[0].isupper() else "unsuitable", text
    )
    return parse_verdict(joined, positive="SUITABLE", negative="UNSUITABLE", cut_off=cut_off)


def _last_lines(text: str, positive: str, negative: str) -> bool | VerdictRefusal | None:
    """The verdict that the last line holds alone or after a label, in any case; None if none."""
    word = rf"({positive}|{negative})(?:</\w+>|[\W_])*\Z"
    labelled = re.compile(rf"[\W_]*(?:(?:<\w+>)|([^:：|=\n]{{0,40}}[:：|=])[\W_]*)?{word}", re.I)
    lines = [line for line in text.splitlines() if re.search(r"\w", re.sub(r"</?\w+>", "", line))]
    last = labelled.match(lines[-1]) if lines and len(lines[-1]) <= 200 else None
    if last is None or (last[1] and _DENYING.search(last[1])):
        return None
    before = labelled.match(lines[-2]) if len(lines) > 1 and len(lines[-2]) <= 200 else None
    if before and before[2].upper() != last[2].upper() and _of_one_rank(before, last):
        return "two_verdicts"
    return bool(last[2].upper() == positive)


def _of_one_rank(before: re.Match[str], last: re.Match[str]) -> bool:
    """Whether two lines with verdicts are both bare, or both items of a list, none of them last."""
    if not before[1] or not last[1]:
        return not before[1] and not last[1]
    listed = _LISTED.match(before[0]) and _LISTED.match(last[0])
    return bool(listed) and not _OVERALL.search(last[1])


def _last_word(text: str, positive: str, negative: str) -> bool | VerdictRefusal:
    word = re.search(r"(\w+)\W*\Z", text[-200:])
    if word is None or word[1].upper() not in (positive, negative):
        return "no_verdict"
    before = _before(word)
    if _NEGATED.search(before) or not _CONCLUDED.search(before):
        return "no_verdict"
    return word[1].upper() == positive and not _HEDGED.search(before)


def _before(found: re.Match[str]) -> str:
    """The characters before a match that can tell how it is meant."""
    return found.string[max(0, found.start() - 80) : found.start()]
