"""Every prompt tried on one chunk before the rest is asked: do replies parse, what do they cost?

The trial's requests are those of the run itself, so that what it asks is not asked again.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clone_pipeline.funnel import Usage
from clone_pipeline.llm.asking import Model
from clone_pipeline.llm.prompt import Prompt
from clone_pipeline.qa import dialogue, generation, suitability, verification, writing
from clone_pipeline.qa.forecast import Size
from clone_pipeline.qa.noting import Noting, size
from clone_pipeline.qa.prompting import of_style
from clone_pipeline.records import Chunk, Pair
from clone_pipeline.settings import Fault

CHUNKS_TRIED = 3  # a chunk may rightly give no question
SHOWN_CHARS = 300
UNREADABLE = "replies that can't be read"
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
    """

    faults: list[Fault] = field(default_factory=list)
    sizes: dict[str, Size] = field(default_factory=dict)
    pairs_per_chunk: float = 0.0
    used: Usage = field(default_factory=Usage)


async def try_prompts(
    chunks: Sequence[Chunk],
    *,
    model: Model,
    model_name: str,
    large_model_name: str,
    prompts: Mapping[str, Mapping[str, Prompt]],
    styles: Sequence[str],
    checks: Sequence[str],
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

    Not tried is what needs several chunks, or is asked after verification.

    Args:
        chunks: all there are; the trial takes the first that are at least of middling length.
        model: who is asked.
        model_name: its name at the endpoint.
        large_model_name: who writes conversations.
        prompts: by style and name.
        styles: kinds of questions.
        checks: keys of `verification.CHECKS`.
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
    steps: list[dict[str, Any]] = [{"checks": [check]} for check in checks]
    steps += [{"checks": [], "repair": True}] if repair else []
    steps += [{"checks": [], "min_rating": min_rating}] if min_rating is not None else []
    writing_too = {
        "model_name": model_name, "details": details, "top_up_rounds": min(1, top_up_rounds),
        "pairs_per_chunk": pairs_per_chunk, **asked,
    }  # fmt: skip
    for style in styles:
        filtered = filter_chunks and style == styles[0]  # as the run does
        pairs, faults = await _written(
            chunks, style, noting, counted, {"filter_chunks": filtered, **writing_too}
        )
        trial.faults += faults
        for pair in pairs[:1]:
            for step in steps:
                trial.faults += await _judged(pair, chunks, noting, model_name, step, asked)
            trial.faults += await _told(pair, chunks, noting, large_model_name, asked)
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
    for chunk in _spread(_middling(chunks), CHUNKS_TRIED):
        pairs, dropped, told = await generation.candidates([chunk], styles=[style], **asked)
        counted.append(len(pairs))
        why, made = why + dropped, made + told
        if pairs:
            break
    faults = []
    if why["unreadable_judgment"]:
        faults.append(_fault(suitability.PROMPT, style, asked["prompts"], noting))
    if made["top_up_unreadable"]:
        faults.append(_fault(writing.MORE_PROMPT, style, asked["prompts"], noting))
    if not pairs and (why["unreadable"] or why["no_pairs"]):
        what = UNREADABLE if why["unreadable"] else f"no question about {why['no_pairs']} chunks"
        faults.append(_fault(generation.PROMPT, style, asked["prompts"], noting, what=what))
    return pairs, faults


async def _judged(
    pair: Pair, chunks: Iterable[Chunk], noting: Noting, model_name: str,
    step: Mapping[str, Any], asked: Mapping[str, Any],
) -> list[Fault]:  # fmt: skip
    """One step on its own, so that a check that fails the pair hides no other."""
    before = {name: len(said) for name, said in noting.said.items()}
    _, _, dropped = await verification.verify(
        [pair], chunks=chunks, model_name=model_name, votes=1, **{"repair": False, **step}, **asked
    )
    if not any(reason in _UNREAD for reason in dropped):
        return []
    names = [name for name, said in noting.said.items() if len(said) > before.get(name, 0)]
    return [_fault(name, pair.style, asked["prompts"], noting) for name in names]


async def _told(
    pair: Pair, chunks: Iterable[Chunk], noting: Noting, model_name: str, asked: Mapping[str, Any]
) -> list[Fault]:
    _, _, made = await dialogue.converse([pair], chunks=chunks, model_name=model_name, **asked)
    if not made["plain_conversations"] or not any(made.get(why) for why in _NO_CONVERSATION):
        return []
    return [_fault(dialogue.PROMPT, pair.style, asked["prompts"], noting)]


def _fault(
    name: str, style: str, prompts: Mapping[str, Mapping[str, Prompt]], noting: Noting,
    *, what: str = UNREADABLE,
) -> Fault:  # fmt: skip
    said = noting.said.get(name)
    shown = " ".join(said[-1][1].text.split())[:SHOWN_CHARS] if said else "nothing"
    fix = (
        "Nothing else was asked yet. Does the model follow this prompt? Mend the file, take a "
        "stronger model, or set qa.smoke_test: false to go on all the same."
    )
    where = str(of_style(prompts, style)[name].path)
    return Fault(where, f"{what}, such as: {shown}", fix)


def _middling(chunks: Sequence[Chunk]) -> list[Chunk]:
    """The chunks of at least middling length, in order."""
    if not chunks:
        return []
    middle = sorted(len(chunk.text) for chunk in chunks)[len(chunks) // 2]
    return [chunk for chunk in chunks if len(chunk.text) >= middle]


def _spread(chunks: Sequence[Chunk], count: int) -> list[Chunk]:
    """So many of the chunks, evenly spread, for neighbours are of one kind."""
    return (
        [chunks[n * len(chunks) // count] for n in range(count)]
        if len(chunks) > count
        else [*chunks]
    )
