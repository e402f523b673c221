"""What is said in a session, as far as it matters for who answers whom."""

from typing import NamedTuple


class Said(NamedTuple):
    """A message of one session; `time` is in seconds (None: unknown), `reply_to` a message_id."""

    message_id: str
    author_id: str
    author: str
    text: str
    time: float | None
    reply_to: str | None
