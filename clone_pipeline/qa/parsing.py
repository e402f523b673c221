"""Replies of those who write pairs and corrections, read exactly; what can't be read says why.

The format of pairs is Verustoolkit's: `**QUESTION:**` / `**ANSWER:**` blocks.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from clone_pipeline.qa import marks, otherwise
from clone_pipeline.qa.verdicts import VerdictRefusal, parse_suitable, parse_verdict

__all__ = [
    "QA_MARK",
    "CorrectionRefusal",
    "PairRefusal",
    "VerdictRefusal",
    "Written",
    "parse_correction",
    "parse_pairs",
    "parse_suitable",
    "parse_verdict",
]

PairRefusal = Literal["no_question", "no_answer", "empty", "cut_off", "stray_mark", "repeated"]
CorrectionRefusal = Literal["empty", "cut_off", "no_correction"]

# `**QUESTION 1:**`, `**_QMARK:**`, `**Answer**:` at a line's start, plain `QUESTION:` there too,
# and the heading `### Question 2`.
QA_MARK = re.compile(
    r"\*\*[ _]*(QUESTION|QMARK|ANSWER)[ ]*\#?\d*[ ]*(?:[:：][ ]*\*\*|\*\*[ ]*[:：])"
    r"|^[ \t]*(?:\#+[ ]*)?\*\*[ _]*((?i:QUESTION|QMARK|ANSWER))[ ]*\#?\d*[ ]*"
    r"(?:[:：][ ]*\*\*|\*\*[ ]*[:：]|\*\*[ ]*$)"
    r"|^[ \t]*(?:\#+[ ]*)?(QUESTION|ANSWER)[ ]*\#?\d*[ ]*[:：]"
    r"|^[ \t]*\#+[ ]*((?i:QUESTION|ANSWER))[ ]*\#?\d*[ ]*[:：]?[ \t]*$",
    re.M,
)
_PART = re.compile(
    r"^[ \t]{0,8}(?:\#+[ ]{0,3})?\*{0,2}[ ]{0,3}"
    r"((?i:WRONG|CORRECTED)[ ](?i:ANSWER)|(?i:OBJECTION))[ ]*"
    r"(?:[:：][ ]*\*\*|\*\*[ ]*[:：]?|[:：]|$)",
    re.M,
)
_THOUGHT = re.compile(r"[\s*_#]*Thought process\b", re.I)


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
        text: the reply; blocks may be numbered, marks mistyped (`**_QMARK:**`), answers hold code;
            other shapes are read where there is no block (see `otherwise`).
        cut_off: the reply ended at its token limit, so its last block is not whole.
    """
    blocks = marks.split(text, QA_MARK)
    if not blocks:
        blocks = marks.split(otherwise.in_blocks(marks.unwrapped(marks.said(text))), QA_MARK)
    blocks = _with_thoughts(blocks)
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


def parse_correction(
    text: str, *, cut_off: bool = False
) -> tuple[str, str, str] | CorrectionRefusal:
    """(wrong answer, objection, corrected answer) of a reply, or why there is none.

    Args:
        text: the reply: three parts, each under its bold name or a heading.
        cut_off: the reply ended at its token limit.
    """
    if not marks.said(text).strip():
        return "cut_off" if cut_off else "empty"
    parts = {" ".join(kind.split()): said for kind, said in marks.split(text, _PART)}
    wanted = [parts.get(kind, "") for kind in ("WRONG ANSWER", "OBJECTION", "CORRECTED ANSWER")]
    if cut_off or marks.fence_left_open(wanted[2]):
        return "cut_off"
    if not all(wanted) or _flat(wanted[0]) == _flat(wanted[2]):
        return "no_correction"
    return wanted[0], wanted[1], wanted[2]


def _with_thoughts(blocks: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Where an answer is a thought process and its result, both as one answer."""
    joined: list[tuple[str, str]] = []
    for kind, block in blocks:
        before = joined[-1] if joined else ("", "")
        if kind == before[0] == "ANSWER" and _THOUGHT.match(before[1]):
            joined[-1] = ("ANSWER", f"{before[1]}\n\nAnswer:\n{block}")
        else:
            joined.append((kind, block))
    return joined


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


def _flat(text: str) -> str:
    return " ".join(text.casefold().split())
