"""Folders as `Dataset.save_to_disk` writes them, and Parquet files of the hub, by their records.

https://huggingface.co/docs/datasets/process#save: a folder of splits with `dataset_dict.json` at
its top, and in each split `state.json`, `dataset_info.json` and Arrow files in the stream format.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from clone_pipeline.settings import Fault, FaultyInput


def is_dataset(folder: Path) -> bool:
    """Whether `folder` is what `save_to_disk` wrote, of one split or of several."""
    return (folder / "dataset_dict.json").is_file() or _is_split(folder)


def read(folder: Path) -> Iterator[Any]:
    """The records of such a folder, split by split.

    Raises:
        FaultyInput: a part of it is missing or broken; raised when it is come to.
    """
    for split in [folder] if _is_split(folder) else _splits(folder):
        for path in _files(split):
            yield from _records(path)


def read_parquet(path: Path) -> Iterator[Any]:
    """The records of a Parquet file, as the hub stores them.

    Raises:
        FaultyInput: it is none; raised when that is found.
    """
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=1000):
                yield from batch.to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise _broken(path, error) from None


def _records(path: Path) -> Iterator[Any]:
    try:
        with pa.memory_map(str(path)) as source, pa.ipc.open_stream(source) as stream:
            for batch in stream:
                yield from batch.to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise _broken(path, error) from None


def _is_split(folder: Path) -> bool:
    return (folder / "state.json").is_file() and (folder / "dataset_info.json").is_file()


def _splits(folder: Path) -> list[Path]:
    named = _json(folder / "dataset_dict.json").get("splits")
    return [folder / Path(str(name)).name for name in named] if isinstance(named, list) else []


def _files(split: Path) -> list[Path]:
    files = _json(split / "state.json").get("_data_files")
    listed = files if isinstance(files, list) else []
    names = [each.get("filename") for each in listed if isinstance(each, dict)]
    return [split / Path(str(name)).name for name in names]


def _json(path: Path) -> dict[str, Any]:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _broken(path, error) from None
    if not isinstance(stored, dict):
        raise _broken(path, ValueError("no JSON object"))
    return stored


def _broken(path: Path, error: Exception) -> FaultyInput:
    fault = Fault(str(path), f"no part of a dataset ({error})", "Save the dataset again.")
    return FaultyInput([fault])
