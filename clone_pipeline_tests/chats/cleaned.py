"""Texts through the cleaner, with settings under which it does nothing."""

from collections.abc import Sequence
from typing import Any

from clone_pipeline.chats.cleaning import Batch, Cleaner, CleaningSettings, cleaner

ALL_OFF: dict[str, Any] = {
    **{name: False for name, value in CleaningSettings() if isinstance(value, bool)},
    "links": "keep",
    "custom_emoji": "keep",
    "non_responses": (),
    "min_chars": 1,
    "max_chars": 0,
    "spam_repeats": 0,
}


def batch(texts: Sequence[str], kinds: Sequence[str] = (), authors: Sequence[str] = ()) -> Batch:
    """The texts as a batch: of kind text, each by another author, if nothing else is said."""
    count = len(texts)
    who = authors or [f"author {number}" for number in range(count)]
    return Batch(kinds or ["text"] * count, texts, who)


def cleaned(
    texts: Sequence[str],
    *,
    of_kinds: Sequence[str] = (),
    authors: Sequence[str] = (),
    names: Sequence[str] = (),
    **settings: Any,
) -> tuple[list[str], dict[str, int]]:
    """The texts that are kept, and how many are dropped by reason."""
    clean = cleaner(names=names, **settings)
    with clean:
        kept, found = clean(batch(texts, of_kinds, authors))
    assert len(kept) == len(found)
    assert kept == sorted(set(kept))
    return found, dict(clean.dropped)


def in_pieces(clean: Cleaner, whole: Batch, cuts: Sequence[int]) -> tuple[list[int], list[str]]:
    """The batch cut at `cuts` and cleaned piece by piece; the places are those in the whole."""
    edges = [0, *sorted(cuts), len(whole.texts)]
    places: list[int] = []
    texts: list[str] = []
    for start, end in zip(edges, edges[1:], strict=False):
        kept, found = clean(
            Batch(
                kinds=whole.kinds[start:end],
                texts=whole.texts[start:end],
                author_ids=whole.author_ids[start:end],
            )
        )
        places += [start + place for place in kept]
        texts += found
    return places, texts
