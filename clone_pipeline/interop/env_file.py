"""A project's .env: variables are added, none is changed, nobody else may read it."""

import io
import os
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

from clone_pipeline.durable import flush
from clone_pipeline.settings import Fault, FaultyInput

FILE = ".env"
NO_TEXT = "Save it as a UTF-8 text file."


def added(folder: Path, variables: Mapping[str, str]) -> tuple[dict[str, str], list[Fault]]:
    """Those of `variables` that are not in .env yet, and what stands against adding them.

    Raises:
        FaultyInput: .env is no text.
    """
    there = dotenv_values(stream=io.StringIO(_read(folder)), interpolate=False)
    new, faults = {}, []
    for name, value in variables.items():
        if name not in there:
            new[name] = value
            faults += _unwritable(name, value)
        elif there[name] != value:
            fix = "Keep one of the two: change .env, or take the value out of the old file."
            found = (
                f"another value of {name} (both are hidden)" if there[name] else f"an empty {name}"
            )
            faults.append(Fault(FILE, found, fix))
    return new, faults


def append(folder: Path, variables: Mapping[str, str]) -> None:
    """Put the variables below what .env holds: whole or not at all, for its owner's eyes only."""
    if not variables:
        return
    path = (folder / FILE).resolve()
    written = _read(folder)
    if written and not written.endswith("\n"):
        written += "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    lines = "".join(f"{_line(*each)}\n" for each in variables.items())
    whole = f"{written}{lines}".encode()
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(whole)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    flush(path.parent)


def _read(folder: Path) -> str:
    path = folder / FILE
    try:
        return path.read_bytes().decode() if path.exists() else ""
    except UnicodeDecodeError:
        raise FaultyInput([Fault(str(path), "no UTF-8 text", NO_TEXT)]) from None


def _line(name: str, value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"{name}='{escaped}'"


def _unwritable(name: str, value: str) -> list[Fault]:
    """What python-dotenv would read as something else can't be in the file."""
    read = dotenv_values(stream=io.StringIO(_line(name, value)), interpolate=True)
    whole = value.encode(errors="replace").decode() == value  # no half of a character is in it
    if read == {name: value} and whole and "\x00" not in value:
        return []
    fix = f"Set {name} in the environment instead, and take it out of the old file."
    return [Fault(FILE, f"a value of {name} that no .env can hold (hidden)", fix)]
