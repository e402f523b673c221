"""Token ids with labels: what the loss and the log-probabilities are taken of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

UNLABELLED = -100
Speaker = Literal["persona", "other"]
Exchange = list[tuple[str, str]]  # (who, text); the last of an exchange is the persona's


@dataclass(frozen=True, slots=True)
class Encoded:
    """Token ids, and the same ids as labels, -100 where nothing is to be predicted."""

    input_ids: list[int]
    labels: list[int]

    @property
    def labelled(self) -> int:
        """How many tokens are to be predicted; the first of a row never is."""
        return sum(label != UNLABELLED for label in self.labels[1:])


Build = Callable[[list[Exchange]], Encoded]


def by_ranges(tokenizer: Any, text: str, ranges: Sequence[tuple[int, int]]) -> Encoded:
    """The text's tokens; labelled are those that end inside a range of characters.

    The text is tokenised as one, unless a token would reach over the start of a range. No special
    tokens are added; those that stand in the text are read as such.
    """
    found = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    ids, spans = found["input_ids"], found["offset_mapping"]
    begun = {start for start, _ in ranges}
    if any(begun.intersection(range(start + 1, end)) for start, end in spans):
        borders = [0, *(place for pair in ranges for place in pair), len(text)]
        sections = [text[start:end] for start, end in zip(borders, borders[1:], strict=False)]
        return by_sections(tokenizer, [(part, bool(n % 2)) for n, part in enumerate(sections)])
    wanted = bytearray(len(text) + 1)
    for start, end in ranges:
        wanted[start + 1 : end + 1] = b"\1" * (end - start)
    pairs = zip(ids, spans, strict=True)
    return Encoded(ids, [token if wanted[span[1]] else UNLABELLED for token, span in pairs])


def by_sections(tokenizer: Any, sections: Sequence[tuple[str, bool]]) -> Encoded:
    """The sections' tokens, each section tokenised by itself, labelled where it says so."""
    ids: list[int] = []
    labels: list[int] = []
    for text, wanted in sections:
        tokens = tokenizer.encode(text, add_special_tokens=False) if text else []
        ids += tokens
        labels += tokens if wanted else [UNLABELLED] * len(tokens)
    return Encoded(ids, labels)


def between_marks(tokenizer: Any, encoded: Encoded, *, label_end: bool) -> Encoded:
    """`encoded` between the tokenizer's bos and eos, as far as it has them."""
    ids, labels = list(encoded.input_ids), list(encoded.labels)
    if tokenizer.bos_token_id is not None:
        ids, labels = [tokenizer.bos_token_id, *ids], [UNLABELLED, *labels]
    if tokenizer.eos_token_id is not None:
        ids.append(tokenizer.eos_token_id)
        labels.append(tokenizer.eos_token_id if label_end else UNLABELLED)
    return Encoded(ids, labels)
