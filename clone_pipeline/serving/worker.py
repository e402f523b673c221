"""`python -m clone_pipeline.serving.worker`: one loaded model, asked over its standard input.

Lines of JSON. In: first the `Load`, then requests (`id`, `speaker`, `said`, and the sampling) and
`{"cancel": id}`. Out: `{"ready": true}`, then `{"id", "piece"}`, `{"id", "end"}` or
`{"id", "refused", "code"}`. It ends with its input, or its parent.
"""

import json
import os
import random
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from clone_pipeline.local_model import generating, loading
from clone_pipeline.local_model.generating import Ending
from clone_pipeline.local_model.merging import worth_merging
from clone_pipeline.scale.parent import die_with_parent
from clone_pipeline.serving import prompting
from clone_pipeline.serving.prompting import Prompt, Said
from clone_pipeline.settings import FaultyInput, Settings

if TYPE_CHECKING:
    from clone_pipeline.local_model.loading import LocalModel

_SEEDS = 1 << 31
_Send = Callable[[dict[str, Any]], None]


class Load(Settings):
    """What a worker loads: a model's folder, its adapter if it has one, and the version's card."""

    folder: Path
    adapter: Path | None
    card: dict[str, Any]
    threads: int | None
    parent: int

    def merge(self) -> bool:
        """Whether the adapter is added to the weights, as it is for evaluation."""
        return self.adapter is not None and worth_merging(self.folder, self.adapter)


def main() -> int:
    """Load, then answer until the input ends. 1: the model can't be loaded, told on stderr."""
    send = _sender()
    load = Load.model_validate_json(sys.stdin.readline())
    die_with_parent(load.parent)
    try:
        local = loading.load(
            load.folder, adapter=load.adapter, threads=load.threads, merge=load.merge()
        )
    except FaultyInput as error:
        sys.stderr.write(f"{error}\n")
        return 1
    send({"ready": True})
    cancelled: set[int] = set()
    waiting: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
    threading.Thread(target=_read, args=(waiting, cancelled), daemon=True).start()
    while (request := waiting.get()) is not None:
        if request["id"] not in cancelled:
            _answer(local, load.card, request, cancelled=cancelled, send=send)
        cancelled.discard(request["id"])
    return 0


def _sender() -> _Send:
    """Keeps standard output for the answers: whatever else prints goes to stderr."""
    stream = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)

    def send(line: dict[str, Any]) -> None:
        stream.write(json.dumps(line) + "\n")

    return send


def _read(waiting: "SimpleQueue[dict[str, Any] | None]", cancelled: set[int]) -> None:
    for line in sys.stdin:
        request = json.loads(line)
        if "cancel" in request:
            cancelled.add(request["cancel"])
        else:
            waiting.put(request)
    waiting.put(None)


def _answer(
    local: "LocalModel",
    card: dict[str, Any],
    request: dict[str, Any],
    *,
    cancelled: set[int],
    send: _Send,
) -> None:
    number = request["id"]
    longest = int(getattr(local.model.config, "max_position_embeddings", 2048))
    room = min(request["max_new_tokens"], longest // 2)
    fitted = _fitted(local, card, request, limit=longest - room)
    if fitted is None:
        sentence = "the last message is longer than what the model can read at once"
        send({"id": number, "refused": sentence, "code": "context_length_exceeded"})
        return
    replying = _Replying(
        generating.stream(
            local,
            fitted.prompt,
            max_new_tokens=room,
            temperature=request["temperature"],
            top_p=request["top_p"],
            seed=random.randrange(_SEEDS) if request["seed"] is None else request["seed"] % _SEEDS,
            stop=(*fitted.stop, *request["stop"]),
        )
    )
    for piece in _stripped(replying):
        if number in cancelled:
            return
        send({"id": number, "piece": piece})
    send({"id": number, "end": asdict(replying.ending)})


class _Replying:
    """The pieces of a reply; `ending` is there once they are all taken."""

    def __init__(self, stream: Generator[str, None, Ending]) -> None:
        self._stream = stream
        self.ending: Ending

    def __iter__(self) -> Iterator[str]:
        self.ending = yield from self._stream


def _stripped(pieces: Iterable[str]) -> Iterator[str]:
    """The pieces without blanks before the first word and after the last."""
    held = ""
    begun = False
    for piece in pieces:
        held += piece
        if not begun:
            held = held.lstrip()
        ready = held.rstrip()
        if ready:
            begun = True
            yield ready
            held = held[len(ready) :]


def _fitted(
    local: "LocalModel", card: dict[str, Any], request: dict[str, Any], *, limit: int
) -> Prompt | None:
    """The prompt, oldest turns left out until it has `limit` tokens; None if it never has."""
    said: list[Said] | None = [Said(**each) for each in request["said"]]
    while said:
        prompt = prompting.build(card, speaker=request["speaker"], said=said)
        if len(generating.prompt_tokens(local.tokenizer, prompt.prompt)) <= limit:
            return prompt
        said = prompting.without_oldest(said)
    return None


if __name__ == "__main__":
    sys.exit(main())
