"""Whom a bot speaks as."""

import random
from collections.abc import Mapping, Sequence

from pydantic import Field

from clone_pipeline.bots.transcript import identity
from clone_pipeline.settings import Settings


class VoiceSettings(Settings):
    """One persona of a bot: each form of prompt takes what it needs.

    Nothing but a name: the model behind it knows who that is, as a tuned clone does.
    """

    name: str = Field(min_length=1, max_length=80, description="the name that it answers to")
    bias: int | None = Field(
        None,
        ge=10**16,
        lt=10**19,
        description="the person's number in `¶BIAS:> text`; left out: the model chooses a speaker",
    )
    persona: str = Field(
        "", max_length=20_000, description="said by the bias before all else (VTX's `persona`)"
    )
    backstory: str = Field(
        "", max_length=20_000, description="first line of each prompt (HotShotBot's backstory)"
    )
    system_prompt: str = Field(
        "",
        max_length=20_000,
        description="of a chat model; empty where the endpoint adds its own, as `serve` does",
    )
    model: str | None = Field(
        None, min_length=1, description="its name at the endpoint; left out: the bot's own model"
    )

    def speaks_as(self) -> str:
        """The digits of its own lines: its bias, or digits that stand for its name."""
        return str(self.bias) if self.bias is not None else identity(self.name)


def choose(
    voices: Sequence[str], *, channel: str, fixed: Mapping[str, str], rng: random.Random
) -> str:
    """The key of the persona that answers in `channel`: its own, else any of `voices`, else "".

    Args:
        voices: keys to choose from at random.
        channel: as `Heard.channel`, in whatever case.
        fixed: persona keys by channel.
        rng: drawn from only if there is a choice.
    """
    own = {name.casefold(): key for name, key in fixed.items()}
    if (key := own.get(channel.casefold())) is not None:
        return key
    return rng.choice(list(voices)) if len(voices) > 1 else next(iter(voices), "")
