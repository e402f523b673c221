"""Chunks to candidates: question and answer pairs as a model writes them."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

from clone_pipeline.llm.asking import Model
from clone_pipeline.llm.prompt import Prompt
from clone_pipeline.qa import embedded
from clone_pipeline.qa.asking import SECOND_TRY, Asker, digest, is_cut_off
from clone_pipeline.qa.gathering import Progress, each, ignore
from clone_pipeline.qa.parsing import Written, parse_pairs
from clone_pipeline.records import Chunk, Pair

PROMPT = "qatuples_gen_no_filenames"

# "too_short": little but headings, so no request is made; "no_pairs": the reply holds no block at
# all; "unreadable": blocks, but no whole pair, twice; "nothing_to_ask", "nothing_grounded": the
# embedded writer found nothing to ask or to keep.
Drop = Literal["too_short", "no_pairs", "unreadable"] | embedded.NoPairs
MIN_LETTERS = 20
_HEADINGS = re.compile(r"^#{1,6}[^\S\n].*$", re.MULTILINE)


async def candidates(
    chunks: Sequence[Chunk],
    *,
    model: Model,
    model_name: str,
    prompts: Mapping[str, Prompt],
    style: str = "default",
    details: Mapping[str, str] | None = None,
    by_rules: bool = False,
    max_pairs_per_chunk: int = 6,
    progress: Progress = ignore,
) -> tuple[list[Pair], Counter[str], dict[str, int]]:
    """The pairs that a model writes from each chunk.

    Args:
        chunks: what to ask about.
        model: who is asked.
        model_name: its name at the endpoint.
        prompts: by file name without `.yaml`: `PROMPT`; for `by_rules` those of `embedded`.
        style: written into each pair and its id.
        details: by document_id, what the text is; becomes `{textdetails}`.
        by_rules: for the embedded model: two constrained requests a pair, and rules that choose.
        max_pairs_per_chunk: with `by_rules`, most pairs of a chunk.
        progress: told (chunks done, chunks).

    Returns:
        The pairs in the order of the chunks; the chunks without any, by `Drop`; and what was made:
        "pairs", and what was left out of the replies as "refused_<reason>".

    Raises:
        LlmFailure: a request failed for good; what was answered before is in the journal.
    """
    asker = Asker(model, model_name, prompts)

    async def one(chunk: Chunk) -> tuple[Written, Drop | None]:
        if sum(map(str.isalpha, _HEADINGS.sub("", chunk.text))) < MIN_LETTERS:
            return Written([], Counter()), "too_short"
        if by_rules:
            return await embedded.write(chunk.text, asker=asker, limit=max_pairs_per_chunk)
        return await _write(chunk, asker, (details or {}).get(chunk.document_id, ""))

    written = await each(chunks, one, progress=progress)
    made, dropped = Counter[str](), Counter[str]()
    pairs: dict[str, Pair] = {}
    for chunk, (found, drop) in zip(chunks, written, strict=True):
        made.update({f"refused_{reason}": n for reason, n in found.refused.items()})
        if drop is not None:
            dropped[drop] += 1
        for question, answer in found.pairs:
            pair_id = digest(chunk.chunk_id, style, question, answer)
            pairs[pair_id] = Pair(pair_id, chunk.chunk_id, style, question, answer)
    return list(pairs.values()), dropped, {"pairs": len(pairs), **made}


async def _write(chunk: Chunk, asker: Asker, about: str) -> tuple[Written, Drop | None]:
    """One reply; a second if the first holds blocks but no whole pair."""
    refused = Counter[str]()
    for asked in (0, SECOND_TRY):
        reply = await asker.ask(PROMPT, vote=asked, text=chunk.text, textdetails=about)
        found = parse_pairs(reply.text, cut_off=is_cut_off(reply))
        refused.update(found.refused)
        if found.pairs:
            return Written(found.pairs, refused), None
        if not found.refused:
            return Written([], refused), "no_pairs"
    return Written([], refused), "unreadable"
