"""Candidates checked by majority, repaired and rated: what is left is verified."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from clone_pipeline.llm.asking import Model
from clone_pipeline.llm.prompt import Prompt
from clone_pipeline.qa import embedded, judging, rating
from clone_pipeline.qa import repair as context
from clone_pipeline.qa.asking import Asker
from clone_pipeline.qa.gathering import Progress, each, ignore
from clone_pipeline.qa.grounding import Reason
from clone_pipeline.qa.judging import CHECKS, Judging
from clone_pipeline.qa.prompting import of_style
from clone_pipeline.records import Chunk, Pair, Vote

__all__ = ["CHECKS", "Drop", "Judging", "text_of", "verify"]

Drop = Literal["chunk_missing", "duplicate"] | judging.Drop | context.Drop | rating.Drop | Reason


@dataclass(slots=True)
class _Case:
    """A pair on its way: its votes so far, and why it was dropped."""

    pair: Pair
    votes: list[Vote] = field(default_factory=list)
    dropped: Drop | None = None


@dataclass(frozen=True, slots=True)
class _Terms:
    """What every pair has to pass."""

    checks: Sequence[str]
    votes: int
    repair: bool
    min_rating: int | None


async def verify(
    pairs: Sequence[Pair],
    *,
    chunks: Iterable[Chunk],
    model: Model,
    model_name: str,
    prompts: Mapping[str, Mapping[str, Prompt]],
    votes: int = 3,
    checks: Sequence[str] = ("question", "accuracy"),
    repair: bool = True,
    structured: bool = False,
    completion: bool = False,
    min_rating: int | None = None,
    by_rules: bool = False,
    progress: Progress = ignore,
) -> tuple[list[Pair], list[Vote], Counter[str]]:
    """The pairs that pass every check, make sense alone, and are rated well enough.

    Each check is a vote: kept only if more than half are for the pair, stopped as soon as that is
    decided. The context check then passes a pair, rewords it or tosses it; a reworded pair keeps
    its id. A reply that can't be read is asked for once more with its fault named; if that can't
    be read either, the pair is dropped. All replies are saved as votes, unreadable ones too.

    Args:
        pairs: candidates.
        chunks: at least those that the pairs came from.
        model: who is asked.
        model_name: its name at the endpoint.
        prompts: by style, then by name: those of `CHECKS` in use, `repair.PROMPT`, `rating.PROMPT`.
        votes: votes of a check, 1 or more.
        checks: keys of `CHECKS`, in the order in which a pair has to pass them.
        repair: make the context check.
        structured: replies are asked for as JSON.
        completion: each prompt is sent as one string.
        min_rating: least rating, 1 to 10, that a pair is kept with; None: none is asked for.
        by_rules: for the embedded model, which is no judge: `embedded.check` decides alone,
            nothing is asked.
        progress: told (pairs done, pairs).

    Returns:
        The verified pairs in the order of `pairs`, all votes, and what was dropped by reason.

    Raises:
        LlmFailure: a request failed for good; what was answered before is in the journal.
        FaultyInput: pairs of a style that has no prompts.
    """
    texts = {chunk.chunk_id: chunk.text for chunk in chunks}
    terms = _Terms(checks, votes, repair, min_rating)
    askers = {} if by_rules else {
        style: Asker(model, model_name, of_style(prompts, style), structured, completion)
        for style in {pair.style for pair in pairs}
    }  # fmt: skip

    async def one(pair: Pair) -> _Case:
        case, text = _Case(pair), text_of(pair, texts)
        if text is None:
            case.dropped = "chunk_missing"
        elif by_rules:
            vote, case.dropped = embedded.check(pair, text)
            case.votes.append(vote)
        else:
            await _pass(case, text, askers[pair.style], terms)
        return case

    cases = await each(pairs, one, progress=progress)
    _drop_duplicates(cases)
    kept = [case.pair for case in cases if case.dropped is None]
    dropped = Counter(str(case.dropped) for case in cases if case.dropped is not None)
    return kept, [vote for case in cases for vote in case.votes], dropped


def text_of(pair: Pair, texts: Mapping[str, str]) -> str | None:
    """What a pair was written from: its chunk's text, then those of its related chunks.

    Args:
        pair: of one chunk, or of several.
        texts: by chunk_id.

    Returns:
        The texts with a blank line between two; None if one of them is not there.
    """
    found = [texts.get(chunk_id) for chunk_id in (pair.chunk_id, *pair.related)]
    known = [text for text in found if text is not None]
    return "\n\n".join(known) if len(known) == len(found) else None


async def _pass(case: _Case, text: str, asker: Asker, terms: _Terms) -> None:
    case.votes, case.dropped = await judging.judged(
        case.pair, text, asker=asker, checks=terms.checks, votes=terms.votes
    )
    if terms.repair and case.dropped is None:
        case.pair, more, case.dropped = await context.repaired(case.pair, asker=asker)
        case.votes.extend(more)
    if terms.min_rating is not None and case.dropped is None:
        more, case.dropped = await rating.rated(
            case.pair, text, asker=asker, least=terms.min_rating
        )
        case.votes.extend(more)


def _drop_duplicates(cases: Iterable[_Case]) -> None:
    seen: set[tuple[str, str]] = set()
    for case in cases:
        if case.dropped is not None:
            continue
        said = (_flat(case.pair.question), _flat(case.pair.answer))
        if said in seen:
            case.dropped = "duplicate"
        seen.add(said)


def _flat(text: str) -> str:
    return " ".join(text.casefold().split())
