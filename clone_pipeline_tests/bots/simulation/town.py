"""All platforms at once, the model, and the bots' process, ready to be played with."""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clone_pipeline.bots.heard import Platform
from clone_pipeline.bots.plan import Plan
from clone_pipeline_tests.bots.platforms.synapse import Synapse
from clone_pipeline_tests.bots.simulation import words
from clone_pipeline_tests.bots.simulation.clock import SpedClock, clock
from clone_pipeline_tests.bots.simulation.discord_place import discord_place
from clone_pipeline_tests.bots.simulation.matrix_place import matrix_place
from clone_pipeline_tests.bots.simulation.model import Model, model
from clone_pipeline_tests.bots.simulation.place import Place
from clone_pipeline_tests.bots.simulation.process import Lives, lives
from clone_pipeline_tests.bots.simulation.reddit_place import reddit_place
from clone_pipeline_tests.bots.simulation.telegram_place import telegram_place
from clone_pipeline_tests.bots.simulation.traffic import Line

CHANNELS = 4
MENTIONED, FOLLOWUP, CHANCE, ACTIVE, FREQUENCY, MAX_FREQUENCY = 0.85, 0.6, 0.2, 0.05, 0.02, 0.4


@dataclass(frozen=True)
class Size:
    """How much is played.

    Attributes:
        messages: how many.
        speed: of the time.
        characters: the budget.
        user_hour: most answers to one user.
        channel_hour: most answers in one channel.
        people: on each platform.
        seed: of all that is drawn.
    """

    messages: int
    speed: float
    characters: int
    user_hour: int
    channel_hour: int
    people: int
    seed: int
    matrix: float = 0.1

    @property
    def shares(self) -> dict[Platform, float]:
        rest = (1 - self.matrix) / 3
        return {"discord": rest, "telegram": rest, "reddit": rest, "matrix": self.matrix}


@dataclass
class Town:
    """`told` holds whose line each message is, by platform and id, with its author's id."""

    size: Size
    places: list[Place]
    model: Model
    plan: Plan
    clock: SpedClock
    lives: Lives
    told: dict[tuple[str, str], tuple[Line, str]] = field(default_factory=dict)

    def place(self, platform: str) -> Place:
        return next(each for each in self.places if each.platform == platform)


def settings(places: list[Place], model_url: str, size: Size) -> dict[str, Any]:
    """The bot, as in clone.yaml."""
    rules: dict[str, Any] = {
        "mention_self_frequency": MENTIONED, "followup_frequency": FOLLOWUP, "chance": CHANCE,
        "active_chance": ACTIVE, "frequency": FREQUENCY, "max_frequency": MAX_FREQUENCY,
        "decay_rate": 0.02, "reply_frequency": 0.6, "negative_keywords": [words.NEGATIVE],
        "block_users": [place.blocked for place in places],
        "limits": {"user_hour": size.user_hour, "channel_hour": size.channel_hour,
                   "user_day": None, "channel_day": None},
    }  # fmt: skip
    url = {"base_url": model_url, "model": "m", "tries": 2, "patience_seconds": 5}
    brain = {
        "model": url, "post_model": url | {"api": "completion"}, "most_lines": 6,
        "toxicity": {"base_url": model_url, "tries": 2}, "context_tokens": 1024,
    }  # fmt: skip
    return {
        "voices": {"anna": {"name": "Anna", "system_prompt": "You are Anna, who likes gardens."}},
        "persona": "anna", "brain": brain, "rules": rules,
        "budget": {"characters": size.characters},
        **{place.platform: _of(place) for place in places},
    }  # fmt: skip


def _of(place: Place) -> dict[str, Any]:
    """On Reddit it waits for less long than usual, since the hour has an end."""
    delay = {"rules": {"delay": {"min": 30, "max": 300}}} if place.platform == "reddit" else {}
    return {**place.settings, **delay}


@contextmanager
def town(folder: Path, size: Size, homeserver: Synapse) -> Iterator[Town]:
    """Everything but a running bot."""
    with ExitStack() as stack:
        child, entered = stack.enter_context(lives(folder / "log")), list[Place]()
        matrix = matrix_place(homeserver, CHANNELS - 2)
        begun = threading.Thread(target=lambda: entered.append(matrix.__enter__()))
        begun.start()
        made = stack.enter_context(model(size.seed))
        places: list[Place] = [
            stack.enter_context(discord_place(size.people, CHANNELS, size.seed)),
            stack.enter_context(telegram_place(size.people, CHANNELS)),
            stack.enter_context(reddit_place(CHANNELS, size.seed)),
        ]
        begun.join()
        stack.push(matrix)
        places += entered
        assert made.server
        time = clock(size.speed)
        bots = {"anna": settings(places, made.server.base_url, size)}
        run = {
            "private": str(folder / ".private"), "models": str(folder / "models"), "bots": bots,
            "time_zone": time.zone, "status_port": 0,
        }  # fmt: skip
        path = folder / "RUN.json"
        path.write_text(json.dumps(run))
        plan = Plan.model_validate_json(path.read_text())
        environment = {name: value for each in places for name, value in each.environment.items()}
        child.prepare(path, time, environment)
        yield Town(size, places, made, plan, time, child)
