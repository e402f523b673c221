"""Questions that need several chunks: which chunks, with which related ones."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence

from clone_pipeline.qa import suitability
from clone_pipeline.qa.asking import Asker
from clone_pipeline.qa.writing import Asked, refused, write
from clone_pipeline.records import Chunk
from clone_pipeline.retrieval.related import related

STYLE = "multi_source"
PROMPT = "multi_source_questions"
SEPARATOR = "\n-----\n"

_SPARE = 3  # for related chunks that prove unsuitable


def plan(chunks: Sequence[Chunk], *, share: float, count: int) -> dict[str, list[Chunk]]:
    """The chunks that such questions are asked about, each with its related ones, best first.

    A chunk is chosen by the digest of its id, so other chunks coming or going change nothing in
    the choice.

    Args:
        chunks: all there are; those that are too short take no part.
        share: of the chunks, 0 to 1.
        count: how many related chunks are wanted; a few more come as spares.
    """
    long = [chunk for chunk in chunks if not suitability.too_short(chunk.text)]
    chosen = [chunk.chunk_id for chunk in long if _drawn(chunk.chunk_id) < share]
    found = related(long, of=chosen, k=count + _SPARE)
    return dict(zip(chosen, found, strict=True))


async def first_fit(
    ranked: Sequence[Chunk], *, count: int, fit: Callable[[Chunk], Awaitable[bool]]
) -> list[Chunk]:
    """The first `count` of `ranked` that are fit."""
    found: list[Chunk] = []
    for chunk in ranked:
        if len(found) < count and await fit(chunk):
            found.append(chunk)
    return found


async def write_over(
    chunk: Chunk, others: Sequence[Chunk], *, asker: Asker, details: Mapping[str, str]
) -> Asked:
    """The pairs over a chunk and its related ones.

    Args:
        chunk: whose pairs they become.
        others: none gives no request.
        asker: with `PROMPT`.
        details: by document_id, what a document is.

    Raises:
        LlmFailure: a request failed for good.
    """
    if not others:
        return Asked(why_none="nothing_related")
    texts = SEPARATOR.join(each.text.strip() for each in (chunk, *others))
    names = [details.get(each.document_id, "") for each in (chunk, *others)]
    about = "; ".join(dict.fromkeys(name for name in names if name))
    found, why_none, key = await write(asker, PROMPT, text=texts, textdetails=about)
    return Asked(found.pairs, refused(found), why_none, keys=[key] * len(found.pairs))


def _drawn(chunk_id: str) -> float:
    """A number from 0 up to 1 that depends on the id alone."""
    drawn = hashlib.sha256(f"{STYLE}\x1f{chunk_id}".encode()).digest()
    return int.from_bytes(drawn[:6], "big") / 2**48
