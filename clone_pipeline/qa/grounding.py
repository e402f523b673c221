"""Rules that decide about the embedded model's pairs: it is too small to judge."""

import re
from typing import Literal

from clone_pipeline.qa import wording

Reason = Literal[
    "question_malformed",
    "question_not_grounded",
    "vague_reference",
    "answer_truncated",
    "answer_not_grounded",
    "number_not_in_text",
    "answer_copies_question",
]

GROUNDED = 0.9  # share of the answer's content words that the text must hold

_VAGUE = re.compile(
    r"\b(?:the|this|that|given|provided) (?:text|passage|paragraph|excerpt|sentence|article|section"
    r"|document|page|chapter|author|writer|context|example)\b|\b(?:as )?(?:mentioned|described"
    r"|shown|stated|listed) (?:above|below|here|earlier)\b|\]\(#",
    re.I,
)
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_NAME = re.compile(r"(?<![.!?] )(?<!^)\b[A-Z][\w'’-]+")
_ENDS = re.compile(r"[.!][\"”’)]?\Z")


def ungrounded(question: str, answer: str, text: str) -> Reason | None:
    """Why the pair is not to be kept, or None.

    The question ends in a question mark and all its content words stand in `text`; nothing refers
    to a text that nobody sees; the answer is a whole sentence, no copy of the question, at least
    `GROUNDED` of its content words stand in `text`, and all its numbers and names do.
    """
    known, asked, said = (wording.content(part) for part in (text, question, answer))
    if not question.endswith("?") or not asked:
        return "question_malformed"
    if _VAGUE.search(question) or _VAGUE.search(answer):
        return "vague_reference"
    if not asked <= known:
        return "question_not_grounded"
    if not _ENDS.search(answer):
        return "answer_truncated"
    if not set(_NUMBER.findall(answer)) <= set(_NUMBER.findall(text)):
        return "number_not_in_text"
    if not said or len(said & known) < GROUNDED * len(said):
        return "answer_not_grounded"
    written = {wording.stem(word) for word in wording.words(text)}
    if any(wording.stem(name) not in written for name in _NAME.findall(answer)):
        return "answer_not_grounded"
    return "answer_copies_question" if said <= asked else None
