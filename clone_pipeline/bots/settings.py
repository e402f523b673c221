"""A bot: who it is, how it thinks, when it speaks, what it may spend, where it is."""

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from clone_pipeline.bots.brain_settings import BrainSettings
from clone_pipeline.bots.budget import BudgetSettings
from clone_pipeline.bots.endpoints import EndpointSettings
from clone_pipeline.bots.heard import Platform
from clone_pipeline.bots.platform_settings import (
    DiscordPlatform,
    MatrixPlatform,
    Personas,
    PlatformSettings,
    RedditPlatform,
    TelegramPlatform,
    TerminalSettings,
)
from clone_pipeline.bots.rule_settings import RuleSettings
from clone_pipeline.bots.voices import VoiceSettings
from clone_pipeline.settings import Settings

BotName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=40)]


class HonestySettings(Settings):
    """That people know with whom they talk. {name} is who speaks."""

    profile: str = Field(
        "I am a bot: an automated account that speaks as {name}. Tell me to stop and I never "
        "write to you again.",
        max_length=300,
        description="written into the account's profile; empty: the profile is left as it is",
    )
    first_message: str = Field(
        "(I am a bot. Answer “stop” and I never write to you again.)",
        max_length=300,
        description="put below the first message to each person; empty: nothing is",
    )


class RankerSettings(EndpointSettings):
    """Scores whether people would answer: DialogRPT, or any cross-encoder."""

    model: str = Field(
        "microsoft/DialogRPT-width",
        description="a folder, or a name whose weights were downloaded; with `base_url` the name "
        "there",
    )
    base_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s@?#]+$",
        description="of a server with text-embeddings-inference's POST /predict; left out: the "
        "weights are loaded in a process beside the bots",
    )


class BotSettings(Settings):
    """One bot; several live in one process."""

    persona: Personas = Field(
        (),
        description="who speaks: a key of `voices` or of the project's personas, or several, of "
        "which each reply takes one; left out: any of `voices`, else of the project's personas",
    )
    voices: dict[str, VoiceSettings] = Field(
        default_factory=dict, description="who the bot can be besides the project's personas"
    )
    answer_named: bool = Field(
        False,
        description="a message that names one of its personas is answered by that one, always",
    )
    say_who: bool = Field(
        False,
        description="form bias without a persona: say in whose voice a reply is (VTX's templates)",
    )
    brain: BrainSettings = Field(default_factory=BrainSettings)
    rules: RuleSettings = Field(default_factory=RuleSettings)
    ranker: RankerSettings | None = Field(
        None, description="of the style hotshot; left out: off, min_reply_score is not asked"
    )
    budget: BudgetSettings = Field(default_factory=BudgetSettings)
    honesty: HonestySettings = Field(default_factory=HonestySettings)
    keep_days: int | None = Field(
        30, ge=1, description="days after which texts are erased; ids and reasons stay; null: never"
    )
    terminal: TerminalSettings | None = Field(None, description="in the terminal")
    reddit: RedditPlatform | None = Field(None, description="on Reddit")
    discord: DiscordPlatform | None = Field(None, description="on Discord")
    telegram: TelegramPlatform | None = Field(None, description="on Telegram")
    matrix: MatrixPlatform | None = Field(None, description="on Matrix")

    @model_validator(mode="after")
    def _can_post(self) -> Self:
        places = self.reddit.subs.values() if self.reddit else ()
        rules = [self.rules, *([self.reddit.rules] if self.reddit else ()), *places]
        posts = any(each.post_frequency or any(each.post_schedule.values()) for each in rules)
        if posts and self.brain.post_model is None and self.brain.form != "tags":
            fix = "posts are written in ssi-bot's tags: set brain.post_model, or brain.form: tags"
            raise ValueError(fix)
        return self

    def named_personas(self) -> Iterator[tuple[str, str]]:
        """Every place that names a persona, with its key."""
        yield from (("persona", key) for key in self.persona)
        for name, platform in self.platforms().items():
            yield from ((f"{name}.rules.persona", key) for key in platform.rules.persona)
            for group, places in platform.places():
                for place, given in places.items():
                    yield from ((f"{name}.{group}.{place}.persona", key) for key in given.persona)
        for musing in self.discord.musing if self.discord else ():
            yield from (("discord.musing.persona", key) for key in musing.persona)

    def endpoints(self) -> dict[str, EndpointSettings]:
        """Whom it asks, by the path of the key."""
        brain = self.brain
        given: dict[str, EndpointSettings | None] = {
            "brain.model": brain.model, "brain.post_model": brain.post_model,
            "brain.toxicity": brain.toxicity, "brain.captions": brain.captions,
            "ranker": self.ranker, "reddit.images": self.reddit.images if self.reddit else None,
        }  # fmt: skip
        return {key: each for key, each in given.items() if each is not None}

    def platforms(self) -> dict[Platform, PlatformSettings]:
        """Where it is, by platform; those that are left out or not enabled are missing."""
        given: dict[Platform, PlatformSettings | None] = {
            "terminal": self.terminal, "reddit": self.reddit, "discord": self.discord,
            "telegram": self.telegram, "matrix": self.matrix,
        }  # fmt: skip
        return {name: each for name, each in given.items() if each and each.enabled}
