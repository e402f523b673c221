"""Chunks to candidates: question and answer pairs as a model writes them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from clone_pipeline.llm.asking import Model
from clone_pipeline.llm.prompt import Prompt
from clone_pipeline.qa import coverage, embedded, likeness, multi_source, writing
from clone_pipeline.qa.asking import Asker, digest
from clone_pipeline.qa.chunk_writer import ChunkWriter
from clone_pipeline.qa.gathering import Progress, each, ignore
from clone_pipeline.qa.prompting import of_style
from clone_pipeline.qa.suitability import Unfit
from clone_pipeline.qa.writing import Asked
from clone_pipeline.records import Chunk, Pair

PROMPT = writing.PROMPT
DECLINING = "refusal"  # the style whose answers say that nothing is known

# Why a chunk has no pair; "asked_elsewhere": each of its questions repeats one that was kept.
Drop = Unfit | writing.NoPairs | embedded.NoPairs | Literal["asked_elsewhere"]


async def candidates(
    chunks: Sequence[Chunk],
    *,
    model: Model,
    model_name: str,
    prompts: Mapping[str, Mapping[str, Prompt]],
    styles: Sequence[str] = ("default",),
    details: Mapping[str, str] | None = None,
    structured: bool = False,
    completion: bool = False,
    by_rules: bool = False,
    max_pairs_per_chunk: int = 6,
    filter_chunks: bool = False,
    top_up_rounds: int = 0,
    pairs_per_chunk: int | None = None,
    multi_source_share: float = 0.0,
    related: int = 2,
    near_duplicates: float = 0.75,
    progress: Progress = ignore,
) -> tuple[list[Pair], Counter[str], Counter[str]]:
    """The pairs that a model writes from each chunk, in each style.

    All chunks and styles are asked about at the same time. What is asked about a chunk depends on
    it and on the replies about it, never on which reply comes first; only which chunks are related
    depends on all of them.

    Args:
        chunks: what to ask about; ids are unique.
        model: who is asked.
        model_name: its name at the endpoint.
        prompts: by style, then by file name without its ending: `PROMPT`, and for what is switched
            on `suitability.PROMPT`, `writing.MORE_PROMPT` and, in the style `multi_source.STYLE`,
            `multi_source.PROMPT`; for `by_rules` those of `embedded`. A style that is missing is
            the default one.
        styles: kinds of questions; each is written into its pairs and their ids.
        details: by document_id, what the text is; becomes `{textdetails}`.
        structured: as in `Asker`.
        completion: as in `Asker`.
        by_rules: for the embedded model: two constrained requests a pair, and rules that choose;
            only the first style, neither filter nor rounds nor questions over several chunks.
        max_pairs_per_chunk: with `by_rules`, most pairs of a chunk.
        filter_chunks: ask first whether a chunk is worth questions.
        top_up_rounds: most further requests a chunk and style, see `writing.write_all`.
        pairs_per_chunk: so many different questions of a chunk and style end its rounds.
        multi_source_share: share of the chunks that one request with related chunks is made about.
        related: how many related chunks go with it.
        near_duplicates: how alike a question is that repeats another, see `likeness.twins`.
        progress: told (chunks done, chunks).

    Returns:
        The pairs in the order of chunks and styles; the chunks without any, by `Drop`; and what was
        made: "pairs"; "near_duplicates", pairs that are left out since their question repeats an
        earlier one; "facts" of the chunks that were asked about, "facts_unasked" that no pair
        tells; "refused_<reason>", what was left out of the replies; "<style>_<reason>", chunks
        without a pair in one of several styles; "top_up_pairs" and "top_up_unreadable" of rounds.

    Raises:
        LlmFailure: a request failed for good; what was answered before is in the journal.
    """
    share = 0.0 if by_rules else multi_source_share
    plan = multi_source.plan(chunks, share=share, count=related)
    written_in = styles[:1] if by_rules else styles
    writer = ChunkWriter(
        askers={
            style: Asker(model, model_name, of_style(prompts, style), structured, completion)
            for style in (*written_in, *([multi_source.STYLE] if plan else []))
        },
        styles=written_in,
        details=details or {},
        by_rules=max_pairs_per_chunk if by_rules else None,
        filter_chunks=filter_chunks and not by_rules,
        rounds=top_up_rounds,
        enough=pairs_per_chunk,
        alike=near_duplicates,
        plan=plan,
        count=related,
    )
    found = await each(chunks, writer.write, progress=progress)
    pairs, repeated = _distinct(_pairs(chunks, found), near_duplicates)
    dropped, made = _counted(chunks, found, pairs)
    if repeated:
        made["near_duplicates"] = repeated
    return pairs, dropped, Counter({"pairs": len(pairs), **made})


Found = tuple[Unfit | None, dict[str, Asked]]


def _pairs(chunks: Sequence[Chunk], found: Sequence[Found]) -> Iterable[Pair]:
    for chunk, (_, by_style) in zip(chunks, found, strict=True):
        for style, asked in by_style.items():
            keys = asked.keys or [""] * len(asked.pairs)
            for (question, answer), key in zip(asked.pairs, keys, strict=True):
                pair_id = digest(chunk.chunk_id, style, question, answer)
                yield Pair(
                    pair_id, chunk.chunk_id, style, question, answer,
                    related=asked.related, journal_key=key,
                )  # fmt: skip


def _distinct(pairs: Iterable[Pair], threshold: float) -> tuple[list[Pair], int]:
    """The pairs whose question repeats no earlier one, and how many do.

    Who declines comes after all others: what one chunk does not tell another one may.
    """
    listed = list(pairs)
    order = sorted(range(len(listed)), key=lambda n: listed[n].style == DECLINING)
    twins = likeness.twins([listed[n].question for n in order], threshold=threshold)
    kept = sorted(n for n, twin in zip(order, twins, strict=True) if twin is None)
    return [listed[n] for n in kept], len(listed) - len(kept)


def _counted(
    chunks: Sequence[Chunk], found: Sequence[Found], pairs: Sequence[Pair]
) -> tuple[Counter[str], Counter[str]]:
    """Chunks without a pair by reason, and what was made."""
    kept = {pair.chunk_id for pair in pairs}
    dropped, made = Counter[str](), Counter[str]()
    asked_about = []
    for chunk, (unfit, by_style) in zip(chunks, found, strict=True):
        if unfit is None:
            asked_about.append(chunk)
        if chunk.chunk_id not in kept:
            dropped[unfit or _why_none(by_style)] += 1
        for style, asked in by_style.items():
            made.update(asked.made)
            if asked.why_none and len(by_style) > 1:
                made[f"{style}_{asked.why_none}"] += 1
    told = coverage.coverage(asked_about, pairs)
    facts = sum(chunk.facts for chunk in told)
    unasked = sum(len(chunk.unasked) for chunk in told)
    return dropped, Counter({**+made, "facts": facts, "facts_unasked": unasked})


def _why_none(by_style: Mapping[str, Asked]) -> str:
    if any(asked.pairs for asked in by_style.values()):
        return "asked_elsewhere"
    return next(str(asked.why_none) for asked in by_style.values())
