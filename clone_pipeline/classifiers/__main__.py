"""`python -m clone_pipeline.classifiers`: one loaded classifier, asked over its standard input.

Lines of JSON. In: first the `Load`, then requests (see `answering.answer`) and `{"cancel": id}`.
Out: `{"ready": true, "labels": [..]}`, or once and for all `{"missing": sentence}` or
`{"faulty": sentence}`; then an answer to each request. It ends with its input, or its parent.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from typing import Any

from pydantic import ValidationError

from clone_pipeline.classifiers import loading
from clone_pipeline.classifiers.answering import answer
from clone_pipeline.classifiers.loading import Loaded
from clone_pipeline.classifiers.weights import Missing, located
from clone_pipeline.scale.parent import die_with_parent
from clone_pipeline.settings import FaultyInput, Settings

_Send = Callable[[dict[str, Any]], None]
_END = object()


class Load(Settings):
    """What is loaded: a folder or a name, see `weights.located`."""

    model: str
    threads: int | None = None
    parent: int | None = None


def main() -> int:
    """Load, then answer until the input ends. 1: there is nothing that could answer."""
    send = _sender()
    try:
        load = Load.model_validate_json(sys.stdin.buffer.readline())
    except ValidationError as error:
        send({"faulty": f"the first line is no Load: {error.errors()[0]['msg']}"})
        return 1
    if load.parent is not None:  # Ctrl-C is for the parent, which ends its replies and then us
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent(load.parent)
    found = located(load.model)
    if isinstance(found, Missing):
        send({"missing": found.sentence})
        return 1
    try:
        loaded = loading.load(found, threads=load.threads)
    except FaultyInput as error:
        send({"faulty": "; ".join(str(fault) for fault in error.faults)})
        return 1
    send({"ready": True, "labels": list(loaded.labels)})
    _answer_all(loaded, send)
    return 0


def _answer_all(loaded: Loaded, send: _Send) -> None:
    cancelled: set[int] = set()
    waiting: SimpleQueue[Any] = SimpleQueue()
    threading.Thread(target=_read, args=(waiting, cancelled), daemon=True).start()
    while (request := waiting.get()) is not _END:
        number = request.get("id") if isinstance(request, dict) else None
        answered = answer(loaded, request, unwanted=partial(cancelled.__contains__, number))
        if answered:
            send(answered)
        cancelled.discard(number)


def _sender() -> _Send:
    """Keeps standard output for the answers: whatever else prints goes to stderr."""
    stream = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)

    def send(line: dict[str, Any]) -> None:
        stream.write(json.dumps(line) + "\n")

    return send


def _read(waiting: "SimpleQueue[Any]", cancelled: set[Any]) -> None:
    """Lines into requests; one that is no JSON is answered like any other that can't be."""
    for line in sys.stdin.buffer:
        try:
            request = json.loads(line)
        except (ValueError, RecursionError):
            request = None
        if isinstance(request, dict) and isinstance(request.get("cancel"), int):
            cancelled.add(request["cancel"])
        else:
            waiting.put(request)
    waiting.put(_END)


if __name__ == "__main__":
    os._exit(main())  # torch takes seconds to take itself apart
