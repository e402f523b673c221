"""What platforms tell the brain, and what it decides: frozen rows that know no platform."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Platform = Literal["terminal", "reddit", "discord", "telegram", "matrix"]
Kind = Literal["message", "comment", "submission", "direct"]


@dataclass(frozen=True, slots=True)
class Said:
    """Something that was said before, oldest first in a list; `ours` if this bot said it.

    `name` is what its author is called where `author` is an id; "" where that is the name.
    """

    message_id: str
    author: str
    text: str
    ours: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """One message that a bot heard.

    Attributes:
        platform: where.
        message_id: the platform's own id; unique on it.
        channel: the subreddit, the server's channel, the chat; what limits and personas go by.
        author: the writer's id, or the name where names are ids (Reddit); limits and wishes go by
            it.
        text: as written; of a submission the body.
        heard: when it was written (UTC).
        kind: a chat message, a Reddit comment, a Reddit submission, or a direct message.
        title: of a submission or of the thread that a comment is in.
        thread_author: who began the thread; "" where there is none.
        thread_started: when the thread began (UTC), None where there is none.
        context: what was said before it, oldest first: ancestors, or the channel's last messages.
        ours: this bot wrote it.
        author_is_bot: the platform marks the writer as a bot.
        to_us: it mentions this bot, or calls it by name.
        mentions: ids of others whom it mentions.
        parent_is_ours: it answers a message of this bot.
        thread_is_ours: this bot began the thread.
        is_link: a submission that is a link or an image, without a body.
        images: addresses of its images.
        depth: how deep in a tree: 0 a submission or a message, 1 a comment on a submission.
        locked: nobody can answer.
        flair: the writer's or the submission's flair.
        name: what the writer is called; "" where that is `author`.
        server: what the channel is part of, such as a Discord server's id, or which topic of a
            Telegram group it is; "" for none.
        within: the channel that a thread is in, whose rules count there too; "" for none.
    """

    platform: Platform
    message_id: str
    channel: str
    author: str
    text: str
    heard: datetime
    kind: Kind = "message"
    title: str = ""
    thread_author: str = ""
    thread_started: datetime | None = None
    context: tuple[Said, ...] = ()
    ours: bool = False
    author_is_bot: bool = False
    to_us: bool = False
    mentions: tuple[str, ...] = ()
    parent_is_ours: bool = False
    thread_is_ours: bool = False
    is_link: bool = False
    images: tuple[str, ...] = ()
    depth: int = 0
    locked: bool = False
    flair: str = ""
    name: str = ""
    server: str = ""
    within: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether to speak, and why.

    Attributes:
        speak: whether.
        reason: one of `rules.REASONS`.
        probability: what the dice were rolled against, None where no dice were.
        delay: seconds to wait before it is sent.
        speaker: key of the persona that answers; "" for the bot's own.
        ranked: the ranker's score is still to be asked, and must reach this, None if not.
    """

    speak: bool
    reason: str
    probability: float | None = None
    delay: float = 0.0
    speaker: str = ""
    ranked: float | None = None
