"""Folders of exports of our own, parsed as the reader does it."""

import json
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import Any

from clone_pipeline.chats.parsers import HEAD_BYTES
from clone_pipeline.chats.parsers.beside import Beside
from clone_pipeline.chats.partly import PartlyRead
from clone_pipeline.records import Message
from clone_pipeline.settings import FaultyInput


def beside_in(root: Path, source_file: str) -> Beside:
    """What lies beside `source_file` in `root`."""

    def beside(name: str) -> Path | None:
        path = root / PurePosixPath(source_file).parent / name
        return path if path.is_file() else None

    return beside


def claims(parser: ModuleType, path: Path) -> bool:
    """Whether the parser says that the file is of its format."""
    with path.open("rb") as file:
        return bool(parser.matches(path, file.read(HEAD_BYTES)))


def read(
    parser: ModuleType, root: Path, source_file: str
) -> tuple[list[Message], PartlyRead | None]:
    """What the parser gives of a file in `root`, and its last word if it has one."""
    found: list[Message] = []
    beside = beside_in(root, source_file)
    try:
        for message in parser.parse(root / source_file, source_file=source_file, beside=beside):
            found.append(message)  # noqa: PERF402
    except PartlyRead as told:
        return found, told
    return found, None


def whole(parser: ModuleType, root: Path, source_file: str) -> list[Message]:
    """The messages of a file that is whole and of the parser's format."""
    assert claims(parser, root / source_file)
    found, told = read(parser, root, source_file)
    assert told is None
    return found


def write(root: Path, name: str, content: Any, **options: Any) -> Path:
    """A file in `root`: text as it is, anything else as JSON."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    said = content if isinstance(content, str) else json.dumps(content, **options)
    path.write_text(said, encoding="utf-8", newline="")
    return path


def survives(parser: ModuleType, path: Path, damage: Callable[[bytes], bytes]) -> None:
    """Fails if damaged bytes raise anything but what a parser may raise."""
    path.write_bytes(damage(path.read_bytes()))
    claims(parser, path)
    try:
        read(parser, path.parent, path.name)
    except FaultyInput:
        return
