"""What a bot knows of its own past when it hears a message."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class History:
    """Facts that the queue answers about one message, its author and its channel.

    Answers count from the moment that they were decided on, sent or still waiting; the windows
    are the 3,600 and the 86,400 seconds before now.

    Attributes:
        last_spoke: when the bot last said something in this channel (UTC), None if never.
        answered: this message was answered, or its answer is decided on.
        stopped: its author told the bot to stop, ever.
        deleted: the platform said since that it was deleted.
        to_author_hour: answers to this author within the hour, in every channel.
        to_author_day: the same within the day.
        in_channel_hour: answers and remarks in this channel within the hour.
        in_channel_day: the same within the day.
        unanswered: messages of the bot in this channel since someone else wrote there.
        last_post: when the bot last posted in this channel (UTC), None if never.
        post_waiting: a post for this channel is decided on and not sent.
    """

    last_spoke: datetime | None = None
    answered: bool = False
    stopped: bool = False
    deleted: bool = False
    to_author_hour: int = 0
    to_author_day: int = 0
    in_channel_hour: int = 0
    in_channel_day: int = 0
    unanswered: int = 0
    last_post: datetime | None = None
    post_waiting: bool = False
