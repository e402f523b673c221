"""Zip files of exports, unpacked where neither their names nor their sizes can do harm."""

import errno
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from clone_pipeline.chats.export_names import (
    BESIDE_DATABASES,
    MEDIA_ENDINGS,
    READ_ENDINGS,
    faults_of_unread,
    readable,
    unique,
)
from clone_pipeline.chats.unpacking import Space
from clone_pipeline.settings import Fault, FaultyInput

MOST_MEMBERS = 200_000
# Text is packed 5 to 40 times smaller; a bomb a thousand times.
MOST_RATIO = 200
FREE_BYTES = 64 << 20
_PIECE = 1 << 20
# bzip2 and LZMA are unpacked as a whole, however much a piece of them becomes.
_SMALL_PIECE = 1 << 12
_DRIVE = re.compile(r"[A-Za-z]:(/|$)")
# What office files, OpenDocument and EPUB are known by.
_OF_DOCUMENTS = frozenset({"[Content_Types].xml", "mimetype"})
# All that `zipfile` and its decompressors raise for bytes that are no sound zip.
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, ValueError),
    *(IndexError, OverflowError, MemoryError, NotImplementedError, RuntimeError),
)
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(slots=True)
class _Opened:
    """A zip file while it is unpacked; `left`: how many bytes it may still become."""

    archive: zipfile.ZipFile
    name: str
    into: Path
    space: Space
    faults: list[Fault]
    left: int
    passed: list[str] = field(default_factory=list)


def is_zip(head: bytes) -> bool:
    """Whether the file's first bytes are a zip file's."""
    return head[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def unpack(
    path: Path, *, name: str, into: Path, space: Space, faults: list[Fault]
) -> Iterator[tuple[str, Path]]:
    """The members that may belong to a chat export, under numbered names in `into`.

    Args:
        path: the zip file.
        name: its name in the folder of exports; the members' are `<name>/<member>`.
        into: an empty folder in `space`.
        space: what the run may still write; lowered by what is unpacked.
        faults: what could not be unpacked is noted here.

    Yields:
        The logical name and the real path of each member, in the archive's order.
    """
    try:
        most = max(FREE_BYTES, MOST_RATIO * path.stat().st_size)
        with zipfile.ZipFile(path) as archive:
            opened = _Opened(archive, name, into, space, faults, most)
            yield from _members(opened)
            faults += faults_of_unread(name, opened.passed)
    except FaultyInput as ended:
        faults += ended.faults
    except (NotImplementedError, RuntimeError) as error:
        faults.append(Fault(name, f"a zip file that can't be read ({error})", "Unpack it."))
    except _BROKEN as error:
        fix = "Copy it again, or unpack it with another program."
        faults.append(Fault(name, f"a broken zip file ({error})", fix))


def _members(opened: _Opened) -> Iterator[tuple[str, Path]]:
    members, name = opened.archive.infolist(), opened.name
    if any(member.filename in _OF_DOCUMENTS for member in members):
        raise FaultyInput(
            [Fault(name, "a document, no chat export", "Put it into raw_input/docs.")]
        )
    taken: set[str] = set()
    for number, member in enumerate(members):
        if number >= MOST_MEMBERS:
            fix = "Unpack it, and put in what is needed."
            found = f"a zip file with more than {MOST_MEMBERS:,} members"
            raise FaultyInput([Fault(name, found, fix)])
        shown = readable(member.filename.replace("\\", "/"))
        if shown.endswith("/") or not _is_read(shown, opened):
            continue
        if fault := _harmful(member, shown, name):
            opened.faults.append(fault)
            continue
        target = opened.into / f"{number:06d}{PurePosixPath(shown).suffix.lower()}"
        where = f"{name}/{PurePosixPath(shown)}"
        if fault := _write(opened, member, target, where):
            opened.faults.append(fault)
        else:
            yield unique(where, taken), target


def _is_read(shown: str, opened: _Opened) -> bool:
    """Whether its kind is read; what belongs to no export that is known is noted as passed over."""
    path = PurePosixPath(shown)
    if any(part.startswith(".") and part != ".." for part in path.parts):
        return False
    if "__MACOSX" in path.parts or (ending := path.suffix.lower()) in MEDIA_ENDINGS:
        return False
    if ending not in READ_ENDINGS and ending not in BESIDE_DATABASES:
        opened.passed.append(shown)
    return ending in READ_ENDINGS


def _harmful(member: zipfile.ZipInfo, shown: str, name: str) -> Fault | None:
    path = PurePosixPath(shown)
    if path.is_absolute() or ".." in path.parts or _DRIVE.match(shown):
        found = f"a member named `{shown[:80]}`, which leads out of the zip file"
        return Fault(name, found, "It is not read. Do not trust where this file came from.")
    if member.flag_bits & 1:
        return Fault(f"{name}/{shown}", "a member with a password", "Unpack it and put that in.")
    if _is_bomb(member.file_size, member.compress_size):
        return _bomb(f"{name}/{shown}", "member")
    return None


def _is_bomb(size: int, packed: int) -> bool:
    return size > FREE_BYTES and size > MOST_RATIO * max(packed, 1)


def _bomb(where: str, what: str) -> Fault:
    found = f"a {what} that unpacks to more than {MOST_RATIO} times its size"
    return Fault(where, found, "It is not read. If it is right, unpack it and put that in.")


def _write(opened: _Opened, member: zipfile.ZipInfo, target: Path, where: str) -> Fault | None:
    """Unpack one member; its fault, if it can't be.

    Raises:
        FaultyInput: neither can the rest of the zip file.
    """
    try:
        written = _copy(opened, member, target)
    except _BROKEN as error:
        target.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in _FULL:
            raise FaultyInput([_too_large(opened)]) from None
        return Fault(where, f"a broken member ({error})", "Copy the zip file again, or unpack it.")
    if _is_bomb(written, member.compress_size):
        target.unlink()
        return _bomb(where, "member")
    if written > min(opened.left, opened.space.room):
        target.unlink()
        is_full = opened.space.room < opened.left
        raise FaultyInput([_too_large(opened) if is_full else _bomb(opened.name, "zip file")])
    opened.left -= written
    opened.space.room -= written
    return None


def _copy(opened: _Opened, member: zipfile.ZipInfo, target: Path) -> int:
    """How many bytes it has, or the first number that is too many."""
    plain = member.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    most, written = min(opened.left, opened.space.room), 0
    with opened.archive.open(member) as packed, target.open("wb") as file:
        while piece := packed.read(_PIECE if plain else _SMALL_PIECE):
            written += len(piece)
            if written > most or _is_bomb(written, member.compress_size):
                break
            file.write(piece)
    return written


def _too_large(opened: _Opened) -> Fault:
    found = "a zip file that needs more of the disk than half of what was free"
    return Fault(opened.name, found, "Not all of it is read. Make room, or unpack it elsewhere.")
