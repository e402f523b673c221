"""The verified pairs of each chunk as one conversation."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from clone_pipeline.llm.asking import Model
from clone_pipeline.llm.prompt import Prompt
from clone_pipeline.qa import transcript
from clone_pipeline.qa.asking import SECOND_TRY, Asker, digest, is_cut_off
from clone_pipeline.qa.gathering import Progress, each, ignore
from clone_pipeline.records import Chunk, Pair, QaConversation, QaTurn

PROMPT = "multi_turn_assistant_conversation"


async def converse(
    pairs: Sequence[Pair],
    *,
    chunks: Iterable[Chunk],
    model: Model,
    model_name: str,
    prompts: Mapping[str, Prompt],
    by_rules: bool = False,
    progress: Progress = ignore,
) -> tuple[list[QaConversation], Counter[str], dict[str, int]]:
    """One conversation a chunk and style, that holds all pairs of it.

    A written conversation must hold every pair (`transcript.fault`); one that doesn't is written
    once more. If that one fails too, no pair is lost: the conversation is then plain, each
    question and its answer in turn.

    Args:
        pairs: verified pairs.
        chunks: at least those that the pairs came from.
        model: who is asked.
        model_name: its name at the endpoint.
        prompts: by file name without `.yaml`: `PROMPT`.
        by_rules: for the embedded model: nothing is asked, every conversation is plain.
        progress: told (pairs done, pairs).

    Returns:
        The conversations in the order of the pairs' chunks; pairs dropped by reason
        ("chunk_missing"); and what was made: "conversations", "plain_conversations" among them,
        and written ones that were refused, as "refused_<reason>".

    Raises:
        LlmFailure: a request failed for good; what was answered before is in the journal.
    """
    asker = Asker(model, model_name, prompts)
    known = {chunk.chunk_id for chunk in chunks}
    left = [pair for pair in pairs if pair.chunk_id in known]
    units = _units(left)
    done = 0

    async def one(unit: list[Pair]) -> tuple[list[QaTurn] | None, Counter[str]]:
        nonlocal done
        refused = Counter[str]()
        turns = None
        if not by_rules:
            turns, refused = await _written(unit, asker)
        done += len(unit)
        progress(done, len(left))
        return turns, refused

    written = await each(units, one)
    made = Counter({"conversations": len(units), "plain_conversations": 0})
    conversations = []
    for unit, (turns, refused) in zip(units, written, strict=True):
        made.update({f"refused_{reason}": n for reason, n in refused.items()})
        made["plain_conversations"] += turns is None
        conversations.append(_conversation(unit, turns or transcript.plain(unit)))
    missing = len(pairs) - len(left)
    return conversations, Counter({"chunk_missing": missing} if missing else {}), dict(made)


async def _written(unit: list[Pair], asker: Asker) -> tuple[list[QaTurn] | None, Counter[str]]:
    refused = Counter[str]()
    asked_for = "\n\n\n".join(
        f"**QUESTION:**\n{pair.question}\n\n**ANSWER:**\n{pair.answer}" for pair in unit
    )
    for number in (0, SECOND_TRY):
        reply = await asker.ask(PROMPT, vote=number, question_answer_list=asked_for)
        turns = transcript.parse_conversation(reply.text, cut_off=is_cut_off(reply))
        reason = turns if isinstance(turns, str) else transcript.fault(turns, unit)
        if reason is None and not isinstance(turns, str):
            return turns, refused
        refused[str(reason)] += 1
    return None, refused


def _units(pairs: Sequence[Pair]) -> list[list[Pair]]:
    places: dict[tuple[str, str], int] = {}
    for pair in pairs:
        places.setdefault((pair.chunk_id, pair.style), len(places))
    ordered = sorted(pairs, key=lambda pair: places[pair.chunk_id, pair.style])
    return [list(unit) for _, unit in groupby(ordered, key=lambda p: (p.chunk_id, p.style))]


def _conversation(unit: list[Pair], turns: list[QaTurn]) -> QaConversation:
    ids = [pair.pair_id for pair in unit]
    return QaConversation(digest(unit[0].chunk_id, *ids), unit[0].chunk_id, ids, turns)
