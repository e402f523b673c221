"""What lies in the queue: one item for each message that a bot heard, or post that it planned."""

import dataclasses
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple, Self

from clone_pipeline.bots.heard import Heard, Platform, Said
from clone_pipeline.bots.stamps import moment_of

State = Literal[
    "seen", "silent", "decided", "generating", "generated", "sending", "sent", "failed", "uncertain"
]
Task = Literal["reply", "post"]

# In the order in which an item passes them; it never goes back, and ends in one of ENDS.
STATES: tuple[State, ...] = (
    "seen", "silent", "decided", "generating", "generated", "sending", "uncertain", "failed", "sent"
)  # fmt: skip
ENDS: tuple[State, ...] = ("silent", "uncertain", "failed", "sent")


class Key(NamedTuple):
    """What an item is unique by."""

    platform: Platform
    bot: str
    message_id: str

    @classmethod
    def of(cls, heard: Heard, bot: str) -> Self:
        """The key of what `bot` heard."""
        return cls(heard.platform, bot, heard.message_id)

    @property
    def nonce(self) -> str:
        """24 characters, the same at every attempt to send this item, in every life.

        Discord takes at most 25 as the nonce of a message, which leaves one for the part of a
        text that is sent in several (https://discord.com/developers/docs/resources/message).
        """
        return hashlib.sha256(json.dumps(self).encode()).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class Item:
    """One item as it stands now; see `Queue` for how it moves on.

    Attributes:
        key: the platform, the bot, and the id of the message that it heard.
        task: a reply to what was heard, or a post of its own (then `heard` holds the plan).
        state: where it stands.
        heard: the message; texts are empty where they were erased.
        reason: why it is answered or not, one of the rules' reasons.
        probability: what the dice were rolled against, None where no dice were.
        speaker: the persona that answers, "" for the bot's own.
        due: not before this time (UTC); None where nothing is to be done.
        attempts: how often the present step (generating or sending) was begun.
        text: what was generated, None before that and where it was erased.
        model: the version of the model that wrote it.
        nonce: what the platform is handed to tell one sending from another.
        sent_id: the platform's id of our message.
        failure: why it failed, for good or the last time.
        erased: its texts were erased on somebody's wish or for their age.
    """

    key: Key
    task: Task
    state: State
    heard: Heard
    reason: str
    probability: float | None
    speaker: str
    due: datetime | None
    attempts: int
    text: str | None
    model: str | None
    nonce: str | None
    sent_id: str | None
    failure: str
    erased: bool


# The platform's id of the message that this item has become there, None if there is none.
LookUp = Callable[[Item], str | None]


def without_texts(heard: Heard) -> Heard:
    """Only ids, times and facts; nothing that anybody wrote."""
    return dataclasses.replace(heard, text="", title="", context=(), images=(), flair="")


def as_json(heard: Heard) -> str:
    """In ASCII, so that half a surrogate pair survives too."""
    plain = dataclasses.asdict(heard)
    started = heard.thread_started and heard.thread_started.isoformat()
    return json.dumps(plain | {"heard": heard.heard.isoformat(), "thread_started": started})


def from_json(text: str) -> Heard:
    """The inverse of `as_json`."""
    plain: dict[str, Any] = json.loads(text)
    plain["heard"] = datetime.fromisoformat(plain["heard"])
    plain["thread_started"] = moment_of(plain["thread_started"])
    plain["context"] = tuple(Said(**said) for said in plain["context"])
    for name in ("mentions", "images"):
        plain[name] = tuple(plain[name])
    return Heard(**plain)
