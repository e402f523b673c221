"""Verification of scripted votes."""

import asyncio
from collections import Counter
from typing import Any

from clone_pipeline.llm.asking import Request
from clone_pipeline.qa import repair, verification
from clone_pipeline.qa.verification import CHECKS
from clone_pipeline.records import Pair, Vote
from clone_pipeline_tests.qa.scripted import BY_STYLE, Script, ScriptedModel, chunk, step_of

Made = tuple[list[Pair], list[Vote], Counter[str]]
FOR = {"question": "so it is: RELEVANT", "accuracy": "ACCURATE", "relevancy": "RELEVANT"}
AGAINST = {"question": "so it is: IRRELEVANT", "accuracy": "INACCURATE", "relevancy": "IRRELEVANT"}
BY_PROMPT = {judging.prompt: check for check, judging in CHECKS.items()}


def verify(script: Script, pairs: list[Pair], **more: Any) -> tuple[Made, ScriptedModel]:
    """What comes of `pairs` if the model answers with `script`."""
    model = ScriptedModel(script, seed=more.pop("seed", None))
    chunks = more.pop("chunks", [chunk(n) for n in range(9)])
    verified = verification.verify(
        pairs, chunks=chunks, model=model, model_name="m",
        prompts=more.pop("prompts", BY_STYLE), **more,
    )  # fmt: skip
    return asyncio.run(verified), model


def yes(request: Request) -> str:
    """A script that is for every pair."""
    step = step_of(request)
    return "Final judgment: PASS" if step == repair.PROMPT else FOR[BY_PROMPT[step]]
