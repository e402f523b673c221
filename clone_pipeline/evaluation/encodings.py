"""Held-out rows as tokens: what the persona says, and what the others say in the same place."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clone_pipeline.evaluation.heldout import Subject
from clone_pipeline.evaluation.swapping import swapped
from clone_pipeline.local_model.encoding import encode
from clone_pipeline.local_model.labelled import UNLABELLED, Encoded
from clone_pipeline.records import Row

if TYPE_CHECKING:
    from clone_pipeline.local_model.loading import LocalModel


@dataclass(frozen=True, slots=True)
class Encodings:
    """A subject's rows as tokens, labelled where they are scored. All lists are of one length.

    Attributes:
        subject: whose rows.
        rows: those that have own tokens within the longest row.
        own: all that the subject has to write, with the marks that end turns: for the ratio.
        words: the same without marks, names and newlines: for the specificity.
        others: the others' words in the subject's place, encoded as `words` are. Both are None
            for an expert, and where nobody else answers the persona.
        too_long: how many of the subject's rows have no own tokens left.
    """

    subject: Subject
    rows: list[Row]
    own: list[Encoded]
    words: list[Encoded | None]
    others: list[Encoded | None]
    too_long: int

    @property
    def groups(self) -> list[str]:
        """Each row's conversation or chunk: rows of one group are no independent evidence."""
        return [row.split_group for row in self.rows]


def encoded(local: "LocalModel", subject: Subject, *, max_tokens: int) -> Encodings:
    """The subject's rows by this model's tokenizer."""
    found = Encodings(subject, [], [], [], [], 0)
    for row in subject.rows:
        own = encode(local.tokenizer, row.content, row.form, max_tokens=max_tokens)
        if own is None:
            continue
        words, others = _sides(local.tokenizer, row, max_tokens)
        found.rows.append(row)
        found.own.append(own)
        found.words.append(words)
        found.others.append(others)
    return Encodings(
        subject,
        found.rows,
        found.own,
        found.words,
        found.others,
        len(subject.rows) - len(found.own),
    )


def _sides(tokenizer: Any, row: Row, max_tokens: int) -> tuple[Encoded | None, Encoded | None]:
    """The persona's words and the others', treated alike; both or neither."""
    exchanged = swapped(row.content, row.form) if row.collection == "persona" else None
    if exchanged is None:
        return None, None
    words = words_of(tokenizer, row.content, row.form, max_tokens=max_tokens)
    others = words_of(tokenizer, exchanged, row.form, max_tokens=max_tokens)
    return (words, others) if words and others else (None, None)


def words_of(tokenizer: Any, content: str, form: str, *, max_tokens: int) -> Encoded | None:
    """A row with labels on what is said in the persona's place, and on nothing around it.

    Left out are the marks that end turns and, in segments, the name with its newline before a
    turn and the newline behind it.
    """
    found = encode(tokenizer, content, form, max_tokens=max_tokens, end_marks=False)
    if found and form == "segments":
        found = _without_names(tokenizer, found)
    return found if found and found.labelled else None


def _without_names(tokenizer: Any, encoded: Encoded) -> Encoded:
    labels = list(encoded.labels)
    for start, end in _runs(labels):
        body = start
        while body < end and ":" not in tokenizer.decode(encoded.input_ids[start:body]):
            body += 1
        last = end
        while last > body and not tokenizer.decode(encoded.input_ids[last - 1 : last]).strip():
            last -= 1
        for place in [*range(start, body), *range(last, end)]:
            labels[place] = UNLABELLED
    return Encoded(encoded.input_ids, labels)


def _runs(labels: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where runs of labels begin and end."""
    start = None
    for place, label in enumerate([*labels, UNLABELLED]):
        if label != UNLABELLED and start is None:
            start = place
        elif label == UNLABELLED and start is not None:
            yield start, place
            start = None


def digest(subjects: Sequence[Encodings]) -> str:
    """SHA-256 over the tokens and labels of every row of every subject."""
    total = hashlib.sha256()
    for subject in subjects:
        for row in [*subject.own, *subject.words, *subject.others]:
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
        [row for part in parts for row in part.rows],
        [row for part in parts for row in part.own],
        [row for part in parts for row in part.words],
        [row for part in parts for row in part.others],
        sum(part.too_long for part in parts),
    )
