"""A process that does shards for another one, over a socket, and ends with it."""

import importlib
import io
import os
import pickle
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib.abc import MetaPathFinder
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any

from clone_pipeline.scale.parent import die_with_parent
from clone_pipeline.scale.tuning import tuned_for_tables

# What a question begins with: a function that is told with it, or the one before.
NEW, KNOWN = b"n", b"k"


class _WithoutPandas(MetaPathFinder):
    """Keeps pyarrow from importing pandas at the first list, which doubles the time to start."""

    def find_spec(self, name: str, path: object, target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name=name)


def serve(socket: int, parent: int, imports: Sequence[str]) -> None:
    """Answer questions, in order, until nobody asks any more.

    A question is `NEW`, a pickled function and a pickled shard, or `KNOWN` and a pickled shard.
    The first answer says that all is imported; each of the others is a pickled pair of result
    and error.

    Args:
        socket: a file descriptor that the parent handed over.
        parent: its process id.
        imports: modules, so that the first shard need not wait for them.
    """
    die_with_parent(parent, at_once=False)
    sys.meta_path.insert(0, _WithoutPandas())
    for name in imports:
        importlib.import_module(name)
    tuned_for_tables()
    connection: Connection = Connection(socket)
    answers: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_send, args=(connection, answers), daemon=True).start()
    answers.put(b"")
    with suppress(EOFError, OSError):
        for answer in _answers(connection):
            answers.put(answer)
    os._exit(0)


def _send(connection: Connection, answers: "SimpleQueue[bytes]") -> None:
    """A thread of its own, so that the next shard need not wait until the parent has read."""
    while True:
        try:
            connection.send_bytes(answers.get())
        except OSError:
            os._exit(0)


def _answers(connection: Connection) -> Iterator[bytes]:
    function: Any = None
    while True:
        asked = io.BytesIO(connection.recv_bytes())
        try:
            if asked.read(1) == NEW:
                function = None  # one that can't be loaded must not leave the one before it
                function = pickle.load(asked)
            yield pickle.dumps((function(pickle.load(asked)), None), protocol=5)
        except Exception as error:  # noqa: BLE001, raised again where the result is awaited
            yield _told(error)


def _told(error: Exception) -> bytes:
    """The error, or its words where it would arrive as another one."""
    with suppress(Exception):  # whatever its own code for that raises
        told = pickle.dumps((None, error), protocol=5)
        if str(pickle.loads(told)[1]) == str(error):
            return told
    return pickle.dumps((None, RuntimeError(f"{type(error).__name__}: {error}")), protocol=5)
