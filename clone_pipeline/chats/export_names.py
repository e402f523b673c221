"""Names of the files of an export: which are read, how they are shown, stored and sorted."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

from clone_pipeline.settings import Fault

# Control characters, line separators, and what stands for bytes that are no UTF-8.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# Texts that an export consists of.
READ_ENDINGS = (
    *(".txt", ".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".html", ".htm", ".log", ".xml", ".md"),
    *(".parquet", ".db", ".sqlite", ".weechatlog", ".db-wal", ".sqlite-wal"),
)
MEDIA_ENDINGS = (
    *(".jpg", ".jpeg", ".png", ".gif", ".webp", ".heic", ".heif", ".bmp", ".tif", ".tiff", ".svg"),
    *(".avif", ".mp4", ".mov", ".webm", ".mkv", ".avi", ".m4v", ".3gp", ".ogg", ".opus", ".mp3"),
    *(".m4a", ".wav", ".aac", ".flac", ".amr", ".pdf", ".vcf", ".tgs", ".webloc", ".css", ".js"),
    *(".ico", ".ttf", ".woff", ".woff2", ".thumb", ".pluginpayloadattachment"),
)
# What a database keeps beside its file; no export by itself.
BESIDE_DATABASES = (".db-wal", ".db-shm", ".sqlite-wal", ".sqlite-shm")
# DiscordChatExporter puts the media of `a.json` into `a.json_Files`.
_MEDIA_FOLDER = "_Files"
_EXPORTS = (".json", ".html", ".csv", ".txt")


def readable(name: str) -> str:
    """The name with U+FFFD for what can't be shown in a terminal or stored as UTF-8."""
    return _UNFIT.sub("\ufffd", name)


def unique(name: str, taken: set[str]) -> str:
    """The name, numbered ("a.json~2") if it is among `taken`; it is added there."""
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name}~{number}"
    taken.add(found)
    return found


def natural(name: str) -> list[tuple[int, str]]:
    """A key that sorts "part 10" behind "part 9", however many digits there are."""
    parts = re.split(r"(\d+)", re.sub(r"\.[^./]*$", "", name))
    digits = [part.lstrip("0") if part.isdecimal() else None for part in parts]
    return [
        (-1, part) if number is None else (len(number), number)
        for part, number in zip(parts, digits, strict=True)
    ]


def holds_media(folder: str, siblings: set[str]) -> bool:
    """Whether a folder of this name, beside files of those, holds what an export refers to."""
    if folder == "__MACOSX":
        return True
    of = folder.removesuffix(_MEDIA_FOLDER)
    if of == folder:
        return False
    return of.endswith(_EXPORTS) or any(of + ending in siblings for ending in _EXPORTS)


def faults_of_unread(zip_name: str, members: Sequence[str]) -> list[Fault]:
    """What to say of a zip's members whose kinds are not read: each zip, and all others as one."""
    zips = [each for each in members if each.lower().endswith(".zip")]
    others = [each for each in members if not each.lower().endswith(".zip")]
    faults = [
        Fault(f"{zip_name}/{each}", "a zip file in a zip file", "Unpack it.") for each in zips
    ]
    if others:
        endings = Counter(PurePosixPath(each).suffix.lower() for each in others)
        kinds = ", ".join(each[:20] or "no ending" for each, _ in endings.most_common(6))
        where = f"{zip_name}/{others[0]}" if len(others) == 1 else zip_name
        found = f"{len(others):,} of kinds that are not read in zips ({kinds})"
        faults.append(Fault(where, found, "If they belong to the export, unpack it."))
    return faults
