"""Conversations about anything, from raw_input/generic, so that a model does not forget to talk.

Who trains on one subject alone loses what the base model could do; a share of other rows keeps it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from clone_pipeline.formats import hf_reading, shared
from clone_pipeline.formats.rows import make_row
from clone_pipeline.formats.talked import Content, Unfit
from clone_pipeline.records import Row
from clone_pipeline.settings import Fault, FaultyInput, suggestion

COLLECTION = "generic"
_MOST_FAULTS = 20
_SHAPES = (
    "Give it ShareGPT's `conversations`, OpenAI's `messages` or Alpaca's `instruction` and "
    "`output`, or remove it; texts belong into raw_input/text."
)


class Generic(NamedTuple):
    """What the folder holds.

    Attributes:
        rows: all that could be trained; `mixing.mix` takes the share.
        records: how many records there were.
        dropped: records that are no row by reason: "duplicate", and those of `talked.Unfit` but
            "unknown_shape", which is the user's to mend.
    """

    rows: list[Row]
    records: int
    dropped: Counter[str]


def read(folder: Path, *, shares: Mapping[str, float]) -> Generic:
    """The conversations below `folder` as ShareGPT rows; a row's dataset is its file's name.

    Args:
        folder: raw_input/generic: holds <name>.json, .jsonl or .parquet, or a folder <name> of
            such files, or one that `save_to_disk` wrote.
        shares: by name; each has a file there, and each file a share.

    Raises:
        FaultyInput: names without a file, files without a share, and records of no known shape,
            each with its file and line (or number): the first 20.
    """
    named = _named(folder)
    if faults := _unmatched(folder, set(named), shares):
        raise FaultyInput(faults)
    rows: dict[str, Row] = {}
    dropped: Counter[str] = Counter()
    entered = 0
    for name, path, number, record in _records(named):
        entered += 1
        try:
            content = _conversation(record)
        except Unfit as reason:
            dropped[str(reason)] += 1
            if str(reason) == "unknown_shape" and len(faults) < _MOST_FAULTS:
                found = "no JSON" if record is None else "a record of no known shape"
                faults.append(Fault(f"{path}:{number}", found, _SHAPES))
            continue
        place = f"{path.name}:{number}" if len(named[name]) > 1 else str(number)
        source = f"generic:{name}#{place}"
        row = make_row(COLLECTION, name, "sharegpt", content, sources=[source], split_group=source)
        dropped["duplicate"] += row.row_id in rows
        rows.setdefault(row.row_id, row)
    if faults:
        raise FaultyInput(faults)
    return Generic(list(rows.values()), entered, +dropped)


def _named(folder: Path) -> dict[str, list[Path]]:
    """By name, the files that hold its records; of a folder of Hugging Face's the folder."""
    found: dict[str, list[Path]] = {}
    entries = sorted(folder.iterdir()) if folder.is_dir() else []
    for path in entries:
        if path.name.startswith("."):
            continue
        files = [path]
        if path.is_dir() and not hf_reading.is_dataset(path):
            files = sorted(p for p in path.rglob("[!.]*") if p.is_file())
        found.setdefault(path.name if path.is_dir() else path.stem, []).extend(files)
    return found


def _unmatched(folder: Path, names: set[str], shares: Mapping[str, float]) -> list[Fault]:
    lacking = [
        Fault(f"datasets.generic.{name}", f"no {folder}/{name}.jsonl",
              suggestion(name, sorted(names)) if names else "Put the file there.")
        for name in shares if name not in names
    ]  # fmt: skip
    fix = "Give its share of the other rows, such as datasets.generic: {{{}: 0.2}}, or remove it."
    return lacking + [
        Fault(f"{folder}/{name}", "no share for it", fix.format(name))
        for name in sorted(names) if name not in shares
    ]  # fmt: skip


def _records(named: Mapping[str, list[Path]]) -> Iterator[tuple[str, Path, int, Any]]:
    for name, paths in named.items():
        for path in paths:
            for number, record in shared.records(path):
                yield name, path, number, record


def _conversation(record: Any) -> Content:
    content = shared.content_of_record(record)
    if isinstance(content, str):
        raise Unfit("unknown_shape")
    return content
