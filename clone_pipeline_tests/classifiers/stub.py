"""A process with the lines of `python -m clone_pipeline.classifiers` and no model behind them.

A text's words say what it does: "die", "hang" and "babble" (once each if "once" stands there too),
"fail"; "frob" is toxic.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

TOXIC, HARMLESS = 0.97, 0.125


def stand_in(
    folder: Path, patch: "pytest.MonkeyPatch", *, labels: tuple[str, ...] = ("toxic", "neutral"),
    first: dict[str, Any] | None = None,
) -> str:  # fmt: skip
    """A folder that looks like a model's; whoever opens it gets the process below."""
    from clone_pipeline.classifiers import child  # not for the process

    patch.setattr(child, "COMMAND", (sys.executable, __file__))
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"")
    (folder / "first.json").write_text(json.dumps(first or {"ready": True, "labels": labels}))
    (folder / "pids").write_text("")
    return str(folder)


def pids(model: str) -> list[int]:
    """Of the processes that were started for `model`, in order."""
    return [int(line) for line in (Path(model) / "pids").read_text().split()]


def texts(model: str) -> list[Any]:
    """The requests that were read, in order."""
    lines = (Path(model) / "asked").read_text().splitlines()
    return [json.loads(line) for line in lines]


def _main() -> None:
    folder = Path(json.loads(sys.stdin.readline())["model"])
    with (folder / "pids").open("a") as file:
        file.write(f"{os.getpid()}\n")
    first = json.loads((folder / "first.json").read_text())
    if not first.get("labels") and "ready" in first:
        sys.exit("no memory left")
    _say(first)
    for line in sys.stdin:
        with (folder / "asked").open("a") as file:
            file.write(line)
        request = json.loads(line)
        if "cancel" not in request:
            _say(_answer(request, folder, first["labels"]))


def _answer(request: Any, folder: Path, labels: list[str]) -> Any:
    given = [" ".join(each) for each in request.get("pairs", [])] or request["texts"]
    words = " ".join(given).split()
    if not ("once" in words and (folder / "pids").read_text().count("\n") > 1):
        if "die" in words:
            sys.exit("a segment was violated")
        if "hang" in words:
            time.sleep(60)
        if "babble" in words:
            sys.stdout.write("no JSON\n")
    if "fail" in words:
        return {"id": request["id"], "error": "the model's scores are no numbers"}
    scores = [
        [
            [label, TOXIC if (at == 0) == ("frob" in text) else HARMLESS]
            for at, label in enumerate(labels)
        ]
        for text in given
    ]
    return {"id": request["id"], "scores": scores}


def _say(line: Any) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _main()
