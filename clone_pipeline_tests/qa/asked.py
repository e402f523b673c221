"""Candidates of a scripted model, and replies for it."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

from clone_pipeline.llm.asking import Request
from clone_pipeline.llm.prompt import default_folder
from clone_pipeline.qa import generation, multi_source, suitability, writing
from clone_pipeline.qa.prompting import load_styles
from clone_pipeline.records import Chunk, Pair
from clone_pipeline_tests.qa.scripted import Script, ScriptedModel

NAMES = (generation.PROMPT, writing.MORE_PROMPT, suitability.PROMPT, multi_source.PROMPT)
PROMPTS = load_styles(NAMES, ["default", "multi_source", "negative"], [default_folder()])
WHOLE = "**QUESTION:**\nWhat is it?\n\n**ANSWER:**\nA lamp."
HALF = "**QUESTION:**\nWhat is it?"
Made = tuple[list[Pair], Counter[str], Counter[str]]


def candidates(script: Script, chunks: Sequence[Chunk], **more: Any) -> tuple[Made, ScriptedModel]:
    """What comes of `chunks`, and the model that was asked."""
    model = ScriptedModel(script, seed=more.pop("seed", None))
    made = generation.candidates(chunks, model=model, model_name="m", prompts=PROMPTS, **more)
    return asyncio.run(made), model


def step(request: Request) -> str:
    """Which prompt a request was made from."""
    return next(
        name
        for prompts in PROMPTS.values()
        for name, prompt in prompts.items()
        if prompt.messages[0]["content"] == request.messages[0]["content"]
    )


def said(request: Request) -> str:
    """All that the request's messages hold after the demonstrations."""
    return request.messages[-1]["content"]


def block(question: str, answer: str = "So it is.") -> str:
    """A pair as it is written in a reply."""
    return f"**QUESTION:**\n{question}\n\n**ANSWER:**\n{answer}\n\n"


PORT = (
    "The ferry sails twice a day in winter. A single ticket costs seven euros on board. "
    "Bicycles travel free of charge. The harbour office hangs out two black balls in a storm."
)
SAILS = block("How often does the ferry sail in winter?", "It sails twice a day.")
TICKET = block("What does a single ticket cost?", "Seven euros, on board.")
BICYCLE = block("What does a bicycle cost?", "Bicycles travel free of charge.")
STORM = block("What shows a storm?", "The harbour office hangs out two black balls.")


def pages() -> list[Chunk]:
    """Four chunks on two subjects, each of its own document."""
    told = ["Lamps burn paraffin in the tower.", "The tower stands on the rock of Skerry."]
    return [
        Chunk(f"c{n}", f"d{n}", 0, 0, 9, f"{told[n % 2]} Word{n} and tower{n} too, by paraffin.")
        for n in range(4)
    ]
