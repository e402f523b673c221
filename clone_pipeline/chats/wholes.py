"""Small files of exports, each read whole, in any process, before its turn comes."""

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby
from typing import NamedTuple

from clone_pipeline.chats import parsers, regions
from clone_pipeline.chats.columns import Columns
from clone_pipeline.chats.export_files import ExportFile
from clone_pipeline.chats.looking import SAMPLE, looked
from clone_pipeline.chats.one_file import batches_of, next_of
from clone_pipeline.chats.parsers import discord_chat_exporter
from clone_pipeline.chats.parsers.beside import Beside, nothing_beside
from clone_pipeline.chats.personal_data import MaskKind
from clone_pipeline.chats.personal_places import Look
from clone_pipeline.scale.mapping import Map, in_process
from clone_pipeline.settings import FaultyInput

# Bytes below which a file is small: larger ones are shared out in pieces.
SMALL = 8 << 20


class Whole(NamedTuple):
    """A file that was read.

    Attributes:
        batches: its messages, looked at.
        look: what they were looked at with; None without messages.
        end: what its parser said last.
    """

    batches: list[Columns]
    look: Look | None
    end: FaultyInput | None


def read_whole(kinds: frozenset[MaskKind], file: ExportFile) -> Whole:
    """The messages of a file of DiscordChatExporter, and the places of what is personal there."""
    found: list[Columns] = []
    look: Look | None = None
    try:
        batches = batches_of(discord_chat_exporter, file, nothing_beside, in_process)
        while batch := next_of(batches, file):
            if look is None:
                sample = batch.text.slice(0, SAMPLE).to_pylist()
                look = Look(regions.judged(sample), kinds)
            found.append(looked(batch, look))
    except FaultyInput as end:
        return Whole(found, look, end)
    return Whole(found, look, None)


def with_wholes(
    files: Iterable[tuple[ExportFile, Beside]], mapped: Map, *, kinds: frozenset[MaskKind]
) -> Iterator[tuple[ExportFile, Beside, Whole | None]]:
    """The files in order; small ones that need no others are read already, where `mapped` says.

    Nothing is read ahead in this process alone.
    """
    if mapped is in_process:
        yield from ((file, beside, None) for file, beside in files)
        return
    for small, some in groupby(files, key=lambda each: _is_small(each[0])):
        if not small:
            yield from ((file, beside, None) for file, beside in some)
            continue
        listed = list(some)
        wholes = mapped(partial(read_whole, kinds), [file for file, _ in listed])
        for (file, beside), whole in zip(listed, wholes, strict=True):
            yield file, beside, whole


def _is_small(file: ExportFile) -> bool:
    try:
        return file.size() < SMALL and parsers.find(file.path) is discord_chat_exporter
    except OSError:  # told when its turn comes
        return False
