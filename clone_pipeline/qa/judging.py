"""The checks of a pair against its text, each decided by the majority of independent votes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from clone_pipeline.llm.asking import Reply
from clone_pipeline.qa.asking import Asker, is_cut_off
from clone_pipeline.qa.gathering import each
from clone_pipeline.qa.verdicts import parse_verdict
from clone_pipeline.qa.voting import decided, needed
from clone_pipeline.records import Pair, Vote

Drop = Literal[
    "question_irrelevant", "answer_inaccurate", "answer_irrelevant", "unreadable_verdict"
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


async def judged(
    pair: Pair, text: str, *, asker: Asker, checks: Sequence[str], votes: int
) -> tuple[list[Vote], Drop | None]:
    """The votes on a pair, and why it is dropped if it fails a check.

    The first majority of a check is asked for at once, then as many votes as are still needed. A
    vote without a readable verdict is asked for once more, with the fault named.

    Args:
        pair: a candidate.
        text: what it was written from.
        asker: with the prompts of the checks.
        checks: keys of `CHECKS`, in the order in which the pair has to pass them.
        votes: votes of a check, 1 or more.

    Raises:
        LlmFailure: a request failed for good.
    """
    cast: list[Vote] = []
    for check in checks:
        verdict, more = await _count(pair, check, text, asker, votes=votes)
        cast.extend(more)
        if verdict is None:
            return cast, "unreadable_verdict"
        if not verdict:
            return cast, CHECKS[check].reason
    return cast, None


async def _count(
    pair: Pair, check: str, text: str, asker: Asker, *, votes: int
) -> tuple[bool | None, list[Vote]]:
    """The verdict of one check, None if a vote stayed unreadable; and the votes."""
    fields = {"text": text, "question": pair.question, "answer": pair.answer}
    cast: list[Vote] = []
    passes = fails = 0
    while (more := needed(passes, fails, votes=votes)) > 0:
        numbers = range(passes + fails, passes + fails + more)
        replies = await asker.ask_votes(CHECKS[check].prompt, numbers, **fields)
        rounds = await each(
            list(zip(numbers, replies, strict=True)),
            lambda ballot: _vote(pair, check, *ballot, asker=asker, fields=fields),
        )
        cast.extend(vote for tries in rounds for vote in tries)
        verdicts = [tries[-1].verdict for tries in rounds]
        if "unreadable" in verdicts:
            return None, cast
        passes += verdicts.count("pass")
        fails += verdicts.count("fail")
    return decided(passes, fails, votes=votes), cast


async def _vote(
    pair: Pair, check: str, number: int, reply: Reply, *, asker: Asker, fields: Mapping[str, str]
) -> list[Vote]:
    """One vote: one reply, two if the first has no readable verdict."""
    judging = CHECKS[check]
    tries: list[Vote] = []
    for last in (False, True):
        read = parse_verdict(
            reply.text,
            positive=judging.positive,
            negative=judging.negative,
            cut_off=is_cut_off(reply),
        )
        verdict = "unreadable" if isinstance(read, str) else "pass" if read else "fail"
        tries.append(Vote(pair.pair_id, check, number, verdict, reply.text, reply.journal_key))
        if not isinstance(read, str) or last:
            break
        reply = await asker.ask_again(judging.prompt, reply, fault=read, vote=number, **fields)
    return tries
