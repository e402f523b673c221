"""How far each stream of Reddit was read, in a file, so that an outage's messages are heard."""

import json
import threading
from collections.abc import Iterable
from pathlib import Path

from clone_pipeline.bots.platforms.reddit_things import same
from clone_pipeline.durable import write_json


class Marks:
    """The newest thing that was met in each place of each stream; safe for threads.

    A mark is a time as Reddit tells it, in seconds since 1970. Another account's marks, or a file
    that is no such file, count as none.

    Args:
        path: of the file; written as a whole when something changed.
        account: the bot's.
    """

    def __init__(self, path: Path, *, account: str) -> None:
        self._path, self._account = path, account
        self._lock = threading.Lock()
        self._streams, self._imported = _read(path, account)

    @property
    def imported(self) -> bool:
        """What the account wrote before the bot's first start is known."""
        return self._imported

    def set_imported(self) -> None:
        """Keep that it is known."""
        with self._lock:
            self._imported = True
            self._write()

    def of(self, stream: str, place: str) -> float | None:
        """Up to when that place was read; None if it was not watched before."""
        with self._lock:
            return self._streams.get(stream, {}).get(place.casefold())

    def read(self, stream: str, places: Iterable[str], *, until: float) -> None:
        """These places were read up to then; a mark never goes back."""
        with self._lock:
            marks = self._streams.setdefault(stream, {})
            moved = {name.casefold() for name in places}
            moved = {name for name in moved if name not in marks or marks[name] < until}
            if moved:
                marks.update(dict.fromkeys(moved, until))
                self._write()

    def _write(self) -> None:
        kept = {
            "account": self._account, "imported": self._imported, "streams": self._streams,
        }  # fmt: skip
        write_json(self._path, kept)


def _read(path: Path, account: str) -> tuple[dict[str, dict[str, float]], bool]:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if not same(kept["account"], account):
            return {}, False
        streams = {
            stream: {str(name): float(mark) for name, mark in marks.items()}
            for stream, marks in kept["streams"].items()
        }
        return streams, bool(kept["imported"])
    except (FileNotFoundError, LookupError, TypeError, ValueError, AttributeError):
        return {}, False
