"""Which facts of a chunk its questions and answers tell, and which they leave unasked."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from clone_pipeline.qa.facts import content, facts
from clone_pipeline.records import Chunk, Pair

TOLD = 0.4


@dataclass(frozen=True, slots=True)
class ChunkCoverage:
    """What the pairs of one chunk tell of it.

    Attributes:
        chunk_id: the chunk.
        pairs: how many pairs it has.
        facts: how many facts it holds.
        unasked: the facts that no pair tells, in reading order.
    """

    chunk_id: str
    pairs: int
    facts: int
    unasked: tuple[str, ...]

    @property
    def asked(self) -> int:
        """How many facts some pair tells."""
        return self.facts - len(self.unasked)


def coverage(chunks: Sequence[Chunk], pairs: Iterable[Pair]) -> list[ChunkCoverage]:
    """How much of each chunk its pairs tell; those of several chunks count for each of them.

    Args:
        chunks: in the order of the result.
        pairs: those of other chunks count for nothing.
    """
    told: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for pair in pairs:
        for chunk_id in (pair.chunk_id, *pair.related):
            told[chunk_id].append((pair.question, pair.answer))
    found = []
    for chunk in chunks:
        held, mine = facts(chunk.text), told[chunk.chunk_id]
        left = tuple(unasked(held, mine))
        found.append(ChunkCoverage(chunk.chunk_id, len(mine), len(held), left))
    return found


def unasked(held: Sequence[str], pairs: Iterable[tuple[str, str]]) -> list[str]:
    """The facts that no pair tells.

    A pair tells a fact if its question and answer hold at least `TOLD` of the fact's words that
    carry meaning, by weight: a word that is in n facts of the text weighs 1/n, since it tells them
    apart so much the less; one with a digit weighs twice that.

    Args:
        held: the facts of one text.
        pairs: (question, answer).
    """
    said = [content(f"{question}\n{answer}") for question, answer in pairs]
    words = [content(fact) for fact in held]
    spread = Counter(word for fact in words for word in fact)
    weight = {word: (1 + any(map(str.isdigit, word))) / n for word, n in spread.items()}
    return [fact for fact, known in zip(held, words, strict=True) if not _told(known, said, weight)]


def _told(known: frozenset[str], said: Sequence[frozenset[str]], weight: dict[str, float]) -> bool:
    # `fsum`, for a set's order differs from process to process, and so would a plain sum.
    needed = TOLD * math.fsum(weight[word] for word in known)
    return any(math.fsum(weight[word] for word in known & pair) >= needed for pair in said)
