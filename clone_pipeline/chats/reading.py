"""The exports of a folder as one table of messages: whose they are known, masked, merged."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol, cast
from zoneinfo import ZoneInfo

import pyarrow as pa

from clone_pipeline.chats import columns, merging, parsers
from clone_pipeline.chats.accounts import Names
from clone_pipeline.chats.columns import Columns
from clone_pipeline.chats.export_files import ExportFile, ExportFiles
from clone_pipeline.chats.identifiers import masked_name
from clone_pipeline.chats.intake import REPETITIVE, Intake, MaskTexts, larger
from clone_pipeline.chats.parsers import Format
from clone_pipeline.chats.parsers.beside import Beside
from clone_pipeline.chats.partly import PartlyRead
from clone_pipeline.records import MESSAGES, Message
from clone_pipeline.scale.mapping import Map, in_process
from clone_pipeline.settings import Fault, FaultyInput
from clone_pipeline.tables import Grown, Stored, growing

log = logging.getLogger("clone_pipeline.chat")

# Texts by which a chat's language is judged.
SAMPLE = 2000
NAMED = ("channel_id", "channel", "source_file", "conversation")


class Masks(Protocol):
    """What hides personal data (`privacy.Masker`)."""

    def mask(self, text: str) -> str:
        """The text with placeholders."""

    def chat(self, sample: Sequence[str]) -> MaskTexts:
        """The same for many texts of the chat that the sample is of."""


class Rewriting(NamedTuple):
    """What is done to a table when all authors are known.

    Attributes:
        texts: changes of the texts.
        names: changes of what names a place and may name people: `NAMED`.
    """

    texts: Sequence[MaskTexts] = ()
    names: Sequence[MaskTexts] = ()


@dataclass(slots=True)
class Read:
    """What a folder held; every message that entered is in the table or counted in `dropped`.

    Attributes:
        messages: how many were read.
        dropped: "duplicate" and "unreadable" ones.
        faults: files that no parser knows, and what is wrong with those that were read in part.
        files: how many were read, wholly or in part.
        refused: the names of those that were not.
    """

    messages: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    files: int = 0
    refused: list[str] = field(default_factory=list)


def read_chats(
    found: ExportFiles,
    path: Path,
    *,
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
        names: whose account is whose.
        masks: hides personal data; applied to texts, names, file names, and to ids that are no
            numbers. Equal ids stay equal, different message ids different.
        zone: whose clock wrote the times in exports that do not say.
        more: messages from elsewhere, masked already.
        mapped: where files that allow it are decoded.
        rewriting: asked when every author is known: what is to be done to all texts and names.
    """
    read = Read()
    with growing(path.with_name(f"read-{path.name}"), MESSAGES, repetitive=REPETITIVE) as table:
        intake = Intake(table, names, masks.mask)
        for fault in found.faults:
            _refuse(read, [fault], masks)
        for file, beside in found.besides():
            before = table.rows
            _read_file(file, beside, intake, read, masks, zone, mapped)
            if table.rows > before:
                shown = masked_name(file.name, masks.mask)
                log.info(f"messages: {table.rows - before:,} read from {shown}")
        intake.take_masked(more)
        grown = table.finish()
    read.messages = grown.rows
    try:
        return read, _rewritten(grown, path, intake, read, rewriting())
    finally:
        grown.part.unlink(missing_ok=True)


def _rewritten(grown: Grown, path: Path, intake: Intake, read: Read, rewriting: Rewriting) -> Grown:
    """The table after merging and with what is done to all texts, or as it is."""
    stored = Stored(grown.part, MESSAGES)
    merge = merging.merge(stored, *merging.repeated(intake.hashes), intake.edited)
    if not merge and not rewriting.texts and not rewriting.names:
        return grown.moved(path)
    read.dropped["duplicate"] += len(merge.dropped)
    with growing(path, MESSAGES, repetitive=REPETITIVE) as table:
        for group in merging.applied(stored, merge):
            table.add(_changed(group, rewriting))
        return table.finish()


def _changed(group: pa.Table, rewriting: Rewriting) -> pa.Table:
    for change in rewriting.texts:
        group = _with(group, "text", pa.array(change(group["text"].to_pylist()), pa.string()))
    for change in rewriting.names:
        for column in NAMED:
            coded = group[column].combine_chunks().dictionary_encode()
            values = pa.array(change(coded.dictionary.to_pylist()), pa.string())
            group = _with(group, column, values.take(coded.indices))
    return group


def _with(group: pa.Table, column: str, values: pa.Array) -> pa.Table:
    return group.set_column(group.schema.get_field_index(column), MESSAGES.field(column), values)


def _read_file(
    file: ExportFile,
    beside: Beside,
    intake: Intake,
    read: Read,
    masks: Masks,
    zone: ZoneInfo,
    mapped: Map,
) -> None:
    known = parsers.find(file.path)
    if known is None:
        fix = "See docs/formats.md, or convert it to the neutral schema."
        _refuse(read, [Fault(file.name, "a file that is no chat export we know", fix)], masks)
        return
    local = zone if getattr(known, "LOCAL_TIMES", False) else None
    mask_texts: MaskTexts | None = None
    try:
        for batch in larger(_batches(known, file, beside, mapped)):
            mask_texts = mask_texts or masks.chat(batch.text[:SAMPLE])
            intake.take(batch, source_file=file.name, mask_texts=mask_texts, zone=local)
    except PartlyRead as partly:
        read.faults += _hidden(partly.faults, masks)
        read.dropped["unreadable"] += partly.lost
    except FaultyInput as unread:
        _refuse(read, unread.faults, masks)
        return
    except OSError as error:
        found = f"a file that can't be read ({error.strerror})"
        _refuse(read, [Fault(file.name, found, "See to it, and run again.")], masks)
        return
    read.files += 1


def _batches(known: Format, file: ExportFile, beside: Beside, mapped: Map) -> Iterator[Columns]:
    if streams := getattr(known, "batches", None):
        return cast(
            Iterator[Columns],
            streams(file.path, source_file=file.name, beside=beside, mapped=mapped),
        )
    messages = known.parse(file.path, source_file=file.name, beside=beside)
    return columns.of_messages(messages)


def _refuse(read: Read, faults: Sequence[Fault], masks: Masks) -> None:
    hidden = _hidden(faults, masks)
    read.faults += hidden
    read.refused += [each.where for each in hidden[:1]]


def _hidden(faults: Sequence[Fault], masks: Masks) -> list[Fault]:
    return [
        Fault(masked_name(each.where, masks.mask), masks.mask(each.found), masks.mask(each.fix))
        for each in faults
    ]
