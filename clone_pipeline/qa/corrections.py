"""Verified pairs to corrections: a wrong answer, somebody's objection, and the right answer."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from clone_pipeline.formats.choosing import chosen
from clone_pipeline.llm.asking import Model
from clone_pipeline.llm.prompt import Prompt
from clone_pipeline.qa import wording
from clone_pipeline.qa.asking import Asker, digest, is_cut_off
from clone_pipeline.qa.gathering import Progress, each, ignore
from clone_pipeline.qa.parsing import CorrectionRefusal, parse_correction
from clone_pipeline.qa.transcript import SHARED, shares
from clone_pipeline.qa.verification import text_of
from clone_pipeline.records import Chunk, Correction, Pair

PROMPT = "wrong_answer"
# So large a share of the right answer's words a correction holds, if not a piece of it as it is.
HELD = 0.5
_WORD = re.compile(r"\w+")

# "empty", "cut_off", "no_correction": what `parse_correction` can't read; "wrong_is_right": the
# wrong answer is the right one, or holds it; "other_answer": the correction is not the verified
# answer, which is all that was ever checked.
Refusal = CorrectionRefusal | Literal["wrong_is_right", "other_answer"]
Drop = Literal["chunk_missing"] | Refusal

# What the model is told of a reply that is whole and can't be used.
_WHY: Mapping[str, str] = {
    "wrong_is_right": "the wrong answer is right: it says what the answer that you were given says",
    "other_answer": "the corrected answer does not hold the right answer that you were given",
}


@dataclass(slots=True)
class _Case:
    """A pair on its way: what was refused, and the correction if one was fit."""

    refused: Counter[str] = field(default_factory=Counter)
    made: Correction | None = None
    dropped: Drop | None = None


async def corrections(
    pairs: Sequence[Pair],
    *,
    chunks: Iterable[Chunk],
    model: Model,
    model_name: str,
    prompts: Mapping[str, Prompt],
    structured: bool = False,
    completion: bool = False,
    progress: Progress = ignore,
) -> tuple[list[Correction], Counter[str], dict[str, int]]:
    """One correction for each of the pairs.

    A reply that can't be used is asked for once more, with its fault named.

    Args:
        pairs: verified ones, those that `asked_about` chose.
        chunks: at least those that the pairs came from.
        model: who is asked.
        model_name: its name at the endpoint.
        prompts: by file name without its ending: `PROMPT`.
        structured: as in `Asker`.
        completion: as in `Asker`.
        progress: told (pairs done, pairs).

    Returns:
        The corrections in the order of the pairs; pairs without one, by `Drop`; and what was
        made: "corrections", and replies that were refused, as "refused_<reason>".

    Raises:
        LlmFailure: a request failed for good; what was answered before is in the journal.
    """
    asker = Asker(model, model_name, prompts, structured, completion)
    texts = {chunk.chunk_id: chunk.text for chunk in chunks}

    async def one(pair: Pair) -> _Case:
        text = text_of(pair, texts)
        if text is None:
            return _Case(dropped="chunk_missing")
        return await _written(pair, text, asker)

    cases = await each(pairs, one, progress=progress)
    dropped = Counter(str(case.dropped) for case in cases if case.dropped)
    kept = [case.made for case in cases if case.made]
    refused = sum((case.refused for case in cases), Counter[str]())
    made = {f"refused_{reason}": n for reason, n in sorted(refused.items())}
    return kept, dropped, {"corrections": len(kept), **made}


def asked_about(pairs: Iterable[Pair], *, share: float) -> list[Pair]:
    """The pairs that a correction is asked for: their ids decide, a larger share adds to them."""
    return [pair for pair in pairs if chosen(pair.pair_id, share)]


def fault(pair: Pair, wrong: str, corrected: str) -> Refusal | None:
    """Why a wrong answer and its correction don't teach the pair's answer, or None if they do."""
    if _flat(pair.answer) in _flat(wrong):
        return "wrong_is_right"
    wanted = wording.content(pair.answer)
    held = len(wanted & wording.content(corrected)) >= HELD * len(wanted)
    return None if held or shares(corrected, pair.answer, length=SHARED) else "other_answer"


async def _written(pair: Pair, text: str, asker: Asker) -> _Case:
    """One reply, or a second; both refused, the second's reason is the pair's."""
    case = _Case()
    question, answer = pair.question, pair.answer
    reply = await asker.ask(PROMPT, text=text, question=question, answer=answer)
    for last in (False, True):
        reason = _read(case, pair, reply.text, cut_off=is_cut_off(reply))
        if reason is None:
            return case
        case.refused[reason] += 1
        if last:
            case.dropped = reason
        else:
            told = _WHY.get(reason, reason)
            reply = await asker.ask_again(
                PROMPT, reply, fault=told, text=text, question=question, answer=answer
            )
    return case


def _read(case: _Case, pair: Pair, text: str, *, cut_off: bool) -> Refusal | None:
    parts = parse_correction(text, cut_off=cut_off)
    if isinstance(parts, str):
        return parts
    wrong, objection, corrected = parts
    if reason := fault(pair, wrong, corrected):
        return reason
    name = digest(pair.pair_id, wrong, objection, corrected)
    case.made = Correction(
        name, pair.pair_id, pair.chunk_id, pair.question, wrong, objection, corrected
    )
    return None


def _flat(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold()))} "
