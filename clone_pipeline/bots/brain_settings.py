"""How a bot thinks: its model, its prompts, what it never says."""

from typing import Self

from pydantic import Field, model_validator

from clone_pipeline.bots import captions, toxicity
from clone_pipeline.bots.captions import CaptionSettings
from clone_pipeline.bots.context import Form, Shape
from clone_pipeline.bots.context_tags import Dialect
from clone_pipeline.bots.endpoints import ModelSettings
from clone_pipeline.bots.filters import Rules
from clone_pipeline.bots.keywords import Term, default_negative
from clone_pipeline.bots.toxicity import ToxicitySettings
from clone_pipeline.bots.trying import Patience
from clone_pipeline.settings import Settings


class BrainSettings(Settings):
    """The brain of a bot. Left out: this project's own model, asked by chat."""

    form: Form = Field(
        "chat",
        description="what the model is shown: `chat` messages, VTX's `bias` lines, HotShotBot's "
        "`backstory` prompt, ssi-bot's `tags`",
    )
    dialect: Dialect = Field(
        "ssi",
        description="of the tags: `ssi` with ending tags, `trained` as this project teaches them, "
        "`hotshot` without names",
    )
    model: ModelSettings = Field(default_factory=ModelSettings, description="writes replies")
    post_model: ModelSettings | None = Field(
        None, description="writes posts, in ssi-bot's tags; left out: `model`"
    )
    most_lines: int | None = Field(
        None,
        ge=0,
        le=1000,
        description="messages shown before the answered one; left out: 24 in a chat, 100 in "
        "bias lines, 6 in the others; HotShotBot's max_levels counts the answered one too",
    )
    context_tokens: int = Field(
        2048, ge=128, le=10_000_000, description="what the model holds; a prompt takes 0.8 of it"
    )
    attempts: int = Field(10, ge=1, le=50, description="answers asked for until one may be sent")
    hottest: float = Field(1.5, ge=0, le=2, description="highest temperature of further tries")
    max_seconds: float = Field(360, gt=0, le=3600, description="longest time for a reply")
    never_say: tuple[Term, ...] = Field(
        (), description="words that the bot never says, besides the default list"
    )
    default_words: bool = Field(True, description="whether the default list of slurs counts too")
    allow_links: bool = Field(False, description="whether the bot may send addresses")
    allow_mentions: bool = Field(
        False, description="whether it may mention people; @everyone and its like never"
    )
    min_chars: int = Field(1, ge=1, le=1000, description="shortest reply, in characters")
    max_chars: int = Field(10_000, ge=1, le=100_000, description="longest reply, in characters")
    longest_run: int | None = Field(
        None, ge=5, le=10_000, description="bias lines are cut before a longer run without a blank"
    )
    toxicity: ToxicitySettings | None = Field(None, description="the gate; left out: off")
    captions: CaptionSettings | None = Field(None, description="sees images; left out: off")

    @model_validator(mode="after")
    def _speaks_one_way(self) -> Self:
        if self.form == "chat" and self.model.api == "completion":
            raise ValueError("`form: chat` is asked by chat: leave `model.api` out")
        if self.model.max_tokens > self.context_tokens - 64:
            raise ValueError("model.max_tokens leaves no room for a prompt in context_tokens")
        if self.max_chars < self.min_chars:
            raise ValueError("max_chars is below min_chars")
        return self

    def models(self) -> list[ModelSettings]:
        """Those that write for it."""
        return [self.model, *([self.post_model] if self.post_model else [])]

    def rules(self) -> Rules:
        """What is never sent."""
        return Rules(
            keywords=(*self.never_say, *(default_negative() if self.default_words else ())),
            allow_links=self.allow_links, allow_mentions=self.allow_mentions,
            min_chars=self.min_chars, max_chars=self.max_chars, longest_run=self.longest_run,
        )  # fmt: skip

    def shape(self) -> Shape:
        """How the model is asked."""
        room = (self.context_tokens, self.model.max_tokens)
        return Shape(self.form, self.most_lines, *room, self.dialect)

    def patience(self, model: ModelSettings) -> Patience:
        """How long and how often `model` is asked."""
        return Patience(model.temperature, self.hottest, self.attempts, self.max_seconds)

    def sentences(self) -> list[str]:
        """What users are told: which guards are on, and who receives which text."""
        return [toxicity.sentence(self.toxicity), captions.sentence(self.captions)]
