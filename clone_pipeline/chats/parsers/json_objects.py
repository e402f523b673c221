"""The objects of a JSON export as they are, one by one, and the shapes of what is in them.

Exporters and versions differ, so nothing is taken for granted: a field of another type than
expected is as good as missing.
"""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from clone_pipeline.chats.parsers.json_array import JsonArray, objects
from clone_pipeline.chats.partly import Losses

AGAIN = "Export it again, or leave it: what could be read is used."

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
_WHOLE_NUMBER = re.compile(r"-?\d{1,20}", re.ASCII)


def loaded(raw: bytes) -> Any:
    """The JSON value of `raw`; halves of surrogate pairs and bytes that are no UTF-8 are replaced.

    Raises:
        ValueError: it is no JSON, or nested too deeply.
    """
    try:
        value = json.loads(raw.decode("utf-8", "replace"))
        if _HALF.search(raw):
            whole = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
            value = json.loads(whole.decode())
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def rows_of(array: JsonArray, losses: Losses) -> Iterator[dict[str, Any]]:
    """The objects of the array, in order; what is none is lost, and so is what was cut off."""
    count = 0
    for piece in array.slices():
        for row in slice_rows(piece, losses):
            count += 1
            yield row
    if not array.closed:
        losses.note(f"an export that is cut short after {count} whole objects", AGAIN)


def slice_rows(piece: bytes, losses: Losses) -> Iterator[dict[str, Any]]:
    """The objects of one slice of a `JsonArray`."""
    try:
        values = loaded(piece)
    except ValueError:
        values = [_one(piece[1 + start : 1 + end], losses) for start, end in objects(piece[1:])]
    for value in values if isinstance(values, list) else []:
        if isinstance(value, dict):
            yield value
        elif value is not None:
            losses.lose("a message that is no JSON object", AGAIN)


def json_lines(lines: Iterable[str], losses: Losses) -> Iterator[dict[str, Any]]:
    """The objects of lines of JSON, {} for one that is no object; what is no JSON is lost."""
    for line in lines:
        if line.strip():
            try:
                yield mapping(loaded(line.encode("utf-8", "replace")))
            except ValueError as error:
                losses.lose(f"a line that can't be read ({error})", AGAIN)


def first_object(head: bytes) -> dict[str, Any] | None:
    """The first object of the array that a file begins with; None if there is none in `head`."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start.startswith(b"["):
        return None
    span = next(objects(start[1:]), None)
    try:
        value = loaded(start[1 + span[0] : 1 + span[1]]) if span else None
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def string_in(head: bytes, key: str) -> str:
    """The first string of that key in JSON that may be cut short, "" if there is none."""
    found = re.search(rb'"' + key.encode() + rb'"\s*+:\s*+("(?:[^"\\]|\\.)*+")', head)
    try:
        return text(loaded(found.group(1))) if found else ""
    except ValueError:
        return ""


def text(value: Any) -> str:
    """The string, "" if it is none."""
    return value if isinstance(value, str) else ""


def mapping(value: Any) -> dict[str, Any]:
    """The object, an empty one if it is none."""
    return value if isinstance(value, dict) else {}


def mappings(value: Any) -> list[dict[str, Any]]:
    """The objects in the list, none if it is no list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def number(value: Any) -> int | None:
    """The whole number that is written there, as a number or as text."""
    if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if abs(value) < 1e20 else None


def moment(value: int | None, *, per_second: int, since: datetime = _EPOCH) -> datetime | None:
    """The time, `value` / `per_second` seconds after `since`; None if there is no such time."""
    if value is None:
        return None
    try:
        return since + timedelta(microseconds=value * 1_000_000 // per_second)
    except OverflowError:
        return None


def _one(span: bytes, losses: Losses) -> Any:
    try:
        return loaded(span)
    except ValueError as error:
        losses.lose(f"a message that can't be read ({error})", AGAIN)
        return None
