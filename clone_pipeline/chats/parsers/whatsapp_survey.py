"""The first reading of a WhatsApp export: what only the whole file can tell."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from clone_pipeline.chats.parsers.whatsapp_dates import Numbers, Order, order_of
from clone_pipeline.chats.parsers.whatsapp_lines import Head, Shape, head_of, usual_shapes
from clone_pipeline.chats.parsers.whatsapp_notices import is_notice
from clone_pipeline.chats.parsers.whatsapp_words import meaning_of, without_marks

_LONGER = re.compile(r"^(?P<short>[^:\n]{1,60}): ?(?P<more>[^:\n\u200e]{1,60})(?=: )")
_RECURS = 3
_OFTEN = 5
_LONGEST_NAME = 80


class Survey(NamedTuple):
    """Which lines begin messages, how their dates read, and which names are odd."""

    shapes: frozenset[Shape]
    orders: dict[Shape, Order]
    names: frozenset[str]


def survey_of(lines: Iterable[str]) -> Survey:
    """Reads all lines once; keeps no more than the days and the names."""
    counts: Counter[Shape] = Counter()
    days: defaultdict[Shape, list[Numbers]] = defaultdict(list)
    longer: Counter[str] = Counter()
    shorter: Counter[str] = Counter()
    for line in lines:
        head = head_of(line)
        if head is None:
            continue
        counts[head.shape] += 1
        if not days[head.shape] or days[head.shape][-1] != head.date:
            days[head.shape].append(head.date)
        short, colon, _ = head.rest.partition(":")
        if colon and len(short) <= _LONGEST_NAME:
            shorter[short] += 1
            if match := _LONGER.match(head.rest):
                longer[match.group()] += 1
    shapes = usual_shapes(counts)
    orders = {shape: _order(shape, days[shape]) for shape in shapes}
    return Survey(shapes, _agreed(orders, counts), _names(longer, shorter))


def entries(lines: Iterable[str], shapes: frozenset[Shape]) -> Iterator[tuple[Head, str]]:
    """Head and body of each message; bodies keep their further lines."""
    current: Head | None = None
    body: list[str] = []
    for line in lines:
        line = line.removesuffix("\n").removesuffix("\r")
        head = head_of(line)
        if head and head.shape in shapes:
            if current:
                yield current, "\n".join(body).rstrip()
            current, body = head, [head.rest]
        elif current:
            body.append(line)
    if current:
        yield current, "\n".join(body).rstrip()


def _order(shape: Shape, days: list[Numbers]) -> Order:
    _, sign, _, _, halves, _ = shape
    if sign in "年년":
        return Order("ymd")
    return order_of(days, american=halves and sign == "/")


def _agreed(orders: dict[Shape, Order], counts: Counter[Shape]) -> dict[Shape, Order]:
    """A doubtful order gives way to a certain one with the same separator, the most used."""
    certain = {
        shape[1]: order
        for shape, order in sorted(orders.items(), key=lambda item: counts[item[0]])
        if not order.doubt
    }
    return {
        shape: certain.get(shape[1], order) if order.doubt else order
        for shape, order in orders.items()
    }


def _names(longer: Counter[str], shorter: Counter[str]) -> frozenset[str]:
    """Names that need proof: with a colon in them, or with words as notices have them.

    `a: b` is a name where every line of `a` goes on with `b`, several times.
    """
    often = {name for name, count in shorter.items() if count >= _OFTEN and is_notice(name)}
    return frozenset(often) | frozenset(
        name
        for name, count in longer.items()
        if count >= _RECURS
        and count == shorter[name.partition(":")[0]]
        and meaning_of(without_marks(name.partition(":")[2])) != "place"
    )
