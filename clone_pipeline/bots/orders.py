"""What operators order, durable in the queue's file: any process may write, the bot's obeys."""

from datetime import datetime

from clone_pipeline.bots.item_rows import IS, items, step, steps
from clone_pipeline.bots.items import Item, Key
from clone_pipeline.bots.queue_file import QueueFile
from clone_pipeline.bots.stamps import moment_of, stamp

REWRITTEN = "rewritten"


def pause(file: QueueFile, bot: str, *, now: datetime) -> bool:
    """The bot says nothing until `resume`; False if it was paused."""
    return file.run("insert or ignore into pauses values (?, ?)", bot, stamp(now)) == 1


def resume(file: QueueFile, bot: str) -> bool:
    """The bot may speak again; False if it was not paused."""
    return file.run("delete from pauses where bot = ?", bot) == 1


def paused(file: QueueFile, bot: str) -> datetime | None:
    """Since when the bot is paused, None if it is not."""
    return moment_of(file.one("select since from pauses where bot = ?", bot))


def ask_again(file: QueueFile, item: Item, *, now: datetime) -> None:
    """Order that what the bot sent is written anew, by the process that runs it."""
    order = "insert into orders (platform, bot, message_id, at) values (?, ?, ?, ?)"
    file.run(order, *item.key, stamp(now))


def waiting(file: QueueFile, *, bot: str, platform: str) -> list[tuple[int, Item]]:
    """The items that are to be written anew, each with its order's number, the oldest first."""
    query = "select number, message_id from orders where bot = ? and platform = ? order by number"
    found = [
        (number, items(file, IS, platform, bot, message_id))
        for number, message_id in file.rows(query, bot, platform)
    ]
    return [(number, each[0]) for number, each in found if each]


def done(file: QueueFile, number: int) -> None:
    """The order of this number was tried."""
    file.run("delete from orders where number = ?", number)


def sent_as(file: QueueFile, message_id: str, *, bot: str = "", platform: str = "") -> Item | None:
    """What the bot sent under this id of the platform's, or in answer to it."""
    where = "state = 'sent' and (sent_id = ?1 or message_id = ?1)"
    where += " and ?2 in ('', bot) and ?3 in ('', platform)"
    found = items(file, where, message_id, bot, platform)
    return found[-1] if found else None


def times_rewritten(file: QueueFile, item: Item, *, since: datetime) -> int:
    """How often what was sent was written anew since then."""
    return sum(at >= since and state == REWRITTEN for at, state, _ in steps(file, item.key))


def rewritten(file: QueueFile, key: Key, text: str, *, model: str, now: datetime) -> bool:
    """Keep what now stands in the place of what was sent; False if it was erased meanwhile."""
    change = f"update items set text = ?, model = ? where {IS} and state = 'sent' and not erased"
    with file.transaction():
        done = file.run(change, text, model, *key) == 1
        if done:
            step(file, key, REWRITTEN, at=now, note=model)
    return done
