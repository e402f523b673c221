"""Places in a configuration: the steps that lead to a value."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[str, ...]


def items(found: Any) -> list[tuple[str, Any]]:
    """What is below a value, by step; nothing below what is a value by itself."""
    if isinstance(found, Mapping):
        return list(found.items())
    if isinstance(found, list) and any(isinstance(each, Mapping) for each in found):
        return [(f"[{place}]", each) for place, each in enumerate(found)]
    return []


def leaves(found: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of all values."""
    below = items(found)
    if not below and path:
        yield path
    for step, value in below:
        yield from leaves(value, (*path, step))


def dotted(path: Path) -> str:
    """A path as people write it: `discord.musing[0].frequency`."""
    return re.sub(r"\.\[(\d+)\]", r"[\1]", ".".join(path))
