"""The verified pairs of each chunk as one conversation; a pair of several chunks as its own."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from clone_pipeline.llm.asking import Model
from clone_pipeline.llm.prompt import Prompt
from clone_pipeline.qa import transcript
from clone_pipeline.qa.asking import Asker, digest, is_cut_off
from clone_pipeline.qa.gathering import Progress, each, ignore
from clone_pipeline.qa.prompting import of_style
from clone_pipeline.records import Chunk, Pair, QaConversation, QaTurn

PROMPT = "multi_turn_assistant_conversation"


async def converse(
    pairs: Sequence[Pair],
    *,
    chunks: Iterable[Chunk],
    model: Model,
    model_name: str,
    prompts: Mapping[str, Mapping[str, Prompt]],
    structured: bool = False,
    completion: bool = False,
    by_rules: bool = False,
    progress: Progress = ignore,
) -> tuple[list[QaConversation], Counter[str], dict[str, int]]:
    """One conversation a chunk and style, that holds all pairs of it.

    A written conversation must hold every pair (`transcript.fault`); one that doesn't is written
    once more, with its fault named. If that one fails too, no pair is lost: the conversation is
    then plain, each question and its answer in turn.

    Args:
        pairs: verified pairs; one with `related` chunks is a conversation of its own.
        chunks: at least those that the pairs came from.
        model: who is asked.
        model_name: its name at the endpoint.
        prompts: by style, then by name: `PROMPT`.
        structured: replies are asked for as JSON.
        completion: each prompt is sent as one string.
        by_rules: for the embedded model: nothing is asked, every conversation is plain.
        progress: told (pairs done, pairs).

    Returns:
        The conversations in the order of the pairs' chunks; pairs dropped by reason
        ("chunk_missing"); and what was made: "conversations", "plain_conversations" among them,
        and written ones that were refused, as "refused_<reason>".

    Raises:
        LlmFailure: a request failed for good; what was answered before is in the journal.
        FaultyInput: pairs of a style that has no prompts.
    """
    known = {chunk.chunk_id for chunk in chunks}
    left = [pair for pair in pairs if known.issuperset((pair.chunk_id, *pair.related))]
    units = _units(left)
    askers = {} if by_rules else {
        style: Asker(model, model_name, of_style(prompts, style), structured, completion)
        for style in {pair.style for pair in left}
    }  # fmt: skip
    done = 0

    async def one(unit: list[Pair]) -> tuple[list[QaTurn] | None, Counter[str], str]:
        nonlocal done
        style = unit[0].style
        made = (None, Counter[str](), "") if by_rules else await _written(unit, askers[style])
        done += len(unit)
        progress(done, len(left))
        return made

    written = await each(units, one)
    made = Counter({"conversations": len(units), "plain_conversations": 0})
    conversations = []
    for unit, (turns, refused, key) in zip(units, written, strict=True):
        made.update({f"refused_{reason}": n for reason, n in refused.items()})
        made["plain_conversations"] += turns is None
        conversations.append(_conversation(unit, turns or transcript.plain(unit), key))
    missing = len(pairs) - len(left)
    return conversations, Counter({"chunk_missing": missing} if missing else {}), dict(made)


async def _written(unit: list[Pair], asker: Asker) -> tuple[list[QaTurn] | None, Counter[str], str]:
    """The turns, what was refused, and the key of the exchange that wrote the turns."""
    refused = Counter[str]()
    listed = "\n\n\n".join(
        f"**QUESTION:**\n{pair.question}\n\n**ANSWER:**\n{pair.answer}" for pair in unit
    )
    reply = await asker.ask(PROMPT, question_answer_list=listed)
    for last in (False, True):
        turns = transcript.parse_conversation(reply.text, cut_off=is_cut_off(reply))
        reason = turns if isinstance(turns, str) else transcript.fault(turns, unit)
        if reason is None and not isinstance(turns, str):
            return turns, refused, reply.journal_key
        refused[str(reason)] += 1
        if not last:
            fault = _in_words(str(reason), turns, unit)
            reply = await asker.ask_again(PROMPT, reply, fault=fault, question_answer_list=listed)
    return None, refused, ""


def _in_words(reason: str, turns: list[QaTurn] | str, unit: list[Pair]) -> str:
    """The fault as the model is told it; which pair is missing is said."""
    if reason != "pair_missing" or isinstance(turns, str):
        return reason
    pair = transcript.missing(turns, unit)
    question = pair.question if pair else ""
    return f'it lacks the question "{question}" or its answer, or changes their order or wording'


def _units(pairs: Sequence[Pair]) -> list[list[Pair]]:
    units: dict[tuple[str, ...], list[Pair]] = {}
    for pair in pairs:
        alone = (pair.pair_id,) if pair.related else ()
        units.setdefault((pair.chunk_id, pair.style, *alone), []).append(pair)
    return list(units.values())


def _conversation(unit: list[Pair], turns: list[QaTurn], key: str) -> QaConversation:
    ids = [pair.pair_id for pair in unit]
    chunk_id, related = unit[0].chunk_id, unit[0].related
    return QaConversation(digest(chunk_id, *ids), chunk_id, ids, turns, related, key)
