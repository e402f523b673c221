"""Which files a folder of exports holds: parts in order, zips unpacked, media left alone."""

import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from clone_pipeline.chats import archives
from clone_pipeline.chats.parsers.beside import Beside
from clone_pipeline.settings import Fault

_MEDIA_FOLDER = re.compile(r"_Files$|^__MACOSX$")
MEDIA_ENDINGS = (
    *(".jpg", ".jpeg", ".png", ".gif", ".webp", ".heic", ".heif", ".bmp", ".tif", ".tiff", ".svg"),
    *(".avif", ".mp4", ".mov", ".webm", ".mkv", ".avi", ".m4v", ".3gp", ".ogg", ".opus", ".mp3"),
    *(".m4a", ".wav", ".aac", ".flac", ".amr", ".pdf", ".vcf", ".tgs", ".webloc", ".css", ".js"),
    *(".ico", ".ttf", ".woff", ".woff2", ".thumb", ".pluginpayloadattachment"),
)
# What a database keeps beside its file; no export by itself.
_BESIDE_DATABASES = (".db-wal", ".db-shm")
_FOLDER = "unpacked"


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file of an export.

    Attributes:
        name: in the folder of exports, with "/"; a zip's members have the zip's name before theirs.
        path: where it lies; a member of a zip lies under a number.
    """

    name: str
    path: Path


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
            if not each.name.endswith(_BESIDE_DATABASES):
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
        private: where zips are unpacked, in a folder that is removed at the end.
    """
    unpacked = private / _FOLDER
    shutil.rmtree(unpacked, ignore_errors=True)
    faults: list[Fault] = []
    media: Counter[str] = Counter()
    try:
        files = sorted(_found(folder, unpacked, faults, media), key=lambda each: natural(each.name))
        yield ExportFiles(files, faults, media.total())
    finally:
        shutil.rmtree(unpacked, ignore_errors=True)


def natural(name: str) -> list[tuple[int, str]]:
    """A key that sorts "part 10" behind "part 9"."""
    stem = PurePosixPath(name).with_suffix("").as_posix() if name else name
    parts = re.split(r"(\d+)", stem)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def _found(
    folder: Path, unpacked: Path, faults: list[Fault], media: Counter[str]
) -> Iterator[ExportFile]:
    for path in sorted(_walked(folder, faults)):
        name = path.relative_to(folder).as_posix()
        if path.suffix.lower() in MEDIA_ENDINGS:
            media[path.suffix] += 1
            continue
        try:
            with path.open("rb") as file:
                head = file.read(4)
        except OSError as error:
            faults.append(Fault(name, f"a file that can't be opened ({error.strerror})", "See to "
                                "its permissions."))  # fmt: skip
            continue
        if archives.is_zip(head):
            yield from _members(path, name, unpacked, faults)
        else:
            yield ExportFile(name, path)


def _members(path: Path, name: str, unpacked: Path, faults: list[Fault]) -> Iterator[ExportFile]:
    unpacked.mkdir(parents=True, exist_ok=True, mode=0o700)
    into = Path(tempfile.mkdtemp(dir=unpacked))
    before, members = len(faults), 0
    for logical, real in archives.unpack(path, name=name, into=into, faults=faults):
        members += 1
        yield ExportFile(logical, real)
    if not members and len(faults) == before:
        faults.append(Fault(name, "a zip file without any text", "Put in the export itself."))


def _walked(folder: Path, faults: list[Fault]) -> Iterator[Path]:
    inside = folder.resolve()
    for root, folders, names in os.walk(folder):
        folders[:] = [each for each in folders if _is_read(each) and not _MEDIA_FOLDER.search(each)]
        for each in (*folders, *names):
            path = Path(root, each)
            if not _is_read(each):
                continue
            if path.is_symlink() and not path.resolve().is_relative_to(inside):
                found = "a symbolic link that leads out of the folder"
                fix = "It is not followed. Copy what it leads to."
                faults.append(Fault(path.relative_to(folder).as_posix(), found, fix))
            elif path.is_file():
                yield path


def _is_read(name: str) -> bool:
    return not name.startswith(".")
