"""What is left in the bots' file at the end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clone_pipeline.bots import queue_file
from clone_pipeline.bots.item_rows import items
from clone_pipeline.bots.items import Item
from clone_pipeline.bots.queue import Queue
from clone_pipeline_tests.bots.simulation.town import Town

_STEPS = """
select i.platform, i.message_id, s.state, s.at from steps s join items i on i.number = s.item
order by s.number
"""
_SPOKEN = """
select platform, author, channel, task, spoken from items
where state in ('sent', 'uncertain') order by spoken
"""


@dataclass(frozen=True)
class Outcome:
    """Rows of the file.

    Attributes:
        items: all of them.
        steps: of each item by platform and message: state and time, in order.
        arrived: of each item.
        stops: since when somebody wants no word, by platform and author.
        spoken: platform, author, channel, task and time of what was said.
        spent: characters and tokens of all days.
        reserved: the same of what stands open.
        uncertain: as the queue lists it.
    """

    items: list[Item]
    steps: Mapping[tuple[str, str], list[tuple[str, datetime]]]
    arrived: Mapping[tuple[str, str], datetime]
    stops: Mapping[tuple[str, str], datetime]
    spoken: list[tuple[str, str, str, str, datetime]]
    spent: list[tuple[int, int]]
    reserved: list[tuple[int, int]]
    uncertain: list[Item]
    held: int


def outcome(town: Town) -> Outcome:
    with queue_file.read_file(town.plan.queue) as file:
        steps: dict[tuple[str, str], list[tuple[str, datetime]]] = {}
        for platform, message, state, at in file.rows(_STEPS):
            steps.setdefault((platform, message), []).append((state, _time(at)))
        arrived = file.rows("select platform, message_id, arrived from items")
        return Outcome(
            items(file, "true"), steps, {(p, m): _time(at) for p, m, at in arrived},
            {(p, a): _time(at) for p, a, at in file.rows("select * from stops")},
            [(*row[:4], _time(row[4])) for row in file.rows(_SPOKEN)],
            file.rows("select characters, tokens from spent"),
            file.rows("select characters, tokens from reserved"),
            Queue(file).uncertain("anna"),
            file.one("select count(*) from items where held"),
        )  # fmt: skip


def _time(stamp: Any) -> datetime:
    return datetime.fromisoformat(stamp)
