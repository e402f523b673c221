"""What a bot says that answers nobody: posts by a schedule, remarks, musings."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.bots import queue_file
from clone_pipeline.bots.items import Item
from clone_pipeline.bots.opening import files, lanes_of, open_bot
from clone_pipeline.bots.plan import Plan
from clone_pipeline.bots.queue import Queue
from clone_pipeline.bots.settings import BotSettings
from clone_pipeline_tests.bots.model_server import ModelServer
from clone_pipeline_tests.bots.model_server import running as model_server
from clone_pipeline_tests.bots.scripted import FastClock, Stage, said
from clone_pipeline_tests.llm.chat_protocol import Answer

POST = "Title number {n} of the day<|eot|><|sost|>What happened at noon, part {n}?<|eost|>"


@pytest.fixture
def server() -> Iterator[ModelServer]:
    numbers = iter(range(10**6))

    def answer(body: Any) -> Answer:
        number = next(numbers) * 7919
        return Answer(POST.format(n=number) if "prompt" in body else f"By the way, {number}!")

    with model_server(models=("m",), answer=answer) as made:
        yield made


def settings(server: ModelServer, **given: Any) -> BotSettings:
    model = {"base_url": server.base_url, "model": "m"}
    brain = {"model": model, "post_model": model | {"api": "completion"}}
    return BotSettings.model_validate(
        {"brain": brain, "voices": {"anna": {"name": "Anna"}}, **given}
    )


def played(
    folder: Path, bot: BotSettings, stages: dict[str, Stage], *, hours: float, heard: int = 0
) -> list[Item]:
    """All items after so many hours, sped up."""
    plan = Plan(private=folder / ".private", models=folder / "models", bots={"robo": bot}, seed=1)

    async def main() -> None:
        clock = FastClock(speed=3600)
        with files(plan) as (file, purse):
            async with open_bot("robo", plan, file=file, purse_file=purse, clock=clock) as opened:
                (lane,) = lanes_of(opened, plan)
                task = asyncio.ensure_future(lane.run())
                await asyncio.sleep(0.05)
                for number in range(heard):
                    lane.ears.hear(said(number, f"Word {number} of mine.", to_us=False))
                await clock.sleep(hours * 3600)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    asyncio.run(main())
    with queue_file.read_file(plan.queue) as file:
        from clone_pipeline.bots.item_rows import items

        return items(Queue(file).file, "true")


def test_posts_are_made_as_often_as_configured_and_a_restart_makes_no_other(
    tmp_path: Path, server: ModelServer, stages: dict[str, Stage]
) -> None:
    bot = settings(server, reddit={"subs": {"Garden": {"post_frequency": 2}, "Quiet": {}}})
    for _ in range(2):
        found = played(tmp_path, bot, stages, hours=1)
        (saying,) = stages["robo on reddit"].sent
        assert saying.title == "Title number 0 of the day"
        assert saying.text == "What happened at noon, part 0?"
        assert [item.key.message_id.split(":")[1] for item in found] == ["Garden"]


def test_a_post_that_is_a_picture_is_drawn_and_paid_for(
    tmp_path: Path, server: ModelServer, stages: dict[str, Stage]
) -> None:
    """Without an images endpoint that answers, the post waits and is not sent bare."""
    images = {"base_url": server.base_url.replace("/v1", "/none"), "tries": 1}
    reddit = {"subs": {"Garden": {"post_frequency": 2}}, "images": images, "image_share": 1.0}
    (item,) = played(tmp_path, settings(server, reddit=reddit), stages, hours=0.5)
    assert not stages["robo on reddit"].sent
    assert item.state == "generated"
    assert "no image" in item.failure
    server.unknown.clear()


def test_a_remark_follows_what_was_said_and_waits_for_an_answer(
    tmp_path: Path, server: ModelServer, stages: dict[str, Stage]
) -> None:
    bot = settings(server, discord={"rules": {"passive_chance": 0.01}})
    found = played(tmp_path, bot, stages, hours=1, heard=3)
    (saying,) = stages["robo on discord"].sent
    assert saying.as_reply is False
    assert saying.heard.channel == "garden"
    assert "passive_chance" in {item.reason for item in found}


def test_musings_come_as_often_as_configured_with_their_prompt(
    tmp_path: Path, server: ModelServer, stages: dict[str, Stage]
) -> None:
    musing = {"channels": [77], "frequency": 1.0, "prompts": ["Speak of the sea."]}
    bot = settings(server, discord={"musing": [musing]}, budget={"characters": None})
    found = played(tmp_path, bot, stages, hours=0.25)
    assert 10 <= len(found) <= 30  # the clock runs on while the bot starts
    assert {item.reason for item in found} == {"musing"}
    assert "Speak of the sea." in str(server.bodies[0])
