"""A stretch of an array of objects in a JSON file that is faulty there, object by object.

Every object is decoded to find its end, so nothing that is nested is taken for an object of the
array. Behind a faulty object it goes on where the next one begins.
"""

import json
import re
from pathlib import Path
from typing import BinaryIO, NamedTuple

from clone_pipeline.chats.parsers import json_array

_LONGEST = 64 << 20
_LOOK_BACK = 1 << 16
# A cut is told at most so many bytes before the end: an escape, a literal or a number.
_CUT_BYTES = 12

_GAP = re.compile(rb"[\s,]*+")
_CLOSING = re.compile(rb'\]\s*+(?:,\s*+"|\}|\Z)')
_LAST = re.compile(rb'\]\s*+(?:,\s*+"\w++"\s*+:\s*+\d++\s*+)?\}\s*+\Z')
# Whole numbers of any length: Python's own have a limit.
_DECODER = json.JSONDecoder(parse_int=len)


class Stretch(NamedTuple):
    """What stands in a stretch of the array.

    Attributes:
        spans: the whole objects.
        faulty: what stands between them and is none, each up to where the next one begins; of a
            long one the beginning and the end.
        place: where to go on, in bytes from the file's beginning; None at the array's end.
        closed: whether the array's end was found.
        footer: what stands behind the array's end.
    """

    spans: list[bytes]
    faulty: list[bytes]
    place: int | None
    closed: bool = False
    footer: bytes = b""


def whole_objects(array: bytes, start: int = 0) -> tuple[list[tuple[int, int]], int, bool]:
    """Where each object of `array`, given without its brackets, begins and ends.

    Returns:
        The spans; where the first thing stands that is no object, or the end; whether it might
        only be cut off by the end.
    """
    text = array.decode("latin-1")  # one character a byte
    spans: list[tuple[int, int]] = []
    while True:
        start = _after_gap(array, start)
        if not array.startswith(b"{", start):
            return spans, start, start + _CUT_BYTES > len(array)
        try:
            end = _DECODER.raw_decode(text, start)[1]
        except json.JSONDecodeError as error:
            cut = error.msg.startswith("Unterminated") or error.pos + _CUT_BYTES > len(text)
            return spans, start, cut
        except (ValueError, RecursionError):
            return spans, start, False
        spans.append((start, end))
        start = end


def stretch(path: Path, place: int, starts: re.Pattern[bytes]) -> Stretch:
    """The objects from `place` on, up to one that a slice's end cuts, or to the array's end.

    Args:
        path: the file.
        place: in bytes from the file's beginning.
        starts: matches where an object of the array begins, and best nowhere else.
    """
    with path.open("rb") as file:
        file.seek(place)
        return _read(file, starts)


def _read(file: BinaryIO, starts: re.Pattern[bytes]) -> Stretch:
    spans: list[bytes] = []
    faulty: list[bytes] = []
    at = 0
    buffer, more = _longer(file, b"")
    while True:
        found, at, cut = whole_objects(buffer, at)
        spans += [buffer[start:end] for start, end in found]
        if cut and more and len(buffer) - at < _LONGEST:
            if found or faulty or at:
                return Stretch(spans, faulty, file.tell() - len(buffer) + at)
            buffer, more = _longer(file, buffer)
            continue
        if _CLOSING.match(buffer, at):
            footer = buffer[at + 1 :] + json_array.rest_of(file)
            return Stretch(spans, faulty, None, closed=True, footer=footer)
        if cut and not more:
            return Stretch(spans, faulty, None)
        piece, buffer, more = _up_to_start(file, buffer[at:], starts, more=more)
        if not buffer:
            last = _LAST.search(piece)
            faulty.append(piece[: last.start()] if last else piece)
            footer = last.group()[1:] if last else b""
            return Stretch(spans, faulty, None, closed=bool(last), footer=footer)
        faulty.append(piece)
        at = 0


def _up_to_start(
    file: BinaryIO, buffer: bytes, starts: re.Pattern[bytes], *, more: bool
) -> tuple[bytes, bytes, bool]:
    """What stands before the next beginning of an object, what follows, and whether more does.

    Of a long way to it only the first and the last bytes are given.
    """
    skipped, seen = b"", 1
    while not (match := starts.search(buffer, seen)):
        if not more:
            return skipped + buffer, b"", False
        keep = max(0, len(buffer) - _LOOK_BACK)
        skipped = (skipped + buffer[:keep])[:_LOOK_BACK]
        seen = 0 if keep else 1
        buffer, more = _longer(file, buffer[keep:])
    return skipped + buffer[: match.start()], buffer[match.start() :], more


def _longer(file: BinaryIO, buffer: bytes) -> tuple[bytes, bool]:
    """More of the file behind `buffer`, and whether there was any."""
    piece = file.read(max(json_array.SLICE_BYTES, len(buffer)))
    return buffer + piece, bool(piece)


def _after_gap(array: bytes, start: int) -> int:
    gap = _GAP.match(array, start)
    return gap.end() if gap else start
