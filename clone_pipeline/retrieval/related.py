"""Chunks that speak of the same subject, by BM25."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clone_pipeline.records import Chunk
from clone_pipeline.retrieval.terms import terms

# A chunk that shares at least so many of its different words with another one is its copy.
COPY = 0.8
# A related chunk has at least this share of the score that the chunk itself would have.
LEAST = 0.1

Scores = NDArray[np.float32]


def related(chunks: Sequence[Chunk], *, of: Sequence[str], k: int) -> list[list[Chunk]]:
    """For each chunk named in `of`, the `k` chunks that have most to do with it, best first.

    The words of the chunk are the query (BM25 with Lucene's weights). Other documents come first,
    each once, for a question over several sources is worth most there; where they are fewer than
    `k`, more chunks of theirs and of the chunk's own document follow. Never among them: the chunk,
    its copies, copies of those chosen before, and what has few telling words in common with it.

    Args:
        chunks: all there are; ids are unique. Equal input gives an equal result; of equal scores,
            the earlier chunk comes first.
        of: chunk ids.
        k: most chunks for each; fewer where no more are related.

    Raises:
        KeyError: an id that is not among `chunks`.
    """
    words = [[term.casefold() for term in terms(chunk.text)] for chunk in chunks]
    documents = [chunk.document_id for chunk in chunks]
    places = {chunk.chunk_id: place for place, chunk in enumerate(chunks)}
    index = _index(words) if of and any(words) else None
    found = []
    for chunk_id in of:
        place = places[chunk_id]
        ranked = _ranked(_scores(index, words[place]), place) if words[place] else []
        chosen = _chosen(place, ranked, words, documents, k)
        found.append([chunks[n] for n in chosen])
    return found


def _chosen(
    place: int, ranked: Sequence[int], words: list[list[str]], documents: list[str], k: int
) -> list[int]:
    chosen: list[int] = []
    known = [frozenset(words[place])]
    for n in _others_first(ranked, documents, documents[place]):
        if len(chosen) == k:
            break
        held = frozenset(words[n])
        if all(len(held & other) < COPY * len(held | other) for other in known):
            chosen.append(n)
            known.append(held)
    return chosen


def _others_first(ranked: Sequence[int], documents: list[str], own: str) -> Iterator[int]:
    """The best place of each other document, then the rest, each time in the order of `ranked`."""
    seen = {own}
    rest = []
    for n in ranked:
        if documents[n] in seen:
            rest.append(n)
        else:
            seen.add(documents[n])
            yield n
    yield from rest


def _ranked(scores: Scores, place: int) -> list[int]:
    near = np.flatnonzero((scores >= LEAST * scores[place]) & (scores > 0))
    order = near[np.argsort(-scores[near], kind="stable")]
    return [int(n) for n in order if n != place]


def _index(words: list[list[str]]) -> Any:
    import bm25s  # noqa: PLC0415

    index = bm25s.BM25(method="lucene")
    index.index(words, show_progress=False)
    return index


def _scores(index: Any, words: list[str]) -> Scores:
    """The score of each chunk for `words`, each word once, in their order."""
    scores: Scores = index.get_scores(list(dict.fromkeys(words)))
    return scores
