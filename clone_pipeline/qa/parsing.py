"""Replies of the question writer and of the judges, read exactly; what can't be read says why.

The formats are Verustoolkit's: `**QUESTION:**` / `**ANSWER:**` blocks; RELEVANT / IRRELEVANT and
ACCURATE / INACCURATE in the reasoning, normally at its end.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from clone_pipeline.qa import marks

PairRefusal = Literal["no_question", "no_answer", "empty", "cut_off", "stray_mark", "repeated"]
VerdictRefusal = Literal["empty", "cut_off", "no_verdict", "two_verdicts"]

# `**QUESTION 1:**`, `**_QMARK:**`, `**Answer**:` at a line's start, plain `QUESTION:` there too.
QA_MARK = re.compile(
    r"\*\*[ _]*(QUESTION|QMARK|ANSWER)[ ]*\#?\d*[ ]*(?::[ ]*\*\*|\*\*[ ]*:)"
    r"|^[ \t]*(?:\#+[ ]*)?\*\*[ _]*((?i:QUESTION|QMARK|ANSWER))[ ]*\#?\d*[ ]*"
    r"(?::[ ]*\*\*|\*\*[ ]*:|\*\*[ ]*$)"
    r"|^[ \t]*(?:\#+[ ]*)?(QUESTION|ANSWER)[ ]*\#?\d*[ ]*:",
    re.M,
)
_NEGATED = re.compile(r"(?:\bnot|n't|\bneither|\bnor|\bnever)\s+(?:\w+\s+)?[\"'*_]*$", re.I)
_HEDGED = re.compile(r"\b(?:mostly|partially|partly|somewhat|not fully|not entirely)\s+\W*$", re.I)
_LED_IN = re.compile(r"(?::|\bis|\bas|\bit|\bjudge?ment)[\s\"'`*_(\[-]*$", re.I)
_CONCLUDED = re.compile(r"(?::|\b(?:judge?ment|verdict|determination) is)[\s\"'`*_(\[-]*$", re.I)


@dataclass(frozen=True, slots=True)
class Written:
    """What a question writer's reply holds.

    Attributes:
        pairs: (question, answer), in reading order.
        refused: how many blocks were left out, by `PairRefusal`.
    """

    pairs: list[tuple[str, str]]
    refused: Counter[str] = field(default_factory=Counter)


def parse_pairs(text: str, *, cut_off: bool = False) -> Written:
    """The question and answer pairs of a reply.

    Args:
        text: the reply; blocks may be numbered, marks mistyped (`**_QMARK:**`), answers hold code.
        cut_off: the reply ended at its token limit, so its last block is not whole.
    """
    blocks = marks.split(text, QA_MARK)
    found = Written([])
    question: str | None = None
    for place, (kind, block) in enumerate(blocks):
        last = place == len(blocks) - 1
        if kind != "ANSWER":
            if question is not None:
                found.refused["no_answer"] += 1
            question = block
        elif question is None:
            found.refused["no_question"] += 1
        else:
            _take(found, question, block, cut_off=last and cut_off)
            question = None
    if question is not None:
        found.refused["cut_off" if cut_off else "no_answer"] += 1
    return found


def parse_verdict(
    text: str, *, positive: str, negative: str, cut_off: bool = False
) -> bool | VerdictRefusal:
    """The verdict of a judge's reply: True for `positive`, False for `negative`, else why neither.

    A verdict is a whole word in capitals. Other case counts only as the very last word of the
    reply after a colon; a choice that is only named ("RELEVANT or IRRELEVANT") and a denied word
    ("not RELEVANT") count as none; "mostly ACCURATE" is not accurate. If both words are there,
    the last decides if it is led in ("The answer is: ACCURATE").

    Args:
        text: the reply.
        positive: upper case, such as "RELEVANT".
        negative: upper case, such as "IRRELEVANT".
        cut_off: the reply ended at its token limit: what it would have concluded is not known.
    """
    if cut_off or not text.strip():
        return "cut_off" if text.strip() else "empty"
    either = rf"\b(?:{positive}|{negative})\b"
    named = re.compile(rf"{either}\W{{1,4}}(?:or|and|nor|versus|vs\.?)\W{{1,4}}{either}", re.I)
    plain = named.sub(" ", text)
    found = [m for m in re.finditer(either, plain) if not _NEGATED.search(plain[: m.start()])]
    if not found:
        return _last_word(plain, positive, negative)
    last = found[-1]
    both = {m[0] for m in found} == {positive, negative}
    if both and not _LED_IN.search(plain[: last.start()]):
        return "two_verdicts"
    return last[0] == positive and not _HEDGED.search(plain[: last.start()])


def _last_word(text: str, positive: str, negative: str) -> bool | VerdictRefusal:
    word = re.search(r"(\w+)\W*\Z", text)
    if word is None or word[1].upper() not in (positive, negative):
        return "no_verdict"
    before = text[: word.start()]
    if _NEGATED.search(before) or not _CONCLUDED.search(before):
        return "no_verdict"
    return word[1].upper() == positive and not _HEDGED.search(before)


def _take(found: Written, question: str, answer: str, *, cut_off: bool) -> None:
    if reason := _refusal(found, question, answer, cut_off):
        found.refused[reason] += 1
    else:
        found.pairs.append((question, answer))


def _refusal(found: Written, question: str, answer: str, cut_off: bool) -> PairRefusal | None:
    if not question or not answer:
        return "empty"
    if cut_off or marks.fence_left_open(answer):
        return "cut_off"
    if QA_MARK.search(question) or QA_MARK.search(answer):
        return "stray_mark"
    known = {q.casefold() for q, _ in found.pairs}
    return "repeated" if question.casefold() in known else None
