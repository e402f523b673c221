"""Which chunks a trial asks about."""

from collections.abc import Sequence

from clone_pipeline.records import Chunk


def middling(chunks: Sequence[Chunk]) -> list[Chunk]:
    """The chunks of at least middling length, in order."""
    if not chunks:
        return []
    middle = sorted(len(chunk.text) for chunk in chunks)[len(chunks) // 2]
    return [chunk for chunk in chunks if len(chunk.text) >= middle]


def spread(chunks: Sequence[Chunk], count: int) -> list[Chunk]:
    """So many of the chunks, evenly spread, for neighbours are of one kind."""
    return (
        [chunks[n * len(chunks) // count] for n in range(count)]
        if len(chunks) > count
        else [*chunks]
    )
