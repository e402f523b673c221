import time

import pytest

from clone_pipeline.qa import structured
from clone_pipeline.qa.parsing import parse_correction, parse_pairs
from clone_pipeline.qa.rating import parse_rating
from clone_pipeline.qa.rewording import parse_repair
from clone_pipeline.qa.transcript import parse_conversation
from clone_pipeline.qa.verdicts import parse_suitable, parse_verdict

STUCK = [
    " ", "\n", ":", "*", "#", "|", "`", "_", "<think>", "</think>", "RELEVANT ", "not ", "1.) a\n",
    "Q: a\n", "```\n", "| a | b |\n", "PASS\n", "final judgment ", "**QUESTION:**\n", "User: ",
    "```a\n", "~~~~x\n", "```\n~~~a\n",
    "RATING ", "RATING: 10 of ", "[{", "not suitable ", "Thought process:\n", "**WRONG ANSWER:**\n",
]  # fmt: skip


@pytest.mark.parametrize("words", STUCK)
def test_a_model_that_got_stuck_is_read_in_a_moment(words: str) -> None:
    reply = words * (30_000 // len(words))
    started = time.process_time()
    parse_pairs(reply)
    parse_correction(reply)
    parse_verdict(reply, positive="RELEVANT", negative="IRRELEVANT")
    parse_suitable(reply)
    parse_repair(reply)
    parse_conversation(reply)
    parse_rating(reply)
    structured.as_text("check_answer", reply)
    assert time.process_time() - started < 4
