"""Progress of long work: rate, time left, and what is awaited when nothing moves."""

import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType

log = logging.getLogger("clone_pipeline.progress")

EVERY_SECONDS = 5.0
STILL_SECONDS = 60.0


def duration(seconds: float) -> str:
    """`75` as "1 min 15 s"."""
    whole = max(0, round(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def line(stage: str, unit: str, *, done: int, total: int, seconds: float, earlier: int = 0) -> str:
    """One line of progress: share done, rate, time left; `earlier` were done before `seconds`."""
    rate = (done - earlier) / seconds if seconds > 0 else 0.0
    left = f"{duration((total - done) / rate)} left" if rate else "no estimate yet"
    shown = f"{rate:.1f}/s" if rate >= 1 else f"{rate * 60:.1f}/min"
    if not total:
        return f"{stage}: {done:,} {unit}, {shown}"
    return f"{stage}: {done:,} of {total:,} {unit} ({100 * done // total} %), {shown}, {left}"


class Progress:
    """Logs `line`s while a stage runs; call it with (done, total).

    After `still_seconds` without a move it says what is awaited, as `awaiting()` tells it.
    `earlier` were done by a run before this one.
    """

    def __init__(
        self,
        stage: str,
        unit: str,
        *,
        awaiting: Callable[[], str] | None = None,
        every_seconds: float = EVERY_SECONDS,
        still_seconds: float = STILL_SECONDS,
        earlier: int = 0,
    ) -> None:
        self.stage, self.unit = stage, unit
        self.awaiting = awaiting
        self.every_seconds, self.still_seconds = every_seconds, still_seconds
        self.started = self.moved = self.said = time.monotonic()
        self.done = self.earlier = earlier
        self._end = threading.Event()
        self._watch = threading.Thread(target=self._say_when_still, daemon=True)

    def __call__(self, done: int, total: int) -> None:
        """Tell that `done` of `total` are finished."""
        now = time.monotonic()
        if done != self.done:
            self.done, self.moved = done, now
        if now - self.said >= self.every_seconds:
            self.said = now
            seconds = now - self.started
            log.info(
                line(
                    self.stage,
                    self.unit,
                    done=done,
                    total=total,
                    seconds=seconds,
                    earlier=self.earlier,
                )
            )

    def moved_now(self, done: int) -> None:
        """Tell that something moved where there is no total to show."""
        if done != self.done:
            self.done, self.moved = done, time.monotonic()

    def __enter__(self) -> "Progress":
        self._watch.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end.set()

    def _say_when_still(self) -> None:
        while not self._end.wait(min(1.0, self.still_seconds / 4)):
            now = time.monotonic()
            if now - max(self.moved, self.said) < self.still_seconds:
                continue
            self.said = now
            awaited = self.awaiting() if self.awaiting else "the work itself"
            still = duration(now - self.moved)
            log.info(f"{self.stage}: nothing has moved for {still}; awaited: {awaited}")
