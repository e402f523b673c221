"""What people may ask of a bot: to be left alone, for ever, and to be forgotten."""

import dataclasses
from datetime import datetime

from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.items import Key, as_json, from_json, without_texts
from clone_pipeline.bots.queue_file import QueueFile
from clone_pipeline.bots.stamps import moment_of, stamp

STOPPED = "stopped"
FORGOTTEN = "forgotten"
DELETED = "deleted"

# What can still be called back: all but what is in somebody's hands on its way to the platform.
_HERE = (
    "state in ('seen', 'decided', 'generating', 'generated') or (state = 'sending' and held = 0)"
)
_IS = "platform = ? and bot = ? and message_id = ?"
_BY = "platform = ? and author = ?"


def stop(file: QueueFile, *, platform: str, author: str, now: datetime) -> int:
    """Never speak to this user again, on this platform, whichever bot; how many replies that ends.

    What is being sent at this instant can't be called back; all that waits is given up.
    """
    with file.transaction():
        whose = (platform, author.casefold())
        file.run("insert or ignore into stops values (?, ?, ?)", *whose, stamp(now))
        _count(file)
        return _give_up(file, _BY, *whose, why=STOPPED, now=now)


def stopped(file: QueueFile, *, platform: str, author: str) -> datetime | None:
    """Since when this user wants no word from a bot, None if never said."""
    query = "select since from stops where platform = ? and author = ?"
    return moment_of(file.one(query, platform, author.casefold()))


def forget_user(file: QueueFile, *, platform: str, author: str, now: datetime) -> int:
    """Erase what this user wrote, what was answered to it, and its copies in others' contexts.

    Ids stay, so that nothing is answered twice; so does a wish to be left alone. What waited to
    be answered is given up. How many items were changed.
    """
    with file.transaction():
        whose = (platform, author.casefold())
        _give_up(file, _BY, *whose, why=FORGOTTEN, now=now)
        count = _erase(file, _BY, *whose)
        others = "select number, heard from items where platform = ? and not erased"
        for number, heard in file.rows(others, platform):
            old = from_json(heard)
            new = _without(old, author)
            if new != old:
                file.run("update items set heard = ? where number = ?", as_json(new), number)
                count += 1
        _count(file)
    _overwrite(file)
    return count


def forget_before(file: QueueFile, bot: str, *, before: datetime) -> int:
    """Erase all texts of the bot's items that ended before that; ids and reasons stay."""
    ended = "state in ('silent', 'sent', 'failed', 'uncertain') and bot = ? and arrived < ?"
    with file.transaction():
        count = _erase(file, ended, bot, stamp(before))
    if count:
        _overwrite(file)
    return count


def times_forgotten(file: QueueFile) -> int:
    """Grows with each wish to be left alone or forgotten, by whichever process it was taken."""
    return int(file.one("pragma user_version"))


def deleted(file: QueueFile, key: Key, *, now: datetime) -> bool:
    """Its writer deleted the message: erase it, and don't answer; whether that was in time."""
    with file.transaction():
        in_time = _give_up(file, _IS, *key, why=DELETED, now=now) == 1
        _erase(file, _IS, *key)
    return in_time


def _count(file: QueueFile) -> None:
    file.rows(f"pragma user_version = {times_forgotten(file) + 1}")


def _overwrite(file: QueueFile) -> None:
    """Write the log of changes into the file; who reads meanwhile is not waited for for long."""
    (wait,) = file.rows("pragma busy_timeout")[0]
    file.rows("pragma busy_timeout = 2000")
    try:
        file.rows("pragma wal_checkpoint(truncate)")
    finally:
        file.rows(f"pragma busy_timeout = {int(wait)}")


def _give_up(file: QueueFile, where: str, *values: str, why: str, now: datetime) -> int:
    which = f"{where} and ({_HERE})"
    step = "insert into steps (item, at, state, note) select number, ?, 'failed', ? from items"
    file.run(f"{step} where {which}", stamp(now), why, *values)
    change = f"update items set state = 'failed', held = 0, failure = ? where {which}"
    return file.run(change, why, *values)


def _erase(file: QueueFile, where: str, *values: str) -> int:
    found = file.rows(f"select number, heard from items where not erased and {where}", *values)
    for number, heard in found:
        blank = as_json(without_texts(from_json(heard)))
        change = "update items set heard = ?, text = null, erased = 1 where number = ?"
        file.run(change, blank, number)
        file.run("update steps set note = '' where item = ? and state = 'again'", number)
    return len(found)


def _without(heard: Heard, author: str) -> Heard:
    """The same without what this user had said before it."""
    name = author.casefold()
    kept = tuple(said for said in heard.context if said.author.casefold() != name)
    title = "" if heard.thread_author.casefold() == name else heard.title
    return dataclasses.replace(heard, context=kept, title=title)
