"""What the context check decided: PASS, REWORD with a new pair, or FAIL.

The format is Verustoolkit's: `Final judgment: REWORD.`, then `### Question Rewording:` with a
`**QUESTION:**` / `**ANSWER:**` block.
"""

import re
from dataclasses import dataclass
from typing import Literal

from clone_pipeline.qa import marks
from clone_pipeline.qa.parsing import QA_MARK, parse_pairs

Decision = Literal["pass", "reword", "fail"]
RewordingRefusal = Literal[
    "empty", "cut_off", "no_judgment", "two_verdicts", "no_rewording", "rejected_phrase"
]

# A reworded answer with one of these speaks about the rewording or about a text nobody sees.
REJECTED = (
    "the provided",
    "the reworded",
    "mention",
    "no information",
    "follow the instructions in a separate",
    "[insert",
)
_JUDGMENT = re.compile(
    r"final[ ](?:judge?ment|verdict|decision)\b[ \t*_]*[:：|]?[ \t*_]*([^\n]*)(?=(?:\n+([^\n]+))?)",
    re.I,
)
_HEADING = re.compile(r"^[ \t]*(?:#+|\*\*)[ \t]*(?:question )?reword(?:ing|ed)\b", re.I | re.M)
_VERDICT = re.compile(r"\b(?:PASS|REWORD|FAIL)(?:ED|S)?\b")
_FIRST_WORD = re.compile(r"\W*\b((?:PASS|REWORD|FAIL)(?:ED|S)?)\b", re.I)
_ALONE = re.compile(r"^(?:[^\w\n]|_)*(PASS|REWORD|FAIL)(?:[^\w\n]|_)*$", re.M)
_WHOLE = {"PASS": "PASS", "REWO": "REWORD", "FAIL": "FAIL"}


@dataclass(frozen=True, slots=True)
class Repair:
    """The decision on one pair; `question` and `answer` are set for "reword" only."""

    decision: Decision
    question: str = ""
    answer: str = ""


def parse_repair(text: str, *, cut_off: bool = False) -> Repair | RewordingRefusal:
    """The decision that a reply of the context check holds, or why there is none.

    "Final judgement" is read too, a decision alone on its line, and a rewording without its
    heading. If the model split the pair (`**QUESTION 1:**` ..), the first of the new pairs counts.

    Args:
        text: the reply.
        cut_off: the reply ended at its token limit.
    """
    text = marks.unwrapped(marks.said(text))
    if not text.strip():
        return "cut_off" if cut_off else "empty"
    judged = _judgment(text)
    if judged is None:
        return "cut_off" if cut_off else "no_judgment"
    words, rest = judged
    if len(words) > 1:
        return "two_verdicts"
    if words != {"REWORD"}:
        return Repair("pass" if words == {"PASS"} else "fail")
    return _rewording(rest, cut_off=cut_off)


def _judgment(text: str) -> tuple[set[str], str] | None:
    """The verdict words of the last judgment before any rewording, and what follows them."""
    heading = _HEADING.search(text)
    last: tuple[set[str], int] | None = None
    for found in _JUDGMENT.finditer(text, 0, heading.start() if heading else len(text)):
        if last and QA_MARK.search(text, last[1], found.start()):
            break
        for group in (1, 2):
            words = _words(found[group] or "")
            if words:
                last = words, found.end(group)
            if words or (found[group] or "").strip(" \t*_.#-"):
                break
    if last is None:
        for found in _ALONE.finditer(text, 0, heading.start() if heading else len(text)):
            last = {found[1], *(last[0] if last else ())}, found.end()
    return (last[0], text[last[1] :]) if last else None


def _words(line: str) -> set[str]:
    """The verdict words of a line: in capitals, or its first word."""
    found = _VERDICT.findall(line) or [first[1] for first in [_FIRST_WORD.match(line)] if first]
    return {_WHOLE[word[:4].upper()] for word in found}


def _rewording(rest: str, *, cut_off: bool) -> Repair | RewordingRefusal:
    if re.search(r"(?:QUESTION|ANSWER)\W{0,4}\\n", rest):
        rest = rest.replace("\\n", "\n").replace('\\"', '"')
    written = parse_pairs(rest, cut_off=cut_off)
    if not written.pairs:
        return "cut_off" if written.refused["cut_off"] else "no_rewording"
    question, answer = written.pairs[0]
    if any(phrase in answer.lower() for phrase in REJECTED):
        return "rejected_phrase"
    return Repair("reword", question, answer)
