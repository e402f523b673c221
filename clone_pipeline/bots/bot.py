"""One bot while it runs: what its lanes share, and whom it speaks as."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from clone_pipeline.bots.budget import Budget
from clone_pipeline.bots.clock import Clock
from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.platform_settings import PlaceSettings
from clone_pipeline.bots.queue import Queue
from clone_pipeline.bots.ranker import Rank
from clone_pipeline.bots.settings import BotSettings
from clone_pipeline.bots.thinking import Thinker
from clone_pipeline.bots.transcript import identity
from clone_pipeline.bots.voices import VoiceSettings

# What a speaker's key begins with if it is somebody who was mentioned, and no persona.
_SOMEBODY = "@"
_BIAS_DIGITS = range(17, 20)


@dataclass(frozen=True, slots=True)
class Bot:
    """What the lanes of a bot share.

    Attributes:
        name: its key in clone.yaml.
        settings: with all personas in `voices`.
        accounts: {platform: {account: persona key}}.
        queue: what it heard and said.
        budget: what it may spend.
        thinker: its brain.
        rank: the reply ranker, None where there is none.
        clock: the time.
        draw: the dice.
        zone: the time zone of quiet hours and schedules that name none.
        rehearse: nothing is sent, and nothing waits for its time.
    """

    name: str
    settings: BotSettings
    accounts: Mapping[str, Mapping[str, str]]
    queue: Queue
    budget: Budget
    thinker: Thinker
    rank: Rank | None
    clock: Clock
    draw: random.Random
    zone: str = "UTC"
    rehearse: bool = False

    def now(self) -> datetime:
        """The present (UTC)."""
        return self.clock.now()

    def names(self) -> list[str]:
        """What it may be called: its personas' names and its own."""
        return [*(voice.name for voice in self.settings.voices.values()), self.name]

    def personas(self, place: PlaceSettings) -> list[str]:
        """Keys of those who may speak there."""
        return list(place.persona or self.settings.persona or self.settings.voices)

    def named_in(self, text: str, place: PlaceSettings) -> str:
        """The persona whose name stands first in `text` as a word; "" if none does."""
        lowered = f" {_words(text)} "
        found = [
            (at, key)
            for key in self.personas(place)
            if (at := lowered.find(f" {_words(self.settings.voices[key].name)} ")) >= 0
        ]
        return min(found)[1] if found else ""

    def speaks_for(self, heard: Heard) -> Heard:
        """`heard` with the mentions of only those as whom the bot could answer."""
        return replace(heard, mentions=tuple(m for m in heard.mentions if self._as(heard, m)))

    def somebody(self, heard: Heard, mentioned: str) -> str:
        """The key of the speaker who answers as the one mentioned."""
        known = self.accounts.get(heard.platform, {}).get(mentioned)
        return known if known in self.settings.voices else f"{_SOMEBODY}{mentioned}"

    def voice(self, key: str) -> VoiceSettings:
        """Who speaks: a persona, somebody who was mentioned, or the bot itself."""
        if key.startswith(_SOMEBODY):
            return VoiceSettings(name=key[1:] or self.name, bias=int(key[1:]))
        return self.settings.voices.get(key) or VoiceSettings(name=self.name)

    def _as(self, heard: Heard, mentioned: str) -> bool:
        if self.accounts.get(heard.platform, {}).get(mentioned) in self.settings.voices:
            return True
        digits = mentioned.isdecimal() and len(mentioned) in _BIAS_DIGITS
        return self.settings.brain.form == "bias" and digits and mentioned[0] != "0"


def stable_draw(*parts: str) -> random.Random:
    """Dice that fall alike at every try of the same."""
    return random.Random(identity("/".join(parts)))


def _words(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())
