"""Which chunks are worth questions."""

import re
from typing import Literal

from clone_pipeline.qa import parsing
from clone_pipeline.qa.asking import Asker, is_cut_off

PROMPT = "judge_paragraph"
MIN_LETTERS = 20

# "too_short": little but headings, so nothing is asked about it; "unsuitable": the model finds it
# not worth questions; "unreadable_judgment": twice a reply without a verdict.
Unfit = Literal["too_short", "unsuitable", "unreadable_judgment"]

_HEADINGS = re.compile(r"^#{1,6}[^\S\n].*$", re.MULTILINE)


def too_short(text: str) -> bool:
    """Whether a text holds fewer than `MIN_LETTERS` letters beside its headings."""
    return sum(map(str.isalpha, _HEADINGS.sub("", text))) < MIN_LETTERS


async def judge(text: str, *, asker: Asker) -> Unfit | None:
    """Why `text` is not worth questions, as the model judges; None if it is.

    Args:
        text: a chunk's.
        asker: with `PROMPT`.

    Raises:
        LlmFailure: a request failed for good.
    """
    reply = await asker.ask(PROMPT, text=text)
    verdict = parsing.parse_suitable(reply.text, cut_off=is_cut_off(reply))
    if not isinstance(verdict, bool):
        reply = await asker.ask_again(PROMPT, reply, fault=verdict, text=text)
        verdict = parsing.parse_suitable(reply.text, cut_off=is_cut_off(reply))
    if not isinstance(verdict, bool):
        return "unreadable_judgment"
    return None if verdict else "unsuitable"
