"""Candidates checked by majority, then repaired: what is left is verified."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from clone_pipeline.llm.asking import Model
from clone_pipeline.llm.prompt import Prompt
from clone_pipeline.qa import embedded
from clone_pipeline.qa.asking import SECOND_TRY, Asker, is_cut_off
from clone_pipeline.qa.gathering import Progress, each, ignore
from clone_pipeline.qa.grounding import Reason
from clone_pipeline.qa.parsing import parse_verdict
from clone_pipeline.qa.repair import repaired
from clone_pipeline.qa.voting import decided, needed
from clone_pipeline.records import Chunk, Pair, Vote

Drop = Literal[
    "chunk_missing",
    "question_irrelevant",
    "answer_inaccurate",
    "answer_irrelevant",
    "unreadable_verdict",
    "context_failed",
    "rewording_rejected",
    "unreadable_repair",
    "duplicate",
]


@dataclass(frozen=True, slots=True)
class Judging:
    """One check: its prompt file, its verdict words, and the reason of a pair that fails it."""

    prompt: str
    positive: str
    negative: str
    reason: Drop


CHECKS: Mapping[str, Judging] = {
    "question": Judging("check_question", "RELEVANT", "IRRELEVANT", "question_irrelevant"),
    "accuracy": Judging("check_answer", "ACCURATE", "INACCURATE", "answer_inaccurate"),
    "relevancy": Judging(
        "check_answer_relevancy_with_text", "RELEVANT", "IRRELEVANT", "answer_irrelevant"
    ),
}


@dataclass(slots=True)
class _Case:
    """A pair on its way: its votes so far, and why it was dropped."""

    pair: Pair
    votes: list[Vote] = field(default_factory=list)
    dropped: Drop | Reason | None = None


async def verify(
    pairs: Sequence[Pair],
    *,
    chunks: Iterable[Chunk],
    model: Model,
    model_name: str,
    prompts: Mapping[str, Prompt],
    votes: int = 3,
    checks: Sequence[str] = ("question", "accuracy"),
    repair: bool = True,
    by_rules: bool = False,
    progress: Progress = ignore,
) -> tuple[list[Pair], list[Vote], Counter[str]]:
    """The pairs that pass every check and make sense alone.

    Each check is a vote: kept only if more than half are for the pair, stopped as soon as that is
    decided. A reply without a readable verdict is asked for once more; if that has none either,
    the pair is dropped. The context check then passes a pair, rewords it or tosses it; a reworded
    pair keeps its id. Replies of both are saved as votes, unreadable ones too.

    Args:
        pairs: candidates.
        chunks: at least those that the pairs came from.
        model: who is asked.
        model_name: its name at the endpoint.
        prompts: by file name without `.yaml`: those of `CHECKS` in use, and
            `repair.PROMPT`.
        votes: votes of a check, 1 or more.
        checks: keys of `CHECKS`, in the order in which a pair has to pass them.
        repair: make the context check.
        by_rules: for the embedded model, which is no judge: `embedded.check` decides alone,
            nothing is asked.
        progress: told (pairs done, pairs).

    Returns:
        The verified pairs in the order of `pairs`, all votes, and what was dropped by reason.

    Raises:
        LlmFailure: a request failed for good; what was answered before is in the journal.
    """
    asker = Asker(model, model_name, prompts)
    texts = {chunk.chunk_id: chunk.text for chunk in chunks}

    async def one(pair: Pair) -> _Case:
        case = _Case(pair)
        if pair.chunk_id not in texts:
            case.dropped = "chunk_missing"
        elif by_rules:
            vote, case.dropped = embedded.check(pair, texts[pair.chunk_id])
            case.votes.append(vote)
        else:
            await _judge(case, texts[pair.chunk_id], asker, checks=checks, votes=votes)
            if repair and case.dropped is None:
                case.pair, asked, case.dropped = await repaired(pair, asker=asker)
                case.votes.extend(asked)
        return case

    cases = await each(pairs, one, progress=progress)
    _drop_duplicates(cases)
    kept = [case.pair for case in cases if case.dropped is None]
    dropped = Counter(str(case.dropped) for case in cases if case.dropped is not None)
    return kept, [vote for case in cases for vote in case.votes], dropped


async def _judge(
    case: _Case, text: str, asker: Asker, *, checks: Sequence[str], votes: int
) -> None:
    for check in checks:
        verdict = await _count(case, check, text, asker, votes=votes)
        if verdict is None:
            case.dropped = "unreadable_verdict"
        elif not verdict:
            case.dropped = CHECKS[check].reason
        if case.dropped is not None:
            return


async def _count(case: _Case, check: str, text: str, asker: Asker, *, votes: int) -> bool | None:
    """The verdict of one check, None if a vote stayed unreadable."""
    passes = fails = 0
    while (more := needed(passes, fails, votes=votes)) > 0:
        numbers = range(passes + fails, passes + fails + more)
        rounds = await each(numbers, lambda n: _vote(case.pair, check, n, text, asker))
        case.votes.extend(vote for tries in rounds for vote in tries)
        verdicts = [tries[-1].verdict for tries in rounds]
        if "unreadable" in verdicts:
            return None
        passes += verdicts.count("pass")
        fails += verdicts.count("fail")
    return decided(passes, fails, votes=votes)


async def _vote(pair: Pair, check: str, number: int, text: str, asker: Asker) -> list[Vote]:
    """One vote: one reply, two if the first has no readable verdict."""
    judging = CHECKS[check]
    tries: list[Vote] = []
    for asked in (number, SECOND_TRY + number):
        reply = await asker.ask(
            judging.prompt, vote=asked, text=text, question=pair.question, answer=pair.answer
        )
        read = parse_verdict(
            reply.text,
            positive=judging.positive,
            negative=judging.negative,
            cut_off=is_cut_off(reply),
        )
        verdict = "unreadable" if isinstance(read, str) else "pass" if read else "fail"
        tries.append(Vote(pair.pair_id, check, number, verdict, reply.text, reply.journal_key))
        if verdict != "unreadable":
            break
    return tries


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
