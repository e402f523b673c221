"""Held-out rows as tokens, labelled where the persona speaks, and where the others do."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clone_pipeline.evaluation.heldout import Subject
from clone_pipeline.local_model.encoding import encode
from clone_pipeline.local_model.labelled import Encoded

if TYPE_CHECKING:
    from clone_pipeline.local_model.loading import LocalModel


@dataclass(frozen=True, slots=True)
class Encodings:
    """A subject's rows as tokens: labels on their own turns, and on the others'.

    Both lists are as long as the rows that have own tokens left; `others` is None where nobody
    else's tokens are in the row.
    """

    subject: Subject
    own: list[Encoded]
    others: list[Encoded | None]
    too_long: int


def encoded(local: "LocalModel", subject: Subject, *, max_tokens: int) -> Encodings:
    """The subject's rows by this model's tokenizer; an expert's rows have no others' side."""
    own: list[Encoded] = []
    others: list[Encoded | None] = []
    for row in subject.rows:
        tokenizer = local.tokenizer
        mine = encode(tokenizer, row.content, row.form, speaker="persona", max_tokens=max_tokens)
        if mine is None:
            continue
        own.append(mine)
        others.append(
            encode(tokenizer, row.content, row.form, speaker="other", max_tokens=max_tokens)
            if row.collection == "persona"
            else None
        )
    return Encodings(subject, own, others, len(subject.rows) - len(own))


def digest(subjects: Sequence[Encodings]) -> str:
    """SHA-256 over the tokens and labels of every row of every subject."""
    total = hashlib.sha256()
    for subject in subjects:
        for row in [*subject.own, *subject.others]:
            shown = [row.input_ids, row.labels] if row else []
            total.update(f"{subject.subject.name}\0{json.dumps(shown)}\n".encode())
    return total.hexdigest()


def together(parts: Sequence[Encodings]) -> Encodings:
    """Several subjects' rows as one's, called after all of them."""
    subject = Subject(
        " and ".join(part.subject.name for part in parts),
        [row for part in parts for row in part.subject.rows],
        sum(part.subject.sampled_out for part in parts),
    )
    return Encodings(
        subject,
        [row for part in parts for row in part.own],
        [row for part in parts for row in part.others],
        sum(part.too_long for part in parts),
    )
