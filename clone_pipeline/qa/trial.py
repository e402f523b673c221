"""Every prompt tried on one chunk before the rest is asked: do replies parse, what do they cost?

The trial's requests are those of the run itself, so that what it asks is not asked again.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clone_pipeline.funnel import Usage
from clone_pipeline.llm.asking import Model
from clone_pipeline.llm.prompt import Prompt
from clone_pipeline.qa import dialogue, generation, rating, suitability, verification, writing
from clone_pipeline.qa import repair as context
from clone_pipeline.qa.forecast import Size
from clone_pipeline.qa.middling import middling, spread
from clone_pipeline.qa.noting import Noting, size
from clone_pipeline.qa.prompting import of_style
from clone_pipeline.records import Chunk, Pair
from clone_pipeline.settings import Fault

CHUNKS_TRIED = 3  # a chunk may rightly give no question
SHOWN_CHARS = 300
UNREADABLE = "replies that can't be read"
FIX = (
    "Nothing else was asked yet. Does the model follow this prompt? Mend the file, take a "
    "stronger model, or set qa.smoke_test: false to go on all the same."
)
# What a stage counts when a reply can't be read, by the end of its name.
_UNREAD = ("unreadable_verdict", "unreadable_repair", "unreadable_rating")
# Why a written conversation is none; others can be read, and a plain one takes their place.
_NO_CONVERSATION = ("refused_no_turns", "refused_empty_turn", "refused_cut_off")


@dataclass(slots=True)
class Trial:
    """What came of it.

    Attributes:
        faults: a prompt whose replies don't parse: the file, the reply, what to do.
        sizes: by prompt, mean tokens of a request and its reply.
        pairs_per_chunk: of the chunks tried, in one style.
        used: what was asked.
        pair: the first that was written, if any was.
    """

    faults: list[Fault] = field(default_factory=list)
    sizes: dict[str, Size] = field(default_factory=dict)
    pairs_per_chunk: float = 0.0
    used: Usage = field(default_factory=Usage)
    pair: Pair | None = None


async def try_prompts(
    chunks: Sequence[Chunk],
    *,
    model: Model,
    model_name: str,
    large_model_name: str,
    prompts: Mapping[str, Mapping[str, Prompt]],
    styles: Sequence[str],
    checks: Sequence[str],
    votes: int,
    repair: bool,
    min_rating: int | None,
    details: Mapping[str, str],
    structured: bool = False,
    completion: bool = False,
    filter_chunks: bool = False,
    top_up_rounds: int = 0,
    pairs_per_chunk: int | None = None,
) -> Trial:
    """Ask every prompt of every style about one chunk, or a few where the first gives no pair.

    What needs several chunks, or is asked after verification, `trial_more` tries.

    Args:
        chunks: all there are; the trial takes the first that are at least of middling length.
        model: who is asked.
        model_name: its name at the endpoint.
        large_model_name: who writes conversations.
        prompts: by style and name.
        styles: kinds of questions.
        checks: keys of `verification.CHECKS`.
        votes: of the first check, so that it comes out whether the model gives several choices;
            the others are tried with one.
        repair: whether the context check is made.
        min_rating: None: no pair is rated.
        details: by document_id, what the text is.
        structured: as in `Asker`.
        completion: as in `Asker`.
        filter_chunks: as in `generation.candidates`.
        top_up_rounds: likewise; one is tried.
        pairs_per_chunk: likewise.

    Raises:
        LlmFailure: a request failed for good.
    """
    noting, trial, counted = Noting(model), Trial(), list[int]()
    asked: dict[str, Any] = {
        "model": noting, "prompts": prompts, "structured": structured, "completion": completion,
    }  # fmt: skip
    steps: list[tuple[str, dict[str, Any]]] = [
        (verification.CHECKS[check].prompt, {"checks": [check], "votes": 1 if place else votes})
        for place, check in enumerate(checks)
    ]
    if repair:
        steps.append((context.PROMPT, {"checks": [], "repair": True}))
    if min_rating is not None:
        steps.append((rating.PROMPT, {"checks": [], "min_rating": min_rating}))
    writing_too = {
        "model_name": model_name, "details": details, "top_up_rounds": min(1, top_up_rounds),
        "pairs_per_chunk": pairs_per_chunk, **asked,
    }  # fmt: skip

    async def tried(style: str) -> list[Fault]:
        filtered = filter_chunks and style == styles[0]  # as the run does
        pairs, faults = await _written(
            chunks, style, noting, counted, {"filter_chunks": filtered, **writing_too}
        )
        trial.pair = next(iter(pairs), trial.pair)
        judged = [
            _judged(pair, chunks, model_name, prompt, step, asked)
            for pair in pairs[:1]
            for prompt, step in steps
        ]
        told = [_told(pair, chunks, large_model_name, asked) for pair in pairs[:1]]
        unread = [name for names in await asyncio.gather(*judged, *told) for name in names]
        return faults + [fault(name, style, prompts, noting) for name in unread]

    for faults in await asyncio.gather(*map(tried, styles)):
        trial.faults += faults
    trial.pairs_per_chunk = sum(counted) / len(counted) if counted else 0.0
    trial.sizes = {step: size(said) for step, said in noting.said.items()}
    trial.used = model.usage()
    return trial


async def _written(
    chunks: Sequence[Chunk], style: str, noting: Noting, counted: list[int],
    asked: Mapping[str, Any],
) -> tuple[list[Pair], list[Fault]]:  # fmt: skip
    """The pairs of the first chunk that gives some; why none does, if that is a prompt's fault."""
    why, made = Counter[str](), Counter[str]()
    pairs: list[Pair] = []
    for chunk in spread(middling(chunks), CHUNKS_TRIED):
        pairs, dropped, told = await generation.candidates([chunk], styles=[style], **asked)
        counted.append(len(pairs))
        why, made = why + dropped, made + told
        if pairs:
            break
    faults = []
    if why["unreadable_judgment"]:
        faults.append(fault(suitability.PROMPT, style, asked["prompts"], noting))
    if made["top_up_unreadable"]:
        faults.append(fault(writing.MORE_PROMPT, style, asked["prompts"], noting))
    if not pairs and (why["unreadable"] or why["no_pairs"]):
        what = UNREADABLE if why["unreadable"] else f"no question about {why['no_pairs']} chunks"
        faults.append(fault(generation.PROMPT, style, asked["prompts"], noting, what=what))
    return pairs, faults


