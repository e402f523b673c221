"""Zip files of exports, unpacked where neither their names nor their sizes can do harm."""

import shutil
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from clone_pipeline.settings import Fault

# What a chat export consists of; pictures and recordings stay packed.
READ_ENDINGS = (
    *(".txt", ".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".html", ".htm", ".log", ".xml", ".md"),
    *(".parquet", ".db", ".sqlite", ".weechatlog"),
)
MOST_MEMBERS = 200_000
# Text is packed 5 to 40 times smaller; a bomb a thousand times.
MOST_RATIO = 200
FREE_BYTES = 64 << 20
_PIECE = 1 << 20


def is_zip(head: bytes) -> bool:
    """Whether the file's first bytes are a zip file's."""
    return head[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def unpack(path: Path, *, name: str, into: Path, faults: list[Fault]) -> Iterator[tuple[str, Path]]:
    """The members that may belong to a chat export, under numbered names in `into`.

    Args:
        path: the zip file.
        name: its name in the folder of exports; the members' are `<name>/<member>`.
        into: an empty folder; at most half of the disk's free space is used.
        faults: what could not be unpacked is noted here.

    Yields:
        The logical name and the real path of each member, in the archive's order.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            yield from _members(archive, name, into, faults)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        fix = "Copy it again, or unpack it with another program."
        faults.append(Fault(name, f"a broken zip file ({error})", fix))
    except (NotImplementedError, RuntimeError) as error:
        faults.append(Fault(name, f"a zip file that can't be read ({error})", "Unpack it."))


def _members(
    archive: zipfile.ZipFile, name: str, into: Path, faults: list[Fault]
) -> Iterator[tuple[str, Path]]:
    seen: Counter[str] = Counter()
    for number, member in enumerate(archive.infolist()):
        if number >= MOST_MEMBERS:
            fix = "Unpack it, and put in what is needed."
            faults.append(Fault(name, f"a zip file with more than {MOST_MEMBERS:,} members", fix))
            return
        shown = member.filename.replace("\\", "/")
        if member.is_dir() or _is_left_out(shown):
            continue
        if fault := _harmful(member, shown, name):
            faults.append(fault)
            continue
        seen[shown] += 1
        logical = shown if seen[shown] == 1 else f"{shown}~{seen[shown]}"
        target = into / f"{number:06d}{PurePosixPath(shown).suffix.lower()}"
        if fault := _write(archive, member, target, f"{name}/{shown}"):
            faults.append(fault)
        else:
            yield f"{name}/{logical}", target


def _is_left_out(shown: str) -> bool:
    parts = PurePosixPath(shown).parts
    hidden = any(part.startswith(".") and part != ".." for part in parts) or "__MACOSX" in parts
    return hidden or PurePosixPath(shown).suffix.lower() not in READ_ENDINGS


def _harmful(member: zipfile.ZipInfo, shown: str, name: str) -> Fault | None:
    path = PurePosixPath(shown)
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        found = f"a member named `{shown[:80]}`, which leads out of the zip file"
        return Fault(name, found, "It is not read. Do not trust where this file came from.")
    if member.flag_bits & 1:
        return Fault(f"{name}/{shown}", "a member with a password", "Unpack it and put that in.")
    if _is_bomb(member.file_size, member.compress_size):
        return _bomb(f"{name}/{shown}")
    return None


def _is_bomb(size: int, packed: int) -> bool:
    return size > FREE_BYTES and size > MOST_RATIO * max(packed, 1)


def _bomb(where: str) -> Fault:
    found = f"a member that unpacks to more than {MOST_RATIO} times its size"
    return Fault(where, found, "It is not read. If it is right, unpack it and put that in.")


def _write(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, where: str
) -> Fault | None:
    room = shutil.disk_usage(target.parent).free // 2
    written = 0
    try:
        with archive.open(member) as packed, target.open("wb") as file:
            while piece := packed.read(_PIECE):
                written += len(piece)
                if _is_bomb(written, member.compress_size):
                    break
                if written > room:
                    found = f"a member that needs more than {room:,} bytes of the disk"
                    return Fault(where, found, "Make room.")
                file.write(piece)
            else:
                return None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        target.unlink(missing_ok=True)
        return Fault(where, f"a broken member ({error})", "Copy the zip file again, or unpack it.")
    target.unlink(missing_ok=True)
    return _bomb(where)
