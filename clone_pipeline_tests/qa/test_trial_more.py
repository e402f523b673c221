"""Prompts that are switched on one by one are tried like the others."""

import asyncio
from collections import Counter

import pytest

from clone_pipeline.llm.prompt import default_folder
from clone_pipeline.qa import corrections, generation, multi_source, rewriting
from clone_pipeline.qa.prompting import load_styles
from clone_pipeline.qa.trial_more import try_more
from clone_pipeline.settings import Fault
from clone_pipeline_tests.qa.scripted import Script, ScriptedModel, chunk, pair

KINDS = ("article", "facts")
NAMES = [corrections.PROMPT, multi_source.PROMPT, generation.PROMPT]
NAMES += [rewriting.prompt_of(kind) for kind in KINDS]
PROMPTS = load_styles(NAMES, ["default", multi_source.STYLE], [default_folder()])
PAIR = "**QUESTION:**\nHow much oil does lamp 1 burn?\n\n**ANSWER:**\nIt burns 1 litre a night."
SAID = {
    generation.PROMPT: PAIR,
    multi_source.PROMPT: PAIR.replace("lamp 1", "every lamp"),
    corrections.PROMPT: "**WRONG ANSWER:**\nTen litres of milk.\n\n**OBJECTION:**\nNo milk there."
    "\n\n**CORRECTED ANSWER:**\nIt burns 1 litres of it.",
    rewriting.prompt_of("article"): "Lamps want feeding, and this one asks for a litre each night.",
    rewriting.prompt_of("facts"): "- Lamp one: a litre of paraffin, nightly.",
}
CHUNKS = [
    chunk(1, "The lamp of the lighthouse burns a litre of paraffin a night, every night."),
    chunk(2, "Paraffin for the lighthouse comes by the ferry. The barrels stand in the cellar."),
]


def tried(script: Script) -> tuple[list[Fault], Counter[str]]:
    model = ScriptedModel(script)
    faults, sizes = asyncio.run(
        try_more(
            pair(1), CHUNKS, model=model, model_name="small", prompts=PROMPTS, corrects=True,
            kinds=KINDS, several=True,
        )
    )  # fmt: skip
    assert set(sizes) == {request.step for request in model.asked}
    return faults, Counter(request.step for request in model.asked)


def test_each_of_them_is_asked() -> None:
    faults, asked = tried(lambda request: SAID[request.step])
    assert faults == []
    assert set(asked) == set(NAMES)


@pytest.mark.parametrize("broken", sorted({*NAMES} - {generation.PROMPT}))
def test_one_whose_replies_are_of_no_use_is_named(broken: str) -> None:
    of_no_use = {multi_source.PROMPT: "**QUESTION:**\nWhat?", corrections.PROMPT: "Boats."}
    faults, _ = tried(lambda r: of_no_use.get(broken, "") if r.step == broken else SAID[r.step])
    assert {fault.where.rpartition("/")[2] for fault in faults} == {f"{broken}.yaml"}