async def _judged(
    pair: Pair, chunks: Iterable[Chunk], model_name: str, prompt: str,
    step: Mapping[str, Any], asked: Mapping[str, Any],
) -> list[str]:  # fmt: skip
    """`prompt`, if its replies can't be read.

    Each step is tried on its own, so that a check that fails the pair hides no other.
    """
    settings = {"repair": False, "votes": 1, **step}
    _, _, dropped = await verification.verify(
        [pair], chunks=chunks, model_name=model_name, **settings, **asked
    )
    return [prompt] if any(reason in _UNREAD for reason in dropped) else []


async def _told(
    pair: Pair, chunks: Iterable[Chunk], model_name: str, asked: Mapping[str, Any]
) -> list[str]:
    _, _, made = await dialogue.converse([pair], chunks=chunks, model_name=model_name, **asked)
    unread = made["plain_conversations"] and any(made.get(why) for why in _NO_CONVERSATION)
    return [dialogue.PROMPT] if unread else []


def fault(
    name: str, style: str, prompts: Mapping[str, Mapping[str, Prompt]], noting: Noting,
    *, what: str = UNREADABLE,
) -> Fault:  # fmt: skip
    """The prompt `name` of a style, with the last that was said to it."""
    said = noting.said.get(name)
    shown = " ".join(said[-1][1].text.split())[:SHOWN_CHARS] if said else "nothing"
    where = str(of_style(prompts, style)[name].path)
    return Fault(where, f"{what}, such as: {shown}", FIX)
