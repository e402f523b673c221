"""Which files a folder of exports holds: parts in order, zips unpacked, media left alone."""

import os
import stat
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from clone_pipeline.chats import archives
from clone_pipeline.chats.export_names import (
    BESIDE_DATABASES,
    MEDIA_ENDINGS,
    holds_media,
    natural,
    readable,
    unique,
)
from clone_pipeline.chats.parsers.beside import Beside
from clone_pipeline.chats.unpacking import Space, space_in
from clone_pipeline.settings import Fault


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file of an export.

    Attributes:
        name: in the folder of exports, with "/"; a zip's members have the zip's name before theirs.
            No two are equal; what is no UTF-8 on the disk, and control characters, are U+FFFD.
        path: where it lies; a member of a zip lies under a number.
    """

    name: str
    path: Path

    def size(self) -> int:
        """In bytes; 0 if it is gone."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0


@dataclass(frozen=True, slots=True)
class ExportFiles:
    """What there is to read, in the order of reading.

    Attributes:
        files: in natural order of their names ("part 9" before "part 10").
        faults: what can't be read at all.
        media: how many pictures, recordings and other attachments were left alone.
    """

    files: list[ExportFile]
    faults: list[Fault]
    media: int

    def besides(self) -> Iterator[tuple[ExportFile, Beside]]:
        """Each file with what lies beside it."""
        paths = {each.name: each.path for each in self.files}
        for each in self.files:
            if not each.name.lower().endswith(BESIDE_DATABASES):
                yield each, beside_of(each, paths)


def beside_of(file: ExportFile, paths: Mapping[str, Path]) -> Beside:
    """The lookup for one file among all of them."""
    folder = file.name.rpartition("/")[0]

    def find(name: str) -> Path | None:
        return paths.get(os.path.normpath(f"{folder}/{name}").lstrip("/"))

    return find


@contextmanager
def found_in(folder: Path, *, private: Path) -> Iterator[ExportFiles]:
    """The files under `folder` that may be exports; zips are unpacked for as long as it is open.

    Hidden files and DiscordChatExporter's folders of downloaded media (`*_Files`) are left out.

    Args:
        folder: may be missing, as in a project without chats.
        private: where zips are unpacked, in a folder of this run that is removed at the end.
    """
    faults: list[Fault] = []
    media: Counter[str] = Counter()
    with space_in(private) as space:
        files = sorted(_found(folder, space, faults, media), key=lambda each: natural(each.name))
        yield ExportFiles(files, faults, media.total())


def _found(
    folder: Path, space: Space, faults: list[Fault], media: Counter[str]
) -> Iterator[ExportFile]:
    for name, path in sorted(_walked(folder, faults)):
        if path.suffix.lower() in MEDIA_ENDINGS:
            media[path.suffix] += 1
            continue
        try:
            with path.open("rb") as file:
                head = file.read(4)
        except OSError as error:
            faults.append(_shut(name, "file", error))
            continue
        if archives.is_zip(head):
            yield from _members(path, name, space, faults)
        else:
            yield ExportFile(name, path)


def _members(path: Path, name: str, space: Space, faults: list[Fault]) -> Iterator[ExportFile]:
    try:
        into = space.for_zip()
    except OSError as error:
        found = f"a zip file that there is no place to unpack ({error.strerror})"
        faults.append(Fault(name, found, "Make room, or unpack it."))
        return
    before, members = len(faults), 0
    for logical, real in archives.unpack(path, name=name, into=into, space=space, faults=faults):
        members += 1
        yield ExportFile(logical, real)
    if not members and len(faults) == before:
        faults.append(Fault(name, "a zip file without any text", "Put in the export itself."))


def _walked(folder: Path, faults: list[Fault]) -> Iterator[tuple[str, Path]]:
    """The name and the path of every file that is not hidden."""
    inside = Path(os.path.realpath(folder))
    waiting = [("", folder)] if os.path.lexists(folder) else []
    while waiting:
        prefix, here = waiting.pop()
        try:
            names = [each for each in os.listdir(here) if not each.startswith(".")]
        except OSError as error:
            faults.append(_shut(prefix.rstrip("/") or readable(here.name), "folder", error))
            continue
        taken: set[str] = set()
        # Names that can be shown as they are keep theirs.
        for each in sorted(names, key=lambda each: (readable(each) != each, each)):
            name, path = prefix + unique(readable(each), taken), here / each
            if fault := _unread(name, path, inside):
                faults.append(fault)
            elif not path.is_dir():
                yield name, path
            elif not path.is_symlink() and not holds_media(each, set(names)):
                waiting.append((f"{name}/", path))


def _unread(name: str, path: Path, inside: Path) -> Fault | None:
    """Why it is not read, if it is neither a file nor a folder that may be looked at."""
    is_link = os.path.islink(path)
    if is_link and not Path(os.path.realpath(path)).is_relative_to(inside):
        fix = "It is not followed. Copy what it leads to."
        return Fault(name, "a symbolic link that leads out of the folder", fix)
    try:
        mode = path.stat().st_mode
    except OSError as error:
        if not is_link:
            return _shut(name, "file", error)
        return Fault(name, "a symbolic link that leads nowhere", "Copy what it should lead to.")
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        return None
    return Fault(name, "a pipe, a socket or a device", "It is not read. Put in a file.")


def _shut(name: str, what: str, error: OSError) -> Fault:
    found = f"a {what} that can't be opened ({error.strerror})"
    return Fault(name, found, "See to its permissions.")
