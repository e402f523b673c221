"""A JSON file that holds one long array, read in slices of whole objects at constant memory."""

import os
import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import BinaryIO

# What fits into a processor's cache is decoded twice as fast as 4 MiB.
SLICE_BYTES = 1 << 19
_LONGEST_HEAD = 64 << 20
_LOOK_BACK = 1 << 16
# So many slices without a place to cut at, and another way is taken: joining them is quadratic.
_PATIENCE = 16
_LONGEST_FOOTER = 4 << 20

_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}\[\]]|"', re.DOTALL)
_GAP = re.compile(rb"[\s,]*+")
_END = re.compile(rb"\s*+,?\s*+\]")
# A "]" that nothing follows which may follow an array is a stray one.
_CLOSING = re.compile(_END.pattern + rb'\s*+(?:,\s*+"|\}|\Z)')
_INDENTED = re.compile(rb"[ \t]*+\r?\n([ \t]++)\{[ \t]*+\r?\n")

Cuts = Generator[tuple[int, bytes], None, bytes]


class JsonArray:
    r"""The array under a key of a JSON object, or the one that is the file; it may be cut short.

    An indented file is cut at "\n<indent>}": a raw newline can't stand inside a JSON string, and
    nested objects are indented deeper. Anything else is walked token by token.

    Args:
        path: the file.
        key: of the array; None if the file is one.
        starts: matches from the comma before an object of the array to the object's brace, and
            nowhere else; files that are not indented are read ten times as fast with it.

    Attributes:
        head: what stands before the array, closed to a JSON object with an empty array.
        footer: what stands behind the array; only known after `slices` has ended.
        found: whether the key and its array are there at all.
        closed: whether the array was closed; only known after `slices` has ended.
        indent: what the lines that begin an object begin with; None if there are no such lines.
        stopped: where the last slice ended, in bytes from the file's beginning; as `closed`.
    """

    def __init__(
        self, path: Path, *, key: str | None, starts: re.Pattern[bytes] | None = None
    ) -> None:
        self._path = path
        self._starts = starts
        named = rb'(?<!\\)"' + re.escape((key or "").encode()) + rb'"\s*:\s*\['
        self._opening = re.compile(named if key else rb"\A(?:\xef\xbb\xbf)?\s*\[")
        self._named = bool(key)
        self.head = b"{}"
        self.footer = b""
        self.found = False
        self.closed = False
        self.indent: bytes | None = None
        self.stopped = 0

    def slices(self) -> Iterator[bytes]:
        """JSON arrays that together hold the array's whole objects, in order."""
        for _, piece in self.placed():
            yield piece

    def placed(self, start: int | None = None) -> Iterator[tuple[int, bytes]]:
        """The slices, each with the place in the file where its first object begins.

        Args:
            start: go on from this place, which an object, a comma or the array's end follows.
        """
        self.closed, self.footer = False, b""
        with self._path.open("rb") as file:
            if start is None:
                rest = self._after_opening(file)
                if rest is None:
                    return
                indented = _INDENTED.match(rest)
                self.indent = indented.group(1) if indented else None
            else:
                file.seek(start)
                rest = file.read(SLICE_BYTES)
            if self.indent is not None:
                rest = yield from _by_indent(file, rest, self.indent)
            if self._starts:
                rest = yield from _by_start(file, rest, self._starts)
            rest = yield from _by_token(file, rest)
            self.stopped = file.tell() - len(rest)
            rest += file.read(_LOOK_BACK)
            if _CLOSING.match(rest):
                self.closed = True
                self.footer = _END.sub(b"", rest, count=1) + rest_of(file)

    def _after_opening(self, file: BinaryIO) -> bytes | None:
        read = b""
        while piece := file.read(SLICE_BYTES):
            seen = max(0, len(read) - _LOOK_BACK)
            read += piece
            if match := self._opening.search(read, seen if self._named else 0):
                self.found = True
                if self._named:
                    self.head = read[: match.end()].removeprefix(b"\xef\xbb\xbf") + b"]}"
                return read[match.end() :] + file.read(SLICE_BYTES)
            if not self._named or len(read) > _LONGEST_HEAD:
                return None
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


def rest_of(file: BinaryIO) -> bytes:
    """The file from where it is on, 64 MiB at most; no more memory than that is asked for."""
    return file.read(max(0, min(_LONGEST_HEAD, _size(file) - file.tell())))


def _size(file: BinaryIO) -> int:
    return os.fstat(file.fileno()).st_size


def _cut(file: BinaryIO, rest: bytes, end: int) -> tuple[int, bytes]:
    """The slice of `rest` up to `end`, and where in the file it begins."""
    gap = _GAP.match(rest)
    start = gap.end() if gap else 0
    place = file.tell() - len(rest) + start
    return place, b"".join((b"[", memoryview(rest)[start:end], b"]"))


def _by_indent(file: BinaryIO, rest: bytes, indent: bytes) -> Cuts:
    """Slices that end with an indented object; returns what stands behind the last one."""
    border = b"\n" + indent + b"}"
    closing = re.compile(rb"\n[ \t]{0,%d}\]" % (len(indent) - 1))
    footer_from = _size(file) - _LONGEST_FOOTER
    seen, waited = 0, 0
    while waited < _PATIENCE and not _END.match(rest):
        piece = file.read(SLICE_BYTES)
        rest += piece
        end = closing.search(rest, seen) if file.tell() >= footer_from else None
        cut = rest.rfind(border, seen, end.start() if end else len(rest))
        waited += 1
        if cut >= 0:
            cut += len(border)
            yield _cut(file, rest, cut)
            rest, waited = rest[cut:], 0
        if end or not piece:
            break
        seen = max(0, len(rest) - len(border))
    return rest


def _by_start(file: BinaryIO, rest: bytes, starts: re.Pattern[bytes]) -> Cuts:
    """Slices that end where an object starts; returns what stands behind the last one."""
    waited = 0
    while waited < _PATIENCE and not _END.match(rest) and (piece := file.read(SLICE_BYTES)):
        rest += piece
        waited += 1
        begins = list(starts.finditer(rest, max(0, len(rest) - _LOOK_BACK)))
        if begins:
            last = begins[-1]
            yield _cut(file, rest, last.start())
            rest, waited = rest[last.start() :], 0
    return rest


def _by_token(file: BinaryIO, rest: bytes) -> Cuts:
    """Slices of whole objects, found token by token; returns what stands behind the last one."""
    more = SLICE_BYTES
    while not _END.match(rest):
        spans = list(objects(rest))
        if spans:
            yield _cut(file, rest, spans[-1][1])
            rest, more = rest[spans[-1][1] :], SLICE_BYTES
        piece = file.read(more)
        if not piece:
            break
        rest += piece
        more = max(SLICE_BYTES, len(rest))
    return rest
