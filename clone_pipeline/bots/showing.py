"""The status line below the log, refreshed after every change, as HotShotBot has it."""

import asyncio
import logging
import sys
from collections.abc import Callable
from typing import TextIO

_CLEAR = "\r\x1b[K"
_MOST_A_SECOND = 20


class StatusLine:
    """One line that is written anew in a terminal; elsewhere each new state is a line."""

    def __init__(self, line: Callable[[], str], *, into: TextIO | None = None) -> None:
        self.line = line
        self.into = into or sys.stderr
        self.live = self.into.isatty()
        self._last = ""
        self._planned = False
        self._loop = asyncio.get_running_loop()

    def changed(self) -> None:
        """Something changed; any thread may say so."""
        if not self._planned and not self._loop.is_closed():
            self._planned = True
            self._loop.call_soon_threadsafe(self._later)

    def show(self) -> None:
        """Write the line as it is now, if it is new."""
        self._planned = False
        line = self.line()
        if line == self._last:
            return
        self._last = line
        self.into.write(f"{_CLEAR}{line}" if self.live else f"{line}\n")
        self.into.flush()

    def end(self) -> None:
        """Leave the line standing."""
        self.show()
        if self.live:
            self.into.write("\n")

    def above(self, text: str) -> None:
        """Write something above the line."""
        self.into.write(f"{_CLEAR}{text}\n{self._last}" if self.live else f"{text}\n")
        self.into.flush()

    def _later(self) -> None:
        self._loop.call_later(1 / _MOST_A_SECOND, self.show)


class LogAbove(logging.Handler):
    """Log lines above the status line."""

    def __init__(self, line: StatusLine) -> None:
        super().__init__()
        self.line = line
        self.setFormatter(logging.Formatter("%(asctime)s  %(message)s", datefmt="%H:%M:%S"))

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        self.line.above(self.format(record))
