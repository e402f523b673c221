"""The context check: does a pair make sense alone; if not, is there a rewording that does."""

import dataclasses
from typing import Literal

from clone_pipeline.qa.asking import Asker, is_cut_off
from clone_pipeline.qa.rewording import Repair, RewordingRefusal, parse_repair
from clone_pipeline.records import Pair, Vote

PROMPT = "check_qatuple_context_no_filenames"

Drop = Literal["context_failed", "rewording_rejected", "unreadable_repair"]


async def repaired(pair: Pair, *, asker: Asker) -> tuple[Pair, list[Vote], Drop | None]:
    """The pair as it is or reworded, the replies as votes, and why it is dropped if it is.

    A reply whose decision can't be read is asked for once more, with the fault named. A rewording
    that speaks about a text nobody sees (`rewording.REJECTED`) drops the pair. A reworded pair
    keeps its `pair_id`, so that its votes and its candidate are still found.

    Raises:
        LlmFailure: a request failed for good.
    """
    fields = {"question": pair.question, "answer": pair.answer}
    votes: list[Vote] = []
    reply = await asker.ask(PROMPT, vote=0, **fields)
    for last in (False, True):
        read = parse_repair(reply.text, cut_off=is_cut_off(reply))
        verdict = _verdict(read)
        votes.append(Vote(pair.pair_id, "context", 0, verdict, reply.text, reply.journal_key))
        if verdict != "unreadable":
            return _applied(pair, read), votes, _drop(read)
        if not last:
            reply = await asker.ask_again(PROMPT, reply, fault=str(read), vote=0, **fields)
    return pair, votes, "unreadable_repair"


def _verdict(read: Repair | RewordingRefusal) -> str:
    if read == "rejected_phrase":
        return "fail"
    if not isinstance(read, Repair):
        return "unreadable"
    return "fail" if read.decision == "fail" else "pass"


def _drop(read: Repair | RewordingRefusal) -> Drop | None:
    if not isinstance(read, Repair):
        return "rewording_rejected"
    return "context_failed" if read.decision == "fail" else None


def _applied(pair: Pair, read: Repair | RewordingRefusal) -> Pair:
    if not isinstance(read, Repair) or read.decision != "reword":
        return pair
    changed = (read.question, read.answer) != (pair.question, pair.answer)
    return dataclasses.replace(
        pair, question=read.question, answer=read.answer, repaired=changed or pair.repaired
    )
