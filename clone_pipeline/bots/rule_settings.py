"""When a bot speaks in one place: the settings of `rules`, by the seeds' names where they exist."""

from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, field_validator, model_validator

from clone_pipeline.bots import hours
from clone_pipeline.bots.delays import DelaySettings
from clone_pipeline.bots.keywords import Term
from clone_pipeline.bots.limits import LimitSettings, Name
from clone_pipeline.bots.loops import LoopSettings
from clone_pipeline.bots.schedule import Clock
from clone_pipeline.bots.ssi import SsiSettings
from clone_pipeline.settings import Settings

Probability = Annotated[float, Field(ge=0, le=1)]
# HotShotBot writes False for 0.
Linkposts = Annotated[
    Literal[0, 1, 2],
    BeforeValidator(lambda value: int(value) if isinstance(value, bool) else value),
]


class RuleSettings(Settings):
    """When the bot speaks; as it stands, only to those who speak to it."""

    style: Literal["vtx", "hotshot", "ssi"] = Field(
        "vtx", description="whose rules decide, once the gates are passed"
    )
    chance: Probability = Field(
        0.0, description="style vtx: for a new comment or submission on Reddit"
    )
    passive_chance: Probability = Field(
        0.0, description="for a remark that nothing prompted, rolled once a second"
    )
    active_chance: Probability = Field(0.0, description="style vtx: for a new message in a chat")
    frequency: Probability = Field(
        0.0, description="style vtx: for a message in a chat where the bot has long been silent"
    )
    max_frequency: Probability = Field(
        0.0, description="style vtx: for a message just after the bot spoke in that chat"
    )
    decay_rate: float = Field(
        0.1, ge=0, le=100, description="style vtx: by how much max_frequency falls a second"
    )
    reply_frequency: Probability = Field(
        0.333, description="share of answers in a chat that are sent as a reply to their message"
    )
    mention_self_frequency: Probability = Field(
        0.88, description="styles vtx, hotshot: for a message that names the bot"
    )
    mention_any_frequency: Probability = Field(
        0.0, description="style vtx: for a message that mentions someone else, to answer as them"
    )
    followup_frequency: Probability = Field(
        0.333, description="styles vtx, hotshot: for an answer to what the bot said"
    )
    delay: DelaySettings = DelaySettings()
    force_top_reply: bool = Field(
        False, description="style hotshot: always answer comments on a submission"
    )
    followup_only: bool = Field(
        True, description="style hotshot: speak only to those who answer or name the bot"
    )
    linkpost_only: Linkposts = Field(
        0,
        description="style hotshot: 0 all submissions, 1 only links and images, 2 all, and links "
        "and images always",
    )
    reply_chance: Probability = Field(
        0.0, description="style hotshot: for a submission, or a comment on one"
    )
    trigger_words: tuple[Term, ...] = Field(
        (), description="style hotshot: each that is found, in whatever case, adds trigger_boost"
    )
    trigger_boost: Probability = Field(0.1, description="style hotshot: added for a trigger word")
    min_reply_score: Probability | None = Field(
        0.5,
        description="style hotshot: score of the reply ranker that a deeper comment must reach; "
        "null: no ranker, such comments go by reply_chance and followup_frequency",
    )
    ssi: SsiSettings = SsiSettings()
    call_words: tuple[Term, ...] = Field(
        (), description="words that are always answered, as if they were the bot's name"
    )
    negative_keywords: tuple[Term, ...] = Field(
        (), description="words that are never answered, besides the default list"
    )
    default_negative_keywords: bool = Field(
        True, description="never answer slurs and words of hate: a list that is shipped"
    )
    keyword_match: Literal["word", "prefix"] = Field(
        "word", description="negative_keywords: as whole words, or as beginnings of words"
    )
    filter: tuple[Term, ...] = Field(
        (),
        description="terms, found inside words too, for which a message and all comments of a "
        "thread are left alone",
    )
    ignored_starts: tuple[Annotated[str, Field(min_length=1)], ...] = Field(
        (), description="beginnings of messages that are meant for other bots, such as !"
    )
    allow_users: tuple[Name, ...] = Field((), description="only these are answered; empty: all")
    block_users: tuple[Name, ...] = Field((), description="these are never answered")
    allow_channels: tuple[Name, ...] = Field(
        (), description="channels or subreddits where the bot may speak; empty: all"
    )
    block_channels: tuple[Name, ...] = Field((), description="where the bot never speaks")
    allow_dms: bool = Field(True, description="answer direct messages")
    max_age: float | None = Field(
        24.0,
        gt=0,
        le=8_760,
        description="hours after which what was said is not answered any more, if it did not "
        "address the bot; null: no limit",
    )
    limits: LimitSettings = LimitSettings()
    loops: LoopSettings = LoopSettings()
    quiet_hours: tuple[str, ...] = Field(
        (), description='when nothing is sent, as "22:00-07:00" or "sat,sun 00:00-10:00"'
    )
    after_quiet_hours: bool = Field(
        True, description="answer afterwards those who addressed the bot in its quiet hours"
    )
    time_zone: str | None = Field(
        None, description="of quiet hours and post_schedule; left out: the project's, else UTC"
    )
    post_frequency: float = Field(
        0.0, ge=0, le=8_760, description="hours between posts of the bot's own; 0: none by hours"
    )
    post_schedule: dict[hours.Day, tuple[Clock, ...]] = Field(
        default_factory=dict, description="clock times of posts by week day: {mon: ['09:30']}"
    )

    @field_validator("quiet_hours")
    @classmethod
    def _some_time_left(cls, texts: tuple[str, ...]) -> tuple[str, ...]:
        if hours.covers_week(texts):
            raise ValueError("together they leave no minute of the week; leave some time to speak")
        return texts

    @field_validator("time_zone", mode="before")
    @classmethod
    def _known_zone(cls, name: Any) -> Any:
        if isinstance(name, str):
            try:
                ZoneInfo(name)
            except (KeyError, ValueError, OSError):
                fix = "not a time zone; write it as in Europe/Berlin or UTC"
                raise ValueError(fix) from None
        return name

    @model_validator(mode="after")
    def _one_schedule(self) -> "RuleSettings":
        if self.post_frequency and any(self.post_schedule.values()):
            raise ValueError("post_frequency and post_schedule exclude each other; keep one")
        return self
