"""A process that does shards for another one, over a socket, and ends with it."""

import importlib
import os
import pickle
import sys
import threading
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from multiprocessing.connection import Connection
from queue import SimpleQueue

from clone_pipeline.scale.parent import die_with_parent
from clone_pipeline.scale.tuning import tuned_for_tables


class _WithoutPandas(MetaPathFinder):
    """Keeps pyarrow from importing pandas at the first list, which doubles the time to start."""

    def find_spec(self, name: str, path: object, target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name=name)


def serve(socket: int, parent: int, imports: Sequence[str]) -> None:
    """Answer pickled pairs of function and shard, in order, until nobody asks any more.

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
    while True:
        try:
            asked = connection.recv_bytes()
        except (EOFError, OSError):
            os._exit(0)
        answers.put(_answer(asked))


def _send(connection: Connection, answers: "SimpleQueue[bytes]") -> None:
    """A thread of its own, so that the next shard need not wait until the parent has read."""
    while True:
        try:
            connection.send_bytes(answers.get())
        except OSError:
            os._exit(0)


def _answer(asked: bytes) -> bytes:
    try:
        function, shard = pickle.loads(asked)
        return pickle.dumps((function(shard), None), protocol=5)
    except Exception as error:  # noqa: BLE001, raised again where the result is awaited
        return _told(error)


def _told(error: Exception) -> bytes:
    try:
        told = pickle.dumps((None, error))
        pickle.loads(told)
    except Exception:  # noqa: BLE001, whatever its own code for that raises
        return pickle.dumps((None, RuntimeError(f"{type(error).__name__}: {error}")))
    return told
