"""The status line below the log, refreshed after every change, as HotShotBot has it."""

import asyncio
import logging
import sys
import time
from collections.abc import Callable
from typing import TextIO

from clone_pipeline.bots.explaining import clean

_CLEAR = "\r\x1b[K"
_SOONEST = 0.05  # seconds between two lines
_SHARE = 20  # a line that takes long is written the less often: one part in so many of the time


class StatusLine:
    """One line that is written anew in a terminal; elsewhere each new state is a line."""

    def __init__(self, line: Callable[[], str], *, into: TextIO | None = None) -> None:
        self.line = line
        self.into = into or sys.stderr
        self.live = self.into.isatty()
        self._last = ""
        self._planned = False
        self._pause = _SOONEST
        self._loop = asyncio.get_running_loop()

    def changed(self) -> None:
        """Something changed; any thread may say so."""
        if not self._planned and not self._loop.is_closed():
            self._planned = True
            self._loop.call_soon_threadsafe(self._later)

    def show(self) -> None:
        """Write the line as it is now, if it is new."""
        self._planned, began = False, time.monotonic()
        line = self.line()
        self._pause = max(_SOONEST, _SHARE * (time.monotonic() - began))
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
        self._loop.call_later(self._pause, self.show)


class LogAbove(logging.Handler):
    """Log lines above the status line."""

    def __init__(self, line: StatusLine) -> None:
        super().__init__()
        self.line = line
        self.setFormatter(logging.Formatter("%(asctime)s  %(message)s", datefmt="%H:%M:%S"))

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record, without what a terminal would obey."""
        try:
            self.line.above("\n".join(map(clean, self.format(record).splitlines())))
        except (OSError, ValueError):
            self.handleError(record)
