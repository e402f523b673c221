"""Verified pairs rated from 1 to 10 by a model; those below a mark are left out.

As synthetic-data-kit's `curate` does with its threshold.
"""

import re
from typing import Literal

from clone_pipeline.qa import marks
from clone_pipeline.qa.asking import Asker, is_cut_off
from clone_pipeline.records import Pair, Vote

PROMPT = "rate_pair"

Drop = Literal["rated_low", "unreadable_rating"]

_OF = r"\s*(?:/|of|out of)\s*"
_NUMBER = rf"(10|[1-9])(?:\.\d+)?(?!\d)(?!\.\d)(?!\s*(?:[-–]|to)\s*\d)(?:{_OF}10\b)?(?!{_OF}\d)"
_MARKED = re.compile(rf"\brating\b[\s\"'*_`]*(?:[:：=|]|\bis\b)[\s\"'*_`(\[<]*{_NUMBER}", re.I)
_BARE = re.compile(rf"[\s\"'*_`(\[]*{_NUMBER}[\s\"'*_`)\].]*")


def parse_rating(text: str, *, cut_off: bool = False) -> int | None:
    """The rating that a reply gives, 1 to 10; None if it can't be told.

    Read are `RATING: 7`, `**Rating:** 7/10` and a reply that is no more than a number; of several
    the last. A fraction counts as the whole number below it.

    Args:
        text: the reply.
        cut_off: it ended at its token limit: what it would have concluded is not known.
    """
    said = marks.said(text)
    if cut_off:
        return None
    if marked := _MARKED.findall(said):
        return int(marked[-1])
    bare = _BARE.fullmatch(said)
    return int(bare[1]) if bare else None


async def rated(
    pair: Pair, text: str, *, asker: Asker, least: int
) -> tuple[list[Vote], Drop | None]:
    """The replies as votes of the check "rating", and why the pair is dropped if it is.

    A reply without a readable rating is asked for once more.

    Raises:
        LlmFailure: a request failed for good.
    """
    fields = {"text": text, "question": pair.question, "answer": pair.answer}
    reply = await asker.ask(PROMPT, vote=0, **fields)
    votes: list[Vote] = []
    for last in (False, True):
        rating = parse_rating(reply.text, cut_off=is_cut_off(reply))
        verdict = "unreadable" if rating is None else "pass" if rating >= least else "fail"
        votes.append(Vote(pair.pair_id, "rating", 0, verdict, reply.text, reply.journal_key))
        if rating is not None:
            return votes, None if rating >= least else "rated_low"
        if not last:
            fault = "cut_off" if is_cut_off(reply) else "no_rating"
            reply = await asker.ask_again(PROMPT, reply, fault=fault, vote=0, **fields)
    return votes, "unreadable_rating"
