"""Which parts of a long message are out: kept on the disk, for platforms that can't be asked."""

import json
from pathlib import Path

from clone_pipeline.durable import write_json

_MOST = 500


class Parts:
    """The ids of the parts of the last 500 messages that were sent in several, by nonce."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ids: dict[str, list[str]] = {}
        if path.exists():
            self._ids = json.loads(path.read_text(encoding="utf-8"))

    def of(self, nonce: str) -> tuple[str, ...]:
        """The ids of the parts that are out, in their order; of a short message none."""
        return tuple(self._ids.get(nonce, ()))

    def put(self, nonce: str, ids: tuple[str, ...]) -> None:
        """These parts are out and no others; durable when this returns."""
        self._ids.pop(nonce, None)
        self._ids[nonce] = list(ids)
        while len(self._ids) > _MOST:
            del self._ids[next(iter(self._ids))]
        write_json(self._path, self._ids)
