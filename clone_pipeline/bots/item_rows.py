"""Items as rows of the file: added once, moved on by conditional updates, every step noted."""

import dataclasses
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.items import Item, Key, State, Task, as_json, from_json
from clone_pipeline.bots.queue_file import QueueFile
from clone_pipeline.bots.stamps import moment_of, stamp

IS = "platform = ? and bot = ? and message_id = ?"
OPEN = "state not in ('silent', 'sent', 'failed', 'uncertain')"

_COLUMNS = (
    "platform, bot, message_id, task, state, heard, reason, probability, speaker, due, attempts,"
    " text, model, nonce, sent_id, failure, erased"
)
_ADD = """
insert or ignore into items
    (platform, bot, message_id, channel, author, kind, task, ours, arrived, heard, state)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'seen')
"""


def add(file: QueueFile, heard: Heard, bot: str, *, task: Task, now: datetime) -> bool:
    """Put a new item in state "seen"; False if there is one of its key."""
    key = Key.of(heard, bot)
    author, ours, at = heard.author.casefold(), task == "post" or heard.ours, stamp(now)
    values = (*key, heard.channel, author, heard.kind, task, ours, at, as_json(heard))
    with file.transaction():
        new = file.run(_ADD, *values) == 1
        if new:
            step(file, key, "seen", at=now)
    return new


def move(
    file: QueueFile, key: Key, to: State, *, before: Sequence[State], now: datetime,
    held: Sequence[int] = (0,), hold: bool = False, count: str = "attempts", note: str = "",
    **columns: str | float | None,
) -> bool:  # fmt: skip
    """Move the item on, if it is in one of these states and nobody else's; whether it was.

    Args:
        file: where it lies.
        key: which item.
        to: its new state.
        before: the states from which this step may be made.
        now: the time of the step.
        held: 1 if somebody must have it in hands for this step, 0 if nobody may.
        hold: somebody has it in hands from now on.
        count: the new `attempts`, in SQL.
        note: what to remember of the step.
        columns: what else changes.

    Raises:
        LookupError: there is no such item.
    """
    sets = [f"{name} = ?" for name in ("state", "held", *columns)]
    change = f"update items set attempts = {count}, {', '.join(sets)} where {IS}"
    change += f" and state in ({_marks(before)}) and held in ({_marks(held)})"
    with file.transaction():
        if not file.run(change, to, int(hold), *columns.values(), *key, *before, *held):
            return not known(file, key)
        step(file, key, to, at=now, note=note)
    return True


def put_off(
    file: QueueFile, key: Key, reason: str, *, until: datetime, now: datetime, tried: bool = True
) -> bool:
    """Let the item go, to be taken up in the same state at that time; whether it was waiting.

    What was `tried` on a text that is written (its picture) counts; other steps count when they
    begin.
    """
    count = "attempts = attempts + (state = 'generated')," if tried else ""
    change = f"update items set {count} held = 0, due = ?, failure = ? where {IS} and {OPEN}"
    with file.transaction():
        again = not tried and known(file, key).failure == reason
        done = file.run(f"{change} and due is not null", stamp(until), reason, *key) == 1
        if done and not again:
            step(file, key, "again", at=now, note=reason)
    return done


def changed(file: QueueFile, key: Key, text: str) -> bool:
    """Put a new text in the place of what was heard, if nothing is written about it yet."""
    with file.transaction():
        found = items(file, f"{IS} and state in ('seen', 'decided') and not erased", *key)
        if not found:
            return False
        heard = as_json(dataclasses.replace(found[0].heard, text=text))
        return file.run(f"update items set heard = ? where {IS}", heard, *key) == 1


def step(file: QueueFile, key: Key, state: str, *, at: datetime, note: str = "") -> None:
    """Note for whoever asks why: what happened when."""
    note_it = "insert into steps (item, at, state, note) select number, ?, ?, ? from items where "
    file.run(note_it + IS, stamp(at), state, note, *key)


def steps(file: QueueFile, key: Key) -> list[tuple[datetime, str, str]]:
    """When it reached which state ("again": a step that is to be tried again), with its note."""
    query = "select s.at, s.state, s.note from steps s join items on s.item = items.number where "
    found = file.rows(f"{query}{IS} order by s.number", *key)
    return [(datetime.fromisoformat(at), state, note) for at, state, note in found]


def items(file: QueueFile, where: str, *values: Any, order: str = "number") -> list[Item]:
    """The items of an SQL condition."""
    query = f"select {_COLUMNS} from items where {where} order by {order}"
    return [_item(row) for row in file.rows(query, *values)]


def first_due(
    file: QueueFile, bot: str, platform: str, *, now: datetime, but: Collection[str], most: int
) -> list[Item]:
    """Of each channel what is due the longest and nobody has taken; the longest due first.

    A channel that is behind keeps no other waiting, and what waits in it is not read.

    Args:
        file: where they lie.
        bot: whose.
        platform: where.
        now: the present.
        but: channels that are left out.
        most: items.
    """
    due = f"{OPEN} and held = 0 and due <= ? and bot = ? and platform = ?"
    due += f" and channel not in ({_marks(but)})"
    firsts = f"select number, min(due) from items where {due} group by channel order by 2 limit ?"
    found = file.rows(firsts, stamp(now), bot, platform, *but, most)
    numbers = [number for number, _ in found]
    return items(file, f"number in ({_marks(numbers)})", *numbers, order="due, number")


def known(file: QueueFile, key: Key) -> Item:
    """The item of this key.

    Raises:
        LookupError: there is none.
    """
    found = items(file, IS, *key)
    if not found:
        raise LookupError(f"{key} was never seen")
    return found[0]


def _item(row: Sequence[Any]) -> Item:
    platform, bot, message_id, task, state, heard, *facts, due, attempts = row[:11]
    key, erased = Key(platform, bot, message_id), bool(row[-1])
    last = (moment_of(due), attempts, *row[11:-1], erased)
    return Item(key, task, state, from_json(heard), *facts, *last)


def _marks(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))
