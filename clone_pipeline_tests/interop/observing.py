"""How an imported key shows: what a bot with it decides, is shown, asks, may spend."""

import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from clone_pipeline import project
from clone_pipeline.bots.context import Prompt, build
from clone_pipeline.bots.heard import Decision, Heard, Platform
from clone_pipeline.bots.history import History
from clone_pipeline.bots.places import place_of
from clone_pipeline.bots.platform_settings import PlaceSettings
from clone_pipeline.bots.rules import decide, may_post
from clone_pipeline.bots.settings import BotSettings
from clone_pipeline.bots.trying import Refused, Written
from clone_pipeline.interop.account import Imported
from clone_pipeline.interop.hotshotbot import read_hotshotbot
from clone_pipeline.interop.vtx import read_vtx
from clone_pipeline.interop.writing import text_of
from clone_pipeline.project import Project
from clone_pipeline_tests.bots.model_server import ModelServer
from clone_pipeline_tests.bots.rule_rows import NOON
from clone_pipeline_tests.bots.thinking import think
from clone_pipeline_tests.interop.configurations import HOT_ENV

NOWHERE = Path("/nonexistent")
Sees = Callable[[Project], object]


class Low(random.Random):
    """Dice that fall as low as they can."""

    def random(self) -> float:
        return 0.0

    def uniform(self, a: float, b: float) -> float:
        return a


class High(Low):
    """Dice that hit whatever is possible, and wait as long as they can."""

    def uniform(self, a: float, b: float) -> float:
        return b


def vtx(text: str, **env: str) -> Imported:
    return read_vtx(text, name="main", env=env)


def hotshot(text: str, env: Mapping[str, str] | None = None) -> Imported:
    return read_hotshotbot(text, name="main", env=HOT_ENV if env is None else env)


def settled(imported: Imported) -> Project:
    """The settings, through the text of clone.yaml."""
    return project.parse(text_of(imported), folder=NOWHERE)


def bot_of(given: Project) -> BotSettings:
    return given.bot("main")


def place(given: Project, heard: Heard) -> PlaceSettings:
    bot = bot_of(given)
    return place_of(heard, rules=bot.rules, platform=bot.platforms()[heard.platform])


def decided(
    given: Project,
    heard: Heard,
    *,
    history: History | None = None,
    draw: random.Random | None = None,
) -> Decision:
    return decide(
        heard,
        settings=place(given, heard),
        history=history or History(),
        now=NOON,
        draw=draw or Low(),
    )


def odds(heard: Heard, history: History | None = None) -> Sees:
    """Probability of an answer; None where no dice are rolled."""
    return lambda given: decided(given, heard, history=history).probability


def answers(heard: Heard) -> Sees:
    """Whether it is answered at all, if the dice fall well."""
    return lambda given: decided(given, heard).speak


def reason(heard: Heard) -> Sees:
    return lambda given: decided(given, heard).reason


def waits(heard: Heard, draw: random.Random) -> Sees:
    return lambda given: decided(given, heard, draw=draw).delay


def speaks_as(heard: Heard) -> Sees:
    """The names of those who may answer."""

    def seen(given: Project) -> object:
        bot = bot_of(given)
        keys = place(given, heard).persona or bot.persona or tuple(bot.voices)
        return tuple(bot.voices[key].name for key in keys)

    return seen


def posts(channel: str, *, history: History | None = None) -> Sees:
    plan = Heard("reddit", "post", channel, "", "", NOON, kind="submission")

    def seen(given: Project) -> object:
        settings = place(given, plan)
        return may_post(channel, settings=settings, history=history or History(), now=NOON).speak

    return seen


def prompt(given: Project, heard: Heard, *, voice: str) -> Prompt:
    bot = bot_of(given)
    return build(heard, speaker=bot.voices[voice], shape=bot.brain.shape())


def thought(
    given: Project,
    server: ModelServer,
    heard: Heard,
    *,
    voice: str,
    post: bool = False,
    **more: Any,
) -> Written | Refused:
    """What the brain makes of it; its endpoints are where `server` is."""
    brain = bot_of(given).brain
    here = {"base_url": server.base_url, "tries": 1}
    changes: dict[str, Any] = {"model": brain.model.model_copy(update=here), **more}
    if brain.post_model:
        changes["post_model"] = brain.post_model.model_copy(update=here)
    settings = brain.model_copy(update=changes)
    return think(settings, heard, speaker=bot_of(given).voices[voice], post=post)


def is_on(platform: Platform) -> Sees:
    return lambda given: platform in bot_of(given).platforms()
