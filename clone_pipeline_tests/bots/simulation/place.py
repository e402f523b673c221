"""What a simulated platform is to a simulation."""

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from clone_pipeline.bots.heard import Platform
from clone_pipeline.bots.items import Item
from clone_pipeline_tests.bots.simulation.traffic import Line

Moment = Literal["before", "after"]
Hook = Callable[[Platform, Moment], None]


@dataclass
class Watch:
    """Called in the platform's thread when a send arrived, before and after it was stored."""

    hooks: list[Hook] = field(default_factory=list)

    def __call__(self, platform: Platform, moment: Moment) -> None:
        for hook in self.hooks:
            hook(platform, moment)


@dataclass(frozen=True, slots=True)
class Stored:
    """A message of the bot's that the platform has.

    Attributes:
        id: the platform's, as `Item.sent_id` names it.
        text: of this one message.
        answers: the id of what it formally answers, "" for nothing.
        pings: it could notify somebody.
    """

    id: str
    text: str
    answers: str
    pings: bool


class Place(Protocol):
    """One platform with its people; `settings` and `environment` are the bot's."""

    platform: Platform
    hook: Watch

    @property
    def settings(self) -> Mapping[str, Any]: ...

    @property
    def environment(self) -> Mapping[str, str]: ...

    @property
    def blocked(self) -> str:
        """The id of who is never answered."""

    def listened(self) -> int:
        """How many lives of the bot have begun to listen."""

    def say(self, lines: Iterable[Line]) -> Iterable[tuple[Line, str, str]]:
        """People say this: each line with its message's id and its author's."""

    def delete(self, message_id: str) -> None:
        """Its writer deletes it."""

    def disturb(self, draw: random.Random) -> None:
        """Something goes wrong."""

    def malformed(self, draw: random.Random) -> None:
        """The platform tells something that can't be read."""

    def parts(self, item: Item) -> list[str]:
        """The messages that `item` becomes there."""

    def stored(self) -> list[Stored]:
        """All messages that the bot has there, oldest first."""
