"""A brain that thinks once, against a local server."""

import asyncio
import random
from collections.abc import Callable, Iterator
from typing import Any

from clone_pipeline.bots.brain import Refused, Written, open_brain
from clone_pipeline.bots.brain_settings import BrainSettings
from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.voices import VoiceSettings
from clone_pipeline.bots.wire import Purse
from clone_pipeline_tests.bots.heards import (
    ANNA,
    HOT,
    SOURCE,
)
from clone_pipeline_tests.bots.model_server import ModelServer
from clone_pipeline_tests.llm.chat_protocol import Answer, Body

Reply = Written | Refused


def settings(server: ModelServer, **more: Any) -> BrainSettings:
    model = {"base_url": server.base_url, "model": "small", "tries": 2} | more.pop("model", {})
    return BrainSettings.model_validate({"model": model} | more)


def think(
    chosen: BrainSettings, heard: Heard, *, speaker: VoiceSettings = ANNA, post: bool = False,
    purse: Purse | None = None,
) -> Reply:  # fmt: skip
    async def thinking() -> Reply:
        async with open_brain(chosen, purse=purse, rng=random.Random(1)) as brain:
            return await (brain.post if post else brain.reply)(heard, speaker=speaker)

    return asyncio.run(thinking())


def saying(*texts: str | Answer) -> Callable[[Body], str | Answer]:
    """One text after the other, the last again and again."""
    left: Iterator[str | Answer] = iter([*texts, *[texts[-1]] * 100])
    return lambda body: next(left)


FORMS: list[tuple[str, VoiceSettings, str, str]] = [
    ("chat", ANNA, "Anna: Not at all.", "/chat/completions"),
    ("bias", SOURCE, " Not at all.", "/completions"),
    ("backstory", HOT, "Not at all.", "/completions"),
    ("tags", HOT, "Not at all.<|eor|>", "/completions"),
]
