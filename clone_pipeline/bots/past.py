"""What rules ask about the past, answered from the queue.

"Here" is the platform and the channel of what was heard. What is being sent or may have been
sent counts as said; answers count from the moment that they were decided on.
"""

from datetime import datetime, timedelta

from clone_pipeline.bots.forgetting import DELETED, stopped
from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.history import History
from clone_pipeline.bots.item_rows import IS, OPEN
from clone_pipeline.bots.items import Key
from clone_pipeline.bots.queue_file import QueueFile
from clone_pipeline.bots.stamps import moment_of, stamp

_SAID = "spoken is not null and state in ('sending', 'sent', 'uncertain')"
_OUT = "spoken is not null and state in ('sent', 'uncertain')"
_WAITING = f"{OPEN} and state != 'seen'"
_HERE = "platform = ? and bot = ? and channel = ?"
_TO = "platform = ? and author = ? and bot = ? and task = 'reply'"


def history(file: QueueFile, heard: Heard, bot: str, *, now: datetime) -> History:
    """All that the rules ask before `bot` decides upon `heard`; each the fact of its name."""
    found = file.rows(f"select state, failure from items where {IS}", *Key.of(heard, bot))
    state, failure = found[0] if found else ("", "")
    hour, day = now - timedelta(hours=1), now - timedelta(days=1)
    return History(
        last_spoke=last_spoke(file, heard, bot),
        answered=state not in ("", "seen", "silent", "failed"),
        stopped=stopped(file, platform=heard.platform, author=heard.author) is not None,
        deleted=failure == DELETED,
        to_author_hour=replies_to_author(file, heard, bot, since=hour),
        to_author_day=replies_to_author(file, heard, bot, since=day),
        in_channel_hour=said_here(file, heard, bot, since=hour),
        in_channel_day=said_here(file, heard, bot, since=day),
        unanswered=unanswered(file, heard, bot),
        last_post=last_post(file, heard, bot),
        post_waiting=post_waits(file, heard, bot),
    )


def last_spoke(file: QueueFile, heard: Heard, bot: str) -> datetime | None:
    """When the bot last said something here (UTC), None if never."""
    query = f"select max(spoken) from items where {_HERE} and {_SAID}"
    return moment_of(file.one(query, *_here(heard, bot)))


def last_post(file: QueueFile, heard: Heard, bot: str) -> datetime | None:
    """When the bot last made a post of its own here (UTC), None if never."""
    query = f"select max(spoken) from items where {_HERE} and {_SAID} and task = 'post'"
    return moment_of(file.one(query, *_here(heard, bot)))


def post_waits(file: QueueFile, heard: Heard, bot: str) -> bool:
    """A post for this channel is planned and not out."""
    query = f"select 1 from items where {_HERE} and {_WAITING} and task = 'post' limit 1"
    return file.one(query, *_here(heard, bot)) is not None


def said_here(file: QueueFile, heard: Heard, bot: str, *, since: datetime) -> int:
    """Replies and posts of the bot here since then, those that wait included."""
    return _count_since(file, _HERE, *_here(heard, bot), since=since)


def replies_to_author(file: QueueFile, heard: Heard, bot: str, *, since: datetime) -> int:
    """Replies of the bot to the author of this, in all channels, those that wait included."""
    whose = (heard.platform, heard.author.casefold(), bot)
    return _count_since(file, _TO, *whose, since=since)


def ever_told(file: QueueFile, heard: Heard, bot: str, notice: str) -> bool:
    """Its author was sent `notice` below another message, or below one that was since erased."""
    query = f"select 1 from items where {_TO} and {_OUT} and message_id != ?"
    query += " and (text is null or instr(text, ?) > 0) limit 1"
    whose = (heard.platform, heard.author.casefold(), bot)
    return file.one(query, *whose, heard.message_id, notice) is not None


def unanswered(file: QueueFile, heard: Heard, bot: str) -> int:
    """How many messages of the bot stand here after the last one that somebody else wrote.

    Of `heard` itself it is not known yet whether it is by somebody else's hand: it is left out.
    """
    here = _here(heard, bot)
    others = f"select arrived from items where {_HERE} and ours = 0 and message_id != ?"
    last = file.one(f"{others} order by arrived desc limit 1", *here, heard.message_id)
    query = f"select count(*) from items where {_HERE} and {_SAID} and spoken >= ?"
    return int(file.one(query, *here, last or ""))


def own_words(file: QueueFile, heard: Heard, bot: str, *, last: int) -> list[str]:
    """The last things that the bot said here, the newest first."""
    query = f"select text from items where {_HERE} and {_SAID} and text is not null"
    found = file.rows(f"{query} order by spoken desc limit ?", *_here(heard, bot), last)
    return [text for (text,) in found]


def is_ours(file: QueueFile, *, platform: str, bot: str, message_id: str) -> bool:
    """The bot sent the message of this id."""
    query = "select 1 from items where sent_id = ? and platform = ? and bot = ?"
    return file.one(query, message_id, platform, bot) is not None


def _here(heard: Heard, bot: str) -> tuple[str, str, str]:
    return heard.platform, bot, heard.channel


def _count_since(file: QueueFile, where: str, *values: str, since: datetime) -> int:
    waiting = file.one(f"select count(*) from items where {where} and {_WAITING}", *values)
    out = f"select count(*) from items where {where} and {_OUT} and spoken >= ?"
    return int(waiting) + int(file.one(out, *values, stamp(since)))
