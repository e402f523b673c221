"""Prompts that are asked only where they are switched on, tried as `trial` tries the others."""

from collections.abc import Mapping, Sequence
from typing import Any

from clone_pipeline.llm.asking import Model
from clone_pipeline.llm.prompt import Prompt
from clone_pipeline.qa import corrections, generation, multi_source, rewriting
from clone_pipeline.qa.forecast import Size
from clone_pipeline.qa.noting import Noting, size
from clone_pipeline.qa.trial import CHUNKS_TRIED, fault
from clone_pipeline.records import Chunk, Pair
from clone_pipeline.settings import Fault

# Why a reply is of no use whatever it says; other reasons are about what it says.
_NO_CORRECTION = ("empty", "cut_off", "no_correction")
_NO_REWRITING = ("empty", "cut_off", "refused")


async def try_more(
    pair: Pair,
    chunks: Sequence[Chunk],
    *,
    model: Model,
    model_name: str,
    prompts: Mapping[str, Mapping[str, Prompt]],
    corrects: bool,
    kinds: Sequence[str],
    several: bool,
    structured: bool = False,
    completion: bool = False,
) -> tuple[list[Fault], dict[str, Size]]:
    """Ask each of these prompts once.

    Args:
        pair: to be corrected.
        chunks: all there are; the pair's own is told again, the longest are asked about
            with related ones.
        model: who is asked.
        model_name: its name at the endpoint.
        prompts: by style, then by name.
        corrects: whether a wrong answer is asked for.
        kinds: of rewritings.
        several: whether questions over several chunks are asked for.
        structured: as in `Asker`.
        completion: as in `Asker`.

    Returns:
        A fault for each prompt whose reply is of no use, and the sizes of what was asked.

    Raises:
        LlmFailure: a request failed for good.
    """
    noting, unread = Noting(model), list[tuple[str, str]]()
    asked: dict[str, Any] = {"model": noting, "model_name": model_name, "completion": completion}
    plain = prompts["default"]
    if corrects:
        _, why, _ = await corrections.corrections(
            [pair], chunks=chunks, prompts=plain, structured=structured, **asked
        )
        unread += [(corrections.PROMPT, "default")] * any(why[each] for each in _NO_CORRECTION)
    own = [chunk for chunk in chunks if chunk.chunk_id == pair.chunk_id]
    for kind in kinds:
        _, why, _ = await rewriting.rewritings(
            own, documents=[], kinds=[kind], prompts=plain, **asked
        )
        name = rewriting.prompt_of(kind)
        unread += [(name, "default")] * any(why[each] for each in _NO_REWRITING)
    if several:
        _, _, made = await generation.candidates(
            sorted(chunks, key=lambda each: -len(each.text))[:CHUNKS_TRIED],
            prompts=prompts, styles=["default"], structured=structured,
            multi_source_share=1.0, related=1, **asked,
        )  # fmt: skip
        style = multi_source.STYLE
        unread += [(multi_source.PROMPT, style)] * bool(made[f"{style}_unreadable"])
    faults = [fault(name, style, prompts, noting) for name, style in unread]
    return faults, {step: size(said) for step, said in noting.said.items()}
