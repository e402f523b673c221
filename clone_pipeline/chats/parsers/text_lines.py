"""The lines of a text file, one at a time, whatever is broken in it."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from clone_pipeline.chats.partly import Losses

LONGEST_LINE = 8 << 20

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_RARE = 100
_AGAIN = "Export it again, or save it as UTF-8."


def text_of(head: bytes) -> str | None:
    """The beginning of a text file as far as it can be read; None if it is no text.

    UTF-8 or, with a byte order mark, UTF-16. A few NUL bytes are forgiven and left out.
    """
    if head[:2] in _UTF16:
        return head[: len(head) & ~1].decode("utf-16", "replace").replace("\0", "")
    if head.count(b"\0") * _RARE > len(head):
        return None
    return head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").replace("\0", "")


class TextLines:
    r"""Reads a file line by line: UTF-8, with or without a mark, or UTF-16 with one.

    Bytes that are no UTF-8 are read in the other encoding that programs of this format use, else
    they become U+FFFD; NUL bytes are left out. What was mended is counted and told. A line is cut
    at \n only and keeps its end; one of more than `LONGEST_LINE` bytes is lost, and counted,
    without ever being held.
    """

    def __init__(self, path: Path, losses: Losses, *, other: str | None = None) -> None:
        self._path = path
        self._losses = losses
        self._other = other
        self._mended = 0
        self._nul = 0

    def __iter__(self) -> Iterator[str]:
        """The lines in order."""
        with self._path.open("rb") as file:
            wide = file.read(2) in _UTF16
            file.seek(0)
        lines = self._wide_lines() if wide else self._lines()
        for line in lines:
            if "\0" in line:
                self._nul += 1
                line = line.replace("\0", "")
            yield line

    def tell(self) -> None:
        """Note what was mended, once the lines were read."""
        if self._mended:
            how = f"read as {self._other}" if self._other else "set to U+FFFD"
            found = f"{self._mended} lines with bytes that are not UTF-8 ({how})"
            self._losses.note(found, _AGAIN)
        if self._nul:
            self._losses.note(f"{self._nul} lines with NUL bytes, which are left out", _AGAIN)

    def _lines(self) -> Iterator[str]:
        with self._path.open("rb") as file:
            number = 0
            while line := file.readline(LONGEST_LINE):
                number += 1
                if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
                    self._too_long(number, len(line) + _rest_of_line(file))
                    continue
                yield self._decoded(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)

    def _wide_lines(self) -> Iterator[str]:
        longest = LONGEST_LINE // 2
        with self._path.open(encoding="utf-16", errors="replace", newline="\n") as file:
            number = 0
            while line := file.readline(longest):
                number += 1
                if len(line) == longest and not line.endswith("\n"):
                    size = len(line)
                    while (more := file.readline(longest)) and size:
                        size += len(more)
                        if more.endswith("\n"):
                            break
                    self._too_long(number, size * 2)
                    continue
                self._mended += "\ufffd" in line
                yield line

    def _too_long(self, number: int, size: int) -> None:
        found = f"line {number}, of {size:,} bytes: no message is that long"
        self._losses.lose(found, "Export it again, one message a line.")

    def _decoded(self, line: bytes) -> str:
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError:
            self._mended += 1
            return line.decode(self._other or "utf-8", "replace")


def _rest_of_line(file: BinaryIO) -> int:
    size = 0
    while piece := file.readline(LONGEST_LINE):
        size += len(piece)
        if piece.endswith(b"\n"):
            break
    return size
