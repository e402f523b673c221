"""One file of an export: which format it is of, its messages, and what is wrong with it."""

from collections.abc import Iterator
from typing import cast

from clone_pipeline.chats import columns, parsers
from clone_pipeline.chats.columns import Columns
from clone_pipeline.chats.export_files import ExportFile
from clone_pipeline.chats.looking import Looking
from clone_pipeline.chats.parsers import Format
from clone_pipeline.chats.parsers.beside import Beside
from clone_pipeline.chats.partly import PartlyRead
from clone_pipeline.scale.mapping import Map
from clone_pipeline.scale.workers import WorkerGone
from clone_pipeline.settings import Fault, FaultyInput


def format_of(file: ExportFile) -> Format:
    """The format of a file.

    Raises:
        FaultyInput: it has none that is known, or can't be opened.
    """
    try:
        known = parsers.find(file.path)
    except OSError as error:
        found = f"a file that can't be opened ({error.strerror or error})"
        raise FaultyInput([Fault(file.name, found, "See to it, and run again.")]) from None
    if known is None:
        fix = "See docs/formats.md, or convert it to the neutral schema."
        raise FaultyInput([Fault(file.name, "a file that is no chat export we know", fix)])
    return known


def next_of(batches: Iterator[Columns], file: ExportFile) -> Columns | None:
    """The next messages of a file; what is wrong with it, or with its parser, is a fault of it."""
    try:
        return next(batches, None)
    except (FaultyInput, WorkerGone, KeyboardInterrupt):
        raise
    except OSError as error:
        found = f"a file that can't be read to its end ({error.strerror or error})"
        raise FaultyInput([Fault(file.name, found, "See to it, and run again.")]) from None
    except Exception as error:  # noqa: BLE001, one file must not end the reading of all others
        found = f"something that its parser did not expect ({type(error).__name__}: {error})"
        fix = "What was read before it is used. Please tell us, with the file's kind and exporter."
        raise PartlyRead([Fault(file.name, found, fix)], lost=0) from None


def batches_of(
    known: Format, file: ExportFile, beside: Beside, mapped: Map | Looking
) -> Iterator[Columns]:
    """The messages of a file; `mapped` is where a format that allows it is decoded."""
    if streams := getattr(known, "batches", None):
        return cast(
            Iterator[Columns],
            streams(file.path, source_file=file.name, beside=beside, mapped=mapped),
        )
    messages = known.parse(file.path, source_file=file.name, beside=beside)
    return columns.of_messages(messages)
