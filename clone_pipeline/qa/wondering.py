"""Questions that a sentence answers, made from its clause by rules; a model may choose among them.

The embedded model words questions badly and rules word them well, if only of common kinds.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from clone_pipeline.qa import wording
from clone_pipeline.qa.clauses import DAY, Clause, main_clause

_NUMBER = (
    r"(?:\d[\d.,]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty"
    r"(?:-\w+)?|thirty|forty|fifty|sixty|ninety)"
)
_ABOUT = r"(?:(?:at least|at most|up to|about|only|exactly|almost) )?"
_UNIT = r"(?:seconds?|minutes?|hours?|days?|nights?|weeks?|months?|years?)"
_MONEY = r"(?:euros?|pounds?|dollars?|crowns?|cents?|VRSC)"
_LINK = r"(?:and|to|in|on|at|by|for|from|with|until|since)"
_BREAK = re.compile(
    r"[,;:]|\s(?:and|but|or|because|since|so|if|when|while|where|which|who|that|unless|although"
    r"|though|after|before|until|as)\s"
)
_CLAUSE_END = re.compile(
    r";|,(?= (?:which|who|where|so|then|but|because|since|while|and (?:the|an?|every|each))\b)"
)
_PLACE = (
    r"(?:room|house|shed|harbou?r|shop|street|lane|menu|folder|file|pier|yard|garden|kitchen|cellar"
    r"|hall|fridge|oven|library|school|church|chapel|station|office|market|courtyard|island|quay)"
)
# (what is looked for in the clause's rest, which is cut there; how the question then begins)
_ASKED: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r",? (?:because|so that|in order to)\b| ?, since\b"), "Why"),
    (re.compile(rf"(?:^| )(?:in )?(?:every|each) (?:\w+ ){{0,2}}?(?:{_UNIT}|{DAY})\b"
                r"|(?:^| )(?:once|twice|\w+ times) an? \w+"), "How often"),
    (re.compile(rf"(?:^| )for {_ABOUT}{_NUMBER}(?: more)? {_UNIT}\b"), "How long"),
    (re.compile(rf"(?:^| )(?:in|on|at|from) (?:the )?(?:(?!{_LINK} )[\w-]+ ){{0,3}}?{DAY}"),
     "When"),
    (re.compile(rf"(?:^| )until (?:the )?(?:\w+ ){{0,2}}?{DAY}"), "Until when"),
    (re.compile(rf"(?:^| )by (?:the )?(?:\w+ ){{0,2}}?{DAY}"), "By when"),
    (re.compile(r" by (?!default)\w+ing\b"), "How"),
    (re.compile(rf"(?:^| )(?:in|at|behind|under|near|beside|inside|on) the (?:[\w-]+ ){{0,2}}?"
                rf"{_PLACE}\b|(?:^| )(?:in|at) (?!{DAY})[A-Z][a-z]+\b(?! \d)"), "Where"),
)  # fmt: skip
_STRANDED = re.compile(
    r"^((?:\w+ly )?\w+(?:ed|en|t|n)) "
    r"(?:(?:for|of|from|with|by|on)(?= (?!\w+ing\b))|to(?= (?:the|an?|[A-Z]|their|your)\b))"
)
_TRANSITIVE = wording.word_set(
    "accept contain cover define enable enforce equalize earn give hold include keep need "
    "offer own prevent produce protect provide receive replace represent require send show store "
    "support teach test use want lend control attract carry serve cost"
)
_OBJECT = re.compile(r"(?:the|an?|your|[A-Z]\w*|[a-z]+(?: [a-z]+)?)\b")


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
    ends = [found.start() for found in _CLAUSE_END.finditer(sentence)]
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
    for cue, opener in _ASKED:
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
    if found := re.match(rf"{_ABOUT}{_NUMBER} {_UNIT}\b", rest):
        if clause.verb in ("take", "last"):
            yield f"how long {clause.asked('')}", found[0]
    elif found := re.match(rf"{_ABOUT}{_NUMBER} {_MONEY}\b", rest):
        if clause.verb == "cost":
            yield f"how much {clause.asked('')}", found[0]
    elif clause.verb == "weigh" and (found := re.match(rf"{_ABOUT}{_NUMBER} [a-z]+\b", rest)):
        yield f"how much {clause.asked('')}", found[0]
    elif clause.verb and (
        found := re.match(
            rf"{_ABOUT}{_NUMBER} ([a-z]+s|people)\b(?! of (?:the|its|their|an?)\b)"
            r"( of [a-z]+)?\b([^,;]*)",
            rest,
        )
    ):
        tail = _BREAK.split(f"{found[3]} ")[0]
        yield f"how many {found[1]}{found[2] or ''} {clause.asked(tail.strip())}", found[1]
    if found := re.match(
        rf"(be )?{_ABOUT}{_NUMBER} \w+ (high|tall|long|wide|deep|old|thick)\b", rest
    ):
        yield f"how {found[2]} {clause.asked((found[1] or '').strip())}", found[0]


def _things(clause: Clause) -> Iterator[tuple[str, str]]:
    """Who or what something is, is called, is used for, needs, or helps you do."""
    rest = clause.rest
    if clause.helper in ("is", "are", "was", "were"):
        if (
            re.match(r"(?:an?|the|one of)\b|\d[\d.,]* [a-z]+(?:,|$)", rest)
            and len(clause.subject.split()) <= 6
        ):
            yield f"what {clause.asked('')}", ""
        if found := re.match(r"[A-Z]\w+ [A-Z]\w+", rest):
            yield f"who {clause.asked('')}", found[0]
        if re.match(r"called [A-Z]", rest):
            yield f"what {clause.asked('called')}", "called"
        if found := _STRANDED.match(rest):
            who = "who" if found[0].endswith(" by") else "what"
            yield f"{who} {clause.asked(found[0])}", found[0]
    elif clause.helper in ("can", "may") and re.match(r"be used (?:to|for)\b", rest):
        yield f"what {clause.asked('be used for')}", "be used"
    elif found := re.match(r"(you|users|people|members|anyone)( to)? [a-z]+ ", rest):
        if clause.verb in ("help", "let", "allow", "enable"):
            yield f"what {clause.asked(f'{found[1]}{found[2] or str()} do')}", ""
    elif clause.verb in _TRANSITIVE and clause.helper != "should" and _OBJECT.match(rest):
        yield f"what {clause.asked('')}", _BREAK.split(rest)[0]


def _one_clause(before: str, opener: str, clause: Clause) -> bool:
    """Whether the clause, cut before what is asked for, is short, whole and still one clause."""
    if len(before.split()) > 14 or before.endswith((" and", " or", " of", " the", " to")):
        return False
    if opener == "Where" and clause.helper == "should":
        return False
    if opener == "Why":
        return True
    said = bool(before.strip()) or bool(clause.verb)
    return said and not _BREAK.search(f" {before} ")


def _is_fit(question: str, sentence: str) -> bool:
    asked = wording.content(question)
    words = wording.words(question)
    return (
        3 <= len(words) <= 18
        and bool(asked)
        and bool(wording.content(sentence) - asked)
        and words[-1].lower() not in ("the", "a", "an", "and", "or", "your", "not", "as", "in")
        and not re.search(r"\b(?:it|they|he|she|this|these|there)\b", question, re.I)
    )
