"""The exports of a folder as one table of messages: whose they are known, masked, merged."""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from zoneinfo import ZoneInfo

from clone_pipeline.chats import merging
from clone_pipeline.chats.accounts import Names
from clone_pipeline.chats.export_files import ExportFile, ExportFiles
from clone_pipeline.chats.intake import REPETITIVE, Intake
from clone_pipeline.chats.looking import Looking
from clone_pipeline.chats.one_file import batches_of, format_of, next_of
from clone_pipeline.chats.parsers.beside import Beside
from clone_pipeline.chats.partly import PartlyRead
from clone_pipeline.chats.read import Masks as Masks
from clone_pipeline.chats.read import Read as Read
from clone_pipeline.chats.read import hidden, refuse
from clone_pipeline.chats.rewriting import Rewriting as Rewriting
from clone_pipeline.chats.rewriting import renamed, renamed_fault, rewritten
from clone_pipeline.chats.wholes import Whole, with_wholes
from clone_pipeline.records import MESSAGES, Message
from clone_pipeline.scale.mapping import Map, in_process, open_map
from clone_pipeline.settings import Fault, FaultyInput
from clone_pipeline.tables import Grown, Stored, growing

log = logging.getLogger("clone_pipeline.chat")

# Bytes of exports from which it pays to start another process.
LARGE = 64 << 20
# What others import before they get shards.
_IMPORTS = (
    "clone_pipeline.chats.looking",
    "clone_pipeline.chats.parsers.discord_runs",
    "clone_pipeline.chats.prefilter",
    "clone_pipeline.chats.wholes",
)


def map_for(found: ExportFiles, *, processes: int) -> AbstractContextManager[Map]:
    """The map by which exports are read: small ones in this process, whatever is allowed."""
    large = sum(each.size() for each in found.files) >= LARGE
    return open_map(processes if large else 1, imports=_IMPORTS)


def read_chats(
    found: ExportFiles,
    path: Path,
    *,
    private: Path,
    names: Names,
    masks: Masks,
    zone: ZoneInfo,
    more: Sequence[Message] = (),
    mapped: Map = in_process,
    rewriting: Callable[[], Rewriting] = Rewriting,
) -> tuple[Read, Grown]:
    """Every message of the exports as a table, streamed.

    Overlapping exports are merged by `message_id`: of an edited message the last version is
    kept. Memory grows by 8 bytes a message, by 24 while overlaps are looked for.

    Args:
        found: the files.
        path: where the table will stand.
        private: where it is written until it is merged and all names in it are hidden.
        names: whose account is whose.
        masks: hides personal data; applied to texts, names, file names, and to ids that are no
            numbers. Equal ids stay equal, different message ids different.
        zone: whose clock wrote the times in exports that do not say.
        more: messages from elsewhere, masked already.
        mapped: where files that allow it are decoded.
        rewriting: asked when every author is known: what is to be done to all texts and names.
    """
    read = Read()
    with growing(private / path.name, MESSAGES, repetitive=REPETITIVE) as table:
        intake = Intake(table, names, masks.mask)
        for fault in found.faults:
            refuse(read, [fault], masks)
        ahead = with_wholes(found.besides(), mapped, kinds=masks.kinds)
        for number, (file, beside, whole) in enumerate(ahead, 1):
            before = table.rows
            _read_file(file, beside, whole, intake, read, masks, zone, mapped)
            if table.rows > before:
                log.info(
                    f"messages: {table.rows - before:,} in file {number} of {len(found.files)}"
                )
        intake.take_masked(more)
        grown = table.finish()
    read.messages = grown.rows
    read.faults += hidden(_timeless(intake), masks)
    try:
        changes = rewriting()
        read.refused = renamed(read.refused, changes.names)
        read.faults = [renamed_fault(each, changes.names) for each in read.faults]
        return read, _rewritten(grown, path, intake, read, changes)
    finally:
        grown.part.unlink(missing_ok=True)


def _timeless(intake: Intake) -> list[Fault]:
    fix = "They are read, as messages without a time."
    return [
        Fault(file, f"{count:,} messages at a time that no calendar has", fix)
        for file, count in intake.impossible.items()
    ]


def _rewritten(grown: Grown, path: Path, intake: Intake, read: Read, rewriting: Rewriting) -> Grown:
    """The table after merging and with what is done to all texts, or as it is."""
    stored = Stored(grown.part, MESSAGES)
    merge = merging.merge(stored, *merging.repeated(intake.hashes), intake.edited)
    if not merge and not rewriting.texts and not rewriting.names:
        return grown.moved(path)
    read.dropped["duplicate"] += len(merge.dropped)
    with growing(path, MESSAGES, repetitive=REPETITIVE) as table:
        for group in merging.applied(stored, merge):
            table.add(rewritten(group, rewriting))
        return table.finish()


def _read_file(
    file: ExportFile,
    beside: Beside,
    whole: Whole | None,
    intake: Intake,
    read: Read,
    masks: Masks,
    zone: ZoneInfo,
    mapped: Map,
) -> None:
    try:
        if whole:
            _take_whole(whole, file, intake, masks)
        else:
            _take(file, beside, intake, masks, zone, mapped)
    except PartlyRead as partly:
        read.faults += hidden(partly.faults, masks)
        read.dropped["unreadable"] += partly.lost
    except FaultyInput as unread:
        refuse(read, unread.faults, masks)
        return
    read.files += 1


def _take_whole(whole: Whole, file: ExportFile, intake: Intake, masks: Masks) -> None:
    if whole.look:
        chat = masks.of(whole.look)
        for batch in whole.batches:
            intake.take(batch, source_file=file.name, masks=chat)
    if whole.end:
        raise whole.end


def _take(
    file: ExportFile, beside: Beside, intake: Intake, masks: Masks, zone: ZoneInfo, mapped: Map
) -> None:
    looking = Looking(mapped, masks.chat)
    known = format_of(file)
    local = zone if getattr(known, "LOCAL_TIMES", False) else None
    batches = batches_of(known, file, beside, looking)
    while batch := next_of(batches, file):
        chat = looking.judged(batch)
        intake.take(batch, source_file=file.name, masks=chat, zone=local)
