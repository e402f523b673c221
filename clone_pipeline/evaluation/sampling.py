"""Replies of base and tuned side by side, and whether they repeat the training text."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clone_pipeline.evaluation.heldout import Subject
from clone_pipeline.evaluation.prompts import Asked, from_row, question
from clone_pipeline.evaluation.report import EXPERT, Memorisation
from clone_pipeline.local_model import generating

if TYPE_CHECKING:
    from clone_pipeline.local_model.loading import LocalModel

WORDS = 8


@dataclass(frozen=True, slots=True)
class Speaker:
    """A persona or the expert as the card describes it; `other` is whom it is used to."""

    name: str
    system_prompt: str
    other: str = "Friend"


def prompts(
    subject: Subject, speaker: Speaker, *, form: str, samples: int, small_talk: Sequence[str]
) -> list[Asked]:
    """Held-out prompts of the subject, then the questions; an expert is asked no small talk."""
    name, system = speaker.name, speaker.system_prompt
    rows = sorted(subject.rows, key=lambda row: row.dataset == "rag")[:samples]
    asked = [from_row(row.content, row.form, system_prompt=system) for row in rows]
    if subject.name == EXPERT:
        return asked
    return asked + [
        question(said, form=form, name=name, other=speaker.other, system_prompt=system)
        for said in small_talk
    ]


def replies(
    local: "LocalModel",
    asked: Sequence[Asked],
    *,
    max_new_tokens: int,
    temperature: float,
    top_p: float,
    seed: int,
) -> list[str]:
    """The model's reply to each prompt; the same seed gives base and tuned the same dice."""
    return [
        generating.generate(
            local,
            each.prompt,
            max_new_tokens=max_new_tokens,
            temperature=temperature,
            top_p=top_p,
            seed=seed + number,
            stop=each.stop,
        ).strip()
        for number, each in enumerate(asked)
    ]


def memorisation(said: Sequence[str], training: Iterable[str]) -> Memorisation:
    """How many replies share 8 words in a row, case and punctuation aside, with `training`."""
    owners: dict[tuple[str, ...], set[int]] = {}
    for number, reply in enumerate(said):
        for gram in _grams(reply):
            owners.setdefault(gram, set()).add(number)
    repeating: set[int] = set()
    for text in training:
        if len(repeating) == len(said):
            break
        for gram in _grams(text):
            repeating |= owners.get(gram, set())
    return Memorisation(replies=len(said), repeating=len(repeating), words=WORDS)


def _grams(text: str) -> Iterator[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return (tuple(words[start : start + WORDS]) for start in range(len(words) - WORDS + 1))
