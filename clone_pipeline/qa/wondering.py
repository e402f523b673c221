"""Questions that a sentence answers, made from its clause by rules; a model may choose among them.

The embedded model words questions badly and rules word them well, if only of common kinds.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from clone_pipeline.qa import wording
from clone_pipeline.qa.clauses import Clause, main_clause
from clone_pipeline.qa.cues import (
    ABOUT,
    ASKED,
    BREAK,
    CLAUSE_END,
    GENERIC,
    MONEY,
    NUMBER,
    OBJECT,
    STRANDED,
    TRANSITIVE,
    UNIT,
)


@dataclass(frozen=True, slots=True)
class Wonder:
    """A question, and the words of its sentence that any answer must hold."""

    question: str
    asked: str


def wonders(sentence: str, *, text: str) -> list[Wonder]:
    """Questions in plain English that `sentence` answers, the most exact first; maybe none.

    Args:
        sentence: one that stands alone.
        text: the text around it; shows which words are names.
    """
    made: dict[str, Wonder] = {}
    for opened, asked in _all(sentence, text):
        question = re.sub(r"[\s,;:]+$", "", " ".join(opened.split())) + "?"
        question = question[0].upper() + question[1:]
        if question not in made and _is_fit(question, sentence):
            made[question] = Wonder(question, asked.strip(" ,"))
    return list(made.values())


def extracts(sentence: str, wonder: Wonder) -> list[str]:
    """The answers that are words of the sentence: itself, and its start up to a clause's end."""
    ends = [found.start() for found in CLAUSE_END.finditer(sentence)]
    starts = [sentence[:end].rstrip(" ,;") + "." for end in ends]
    asked = wording.content(wonder.question)
    short = [
        start
        for start in starts
        if wonder.asked
        and wonder.asked in start
        and len(start.split()) >= 5
        and wording.content(start) - asked
    ]
    return list(dict.fromkeys([sentence, *short]))


def _all(sentence: str, text: str) -> Iterator[tuple[str, str]]:
    yield from _conditions(sentence, text)
    clause = main_clause(sentence, text=text)
    if clause is None:
        return
    for cue, opener in ASKED:
        found = cue.search(clause.rest)
        before = clause.rest[: found.start()] if found else ""
        if found and _one_clause(before, opener, clause):
            yield f"{opener} {clause.asked(before)}", "" if opener == "Why" else found[0]
    yield from _amounts(clause)
    yield from _things(clause)


def _conditions(sentence: str, text: str) -> Iterator[tuple[str, str]]:
    """Of "When A, B", "B if A" and "To A, B": what happens when A, how do you A."""
    if found := re.match(r"(If|When|Once) ([^,]+), (.+)", sentence):
        if main_clause(found[2][0].upper() + found[2][1:], text=text):
            yield f"what happens {found[1].lower()} {found[2]}", ""
    elif found := re.match(r"To ((?!be )[^,]+), (.+)", sentence):
        if main_clause(found[2][0].upper() + found[2][1:], text=text):
            yield f"how do you {found[1]}", ""
    elif found := re.search(
        r"^([^,]+[a-z]) (if|when) ((?:the|an?|you|your) [^,;]+)[.!]$", sentence
    ):
        stated = main_clause(found[1], text=text)
        if stated and stated.helper != "should":
            yield f"what happens {found[2]} {found[3]}", ""


def _amounts(clause: Clause) -> Iterator[tuple[str, str]]:
    """Of "needs 500 grams of flour": how many grams of flour; of "is 31 metres high": how high."""
    rest = clause.rest
    if found := re.match(rf"{ABOUT}{NUMBER} {UNIT}\b", rest):
        if clause.verb in ("take", "last"):
            yield f"how long {clause.asked('')}", found[0]
    elif found := re.match(rf"{ABOUT}{NUMBER} {MONEY}\b", rest):
        if clause.verb == "cost":
            yield f"how much {clause.asked('')}", found[0]
    elif clause.verb == "weigh" and (found := re.match(rf"{ABOUT}{NUMBER} [a-z]+\b", rest)):
        yield f"how much {clause.asked('')}", found[0]
    elif clause.verb and (
        found := re.match(
            rf"{ABOUT}{NUMBER} ([a-z]+s|people)\b(?! of (?:the|its|their|an?)\b)"
            r"( of [a-z]+)?\b([^,;]*)",
            rest,
        )
    ):
        tail = BREAK.split(f"{found[3]} ")[0]
        yield f"how many {found[1]}{found[2] or ''} {clause.asked(tail.strip())}", found[1]
    if found := re.match(
        rf"(be )?{ABOUT}{NUMBER} \w+ (high|tall|long|wide|deep|old|thick)\b", rest
    ):
        yield f"how {found[2]} {clause.asked((found[1] or '').strip())}", found[0]


def _things(clause: Clause) -> Iterator[tuple[str, str]]:
    """Who or what something is, is called, is used for, needs, or helps you do."""
    rest = clause.rest
    if clause.helper in ("is", "are", "was", "were"):
        if re.match(r"(?:an?|the|one of)\b", rest) and len(clause.subject.split()) <= 6:
            yield f"what {clause.asked('')}", ""
        if found := re.match(r"[A-Z]\w+ [A-Z]\w+", rest):
            yield f"who {clause.asked('')}", found[0]
        if re.match(r"called [A-Z]", rest):
            yield f"what {clause.asked('called')}", "called"
        if found := STRANDED.match(rest):
            who = "who" if found[0].endswith(" by") else "what"
            yield f"{who} {clause.asked(found[0])}", found[0]
    elif clause.helper in ("can", "may") and re.match(r"be used (?:to|for)\b", rest):
        yield f"what {clause.asked('be used for')}", "be used"
    elif found := re.match(r"(you|users|people|members|anyone)( to)? [a-z]+ ", rest):
        if clause.verb in ("help", "let", "allow", "enable"):
            yield f"what {clause.asked(f'{found[1]}{found[2] or str()} do')}", ""
    elif clause.verb in TRANSITIVE and clause.helper != "should" and OBJECT.match(rest):
        yield f"what {clause.asked('')}", BREAK.split(rest)[0]


def _one_clause(before: str, opener: str, clause: Clause) -> bool:
    """Whether the clause, cut before what is asked for, is short, whole and still one clause."""
    if len(before.split()) > 14 or before.endswith((" and", " or", " of", " the", " to")):
        return False
    if clause.verb in ("want", "belong") or before.startswith(" to "):
        return False
    if opener in ("Where", "How") and clause.helper == "should":
        return False
    if opener == "Where" and re.search(r" (?:in|on|at|to) ", f" {before} "):
        return False
    if opener == "Why":
        return "," not in before
    said = bool(before.strip()) or bool(clause.verb)
    return said and not BREAK.search(f" {before} ")


def _is_fit(question: str, sentence: str) -> bool:
    asked = wording.content(question)
    words = wording.words(question)
    return (
        3 <= len(words) <= 18
        and bool(asked)
        and bool(wording.content(sentence) - asked)
        and words[-1].lower() not in ("the", "a", "an", "and", "or", "your", "not", "as", "in")
        and question.count("(") == question.count(")")
        and not GENERIC.search(question)
        and not re.search(r"\b(?:it|they|he|she|this|these|there)\b", question, re.I)
    )
