"""A JSON file that holds one long array, read in slices of whole objects at constant memory."""

import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import BinaryIO

SLICE_BYTES = 4 << 20

_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}\[\]]|"', re.DOTALL)
_CLOSING = re.compile(rb"\s*,?\s*\]")
_INDENTED = re.compile(rb"[ \t]*\r?\n([ \t]+)\{")


class JsonArray:
    r"""The array under a key of a JSON object, which may be cut short anywhere.

    An indented file is cut at "\n<indent>}": a raw newline can't stand inside a JSON string, and
    nested objects are indented deeper. Anything else is walked token by token.

    Attributes:
        head: what stands before the array, closed to a JSON object with an empty array.
        footer: what stands behind the array; only known after `slices` has ended.
        found: whether the key and its array are there at all.
        closed: whether the array was closed; only known after `slices` has ended.
    """

    def __init__(self, path: Path, *, key: str) -> None:
        self._path = path
        self._opening = re.compile(rb'(?<!\\)"' + re.escape(key.encode()) + rb'"\s*:\s*\[')
        self.head = b"{}"
        self.footer = b""
        self.found = False
        self.closed = False

    def slices(self) -> Iterator[bytes]:
        """JSON arrays that together hold the array's whole objects, in order."""
        with self._path.open("rb") as file:
            rest = self._after_opening(file)
            if rest is None:
                return
            if match := _INDENTED.match(rest):
                rest = yield from _by_indent(file, rest, b"\n" + match.group(1) + b"}")
            rest += file.read()
            end = 0
            if not _CLOSING.match(rest):
                for start, end in objects(rest):
                    yield b"[" + rest[start:end] + b"]"
            rest = rest[end:]
        if closing := _CLOSING.match(rest):
            self.closed = True
            self.footer = rest[closing.end() :]

    def _after_opening(self, file: BinaryIO) -> bytes | None:
        read = b""
        while piece := file.read(SLICE_BYTES):
            read += piece
            if match := self._opening.search(read):
                self.found = True
                self.head = read[: match.end()].removeprefix(b"\xef\xbb\xbf") + b"]}"
                return read[match.end() :] + file.read(SLICE_BYTES)
        return None


def objects(array: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of each whole object at the top level of `array`; stops at its end."""
    depth = start = 0
    for token in _TOKEN.finditer(array):
        sign = token.group()
        if sign in (b"{", b"["):
            if depth == 0:
                start = token.start()
            depth += 1
        elif sign in (b"}", b"]"):
            depth -= 1
            if depth < 0:
                return
            if depth == 0:
                yield start, token.end()
        elif sign == b'"':
            return


def _by_indent(file: BinaryIO, rest: bytes, border: bytes) -> Generator[bytes, None, bytes]:
    """Slices that end at `border`; returns what stands behind the last one."""
    more = True
    while more:
        piece = file.read(SLICE_BYTES)
        more = bool(piece)
        rest += piece
        cut = rest.rfind(border)
        if cut >= 0:
            cut += len(border)
            yield b"[" + rest[:cut].lstrip(b", \t\r\n") + b"]"
            rest = rest[cut:]
    return rest
