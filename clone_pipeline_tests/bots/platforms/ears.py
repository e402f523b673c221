"""What a connector speaks to in tests: keeps everything, answers as scripted."""

import threading
from collections.abc import Callable
from typing import Any

from clone_pipeline.bots.connector import Ears
from clone_pipeline.bots.heard import Heard


class FakeEars(Ears):
    """`heard`, `gone`, `edits`, `met`, `regenerated`, `commands`: what it was told, in order.

    Args:
        sent: ids that `is_ours` says yes to; tests may add to it.
        answer: to `regenerate` and `command`.
    """

    def __init__(self, *, sent: set[str] | None = None, answer: str = "Done.") -> None:
        self.sent = sent if sent is not None else set()
        self.answer = answer
        self.heard: list[Heard] = []
        self.gone: list[str] = []
        self.edits: list[tuple[str, str]] = []
        self.met: list[tuple[str, Heard]] = []
        self.regenerated: list[tuple[str, str]] = []
        self.commands: list[tuple[str, str]] = []
        self._ids: set[str] = set()
        self._changed = threading.Condition()

    def hear(self, heard: Heard) -> bool:
        with self._changed:
            if heard.message_id in self._ids:
                return False
            self._ids.add(heard.message_id)
            self.heard.append(heard)
            self._changed.notify_all()
            return True

    def known(self, message_id: str) -> bool:
        with self._changed:
            return message_id in self._ids

    def deleted(self, message_id: str) -> None:
        self._note(self.gone, message_id)

    def edited(self, message_id: str, text: str) -> None:
        self._note(self.edits, (message_id, text))

    def is_ours(self, message_id: str) -> bool:
        return message_id in self.sent

    def ours(self, message_id: str, heard: Heard) -> None:
        self._note(self.met, (message_id, heard))

    async def regenerate(self, message_id: str, *, author: str) -> str:
        self._note(self.regenerated, (message_id, author))
        return self.answer

    async def command(self, words: str, *, author: str) -> str:
        self._note(self.commands, (words, author))
        return self.answer

    def wait(self, happened: Callable[["FakeEars"], bool], *, seconds: float = 10) -> None:
        """Until that is so; blocks, so not for the event loop that the connector runs in."""
        with self._changed:
            assert self._changed.wait_for(lambda: happened(self), seconds), vars(self)

    def of(self, message_id: str, *, seconds: float = 10) -> Heard:
        """What was heard under that id, once it is; blocks as `wait` does."""
        self.wait(lambda ears: message_id in ears._ids, seconds=seconds)
        return next(heard for heard in self.heard if heard.message_id == message_id)

    def _note(self, notes: list[Any], note: Any) -> None:
        with self._changed:
            notes.append(note)
            self._changed.notify_all()
