"""What is done to a whole table of messages, once everybody in it is known."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import pyarrow as pa

from clone_pipeline.chats.parsers import neutral
from clone_pipeline.chats.partly import digest
from clone_pipeline.records import MESSAGES
from clone_pipeline.settings import Fault

MaskTexts = Callable[[Sequence[str]], list[str]]

NAMED = ("channel_id", "channel", "source_file", "conversation")


class Rewriting(NamedTuple):
    """What is done to a table when all authors are known.

    Attributes:
        texts: changes of the texts.
        names: changes of what names a place and may name people: `NAMED`, and of what is said
            of files.
        digest: of ids that a user gave and that these change; they are hidden behind it.
    """

    texts: Sequence[MaskTexts] = ()
    names: Sequence[MaskTexts] = ()
    digest: Callable[[str], str] = digest


def rewritten(group: pa.Table, rewriting: Rewriting) -> pa.Table:
    """A part of the table of messages, with the changes."""
    for change in rewriting.texts:
        group = _with(group, "text", pa.array(change(group["text"].to_pylist()), pa.string()))
    for change in rewriting.names:
        for column in NAMED:
            coded = group[column].combine_chunks().dictionary_encode()
            values = pa.array(change(coded.dictionary.to_pylist()), pa.string())
            group = _with(group, column, values.take(coded.indices))
    if rewriting.names and neutral.NAME in group["platform"].unique().to_pylist():
        for column in ("message_id", "reply_to"):
            ids = _hidden_ids(group[column].to_pylist(), rewriting)
            group = _with(group, column, pa.array(ids, pa.string()))
    return group


def _hidden_ids(ids: Sequence[str | None], rewriting: Rewriting) -> list[str | None]:
    """The ids, behind a digest where a user's own one names somebody."""
    own = f"{neutral.NAME}:"
    bare = [each.removeprefix(own) if each and each.startswith(own) else "" for each in ids]
    return [
        each if before == after else f"{own}{rewriting.digest(each or '')}"
        for each, before, after in zip(ids, bare, renamed(bare, rewriting.names), strict=True)
    ]


def renamed(texts: Sequence[str], changes: Sequence[MaskTexts]) -> list[str]:
    """The texts after one change and the other."""
    for change in changes:
        texts = change(texts)
    return list(texts)


def renamed_fault(fault: Fault, changes: Sequence[MaskTexts]) -> Fault:
    """The fault, likewise."""
    return Fault(*renamed((fault.where, fault.found, fault.fix), changes))


def _with(group: pa.Table, column: str, values: pa.Array) -> pa.Table:
    return group.set_column(group.schema.get_field_index(column), MESSAGES.field(column), values)
