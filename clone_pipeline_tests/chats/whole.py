"""Reading and conversing as the assets do it, on a folder or on messages of our own."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq

from clone_pipeline import records
from clone_pipeline.chats.accounts import Accounts, Names
from clone_pipeline.chats.cleaning import CleaningSettings
from clone_pipeline.chats.conversing import clean_conversations
from clone_pipeline.chats.export_files import found_in
from clone_pipeline.chats.privacy import Masker
from clone_pipeline.chats.reading import Read, Rewriting, read_chats
from clone_pipeline.chats.sessions import SessionSettings
from clone_pipeline.records import Message, Turn
from clone_pipeline.scale.mapping import Map, in_process
from clone_pipeline.settings import Fault
from clone_pipeline.tables import Stored, growing

# Cleaning that leaves texts as they are.
UNCLEANED: dict[str, Any] = {
    **{name: False for name, value in CleaningSettings() if value is True},
    "non_responses": (),
    "ender": "keep",
    "small_conversation_messages": 0,
    "spam_repeats": 0,
    "links": "keep",
    "custom_emoji": "keep",
}


@dataclass(frozen=True)
class Folder:
    """What the reader made of a folder of exports."""

    messages: list[Message]
    dropped: Counter[str]
    faults: list[Fault]
    read: Read


def read_folder(
    folder: Path,
    *,
    accounts: Accounts | None = None,
    masker: Masker | None = None,
    zone: str = "UTC",
    mapped: Map = in_process,
    rewriting: Callable[[], Rewriting] = Rewriting,
) -> Folder:
    """Every message of the exports in the folder, as the asset `messages` reads them."""
    masker = masker or Masker()
    with (
        TemporaryDirectory() as made,
        found_in(folder, private=Path(made, "private")) as found,
    ):
        read, grown = read_chats(
            found,
            Path(made, "messages.parquet"),
            private=Path(made, "private"),
            names=Names(accounts or {}, masker.mask),
            masks=masker,
            zone=ZoneInfo(zone),
            mapped=mapped,
            rewriting=rewriting,
        )
        grown.settle()
        assert [each.name for each in Path(made).iterdir() if each.is_file()] == [
            "messages.parquet"
        ]
        table = pq.read_table(grown.path)
    listed = list(records.from_table(table, Message))
    assert read.messages + read.dropped["unreadable"] == len(listed) + read.dropped.total()
    return Folder(listed, +read.dropped, read.faults, read)


def conversed(
    messages: Sequence[Message],
    *,
    gap_seconds: int = 600,
    mapped: Map = in_process,
    **given: Any,
) -> tuple[list[Turn], Counter[str]]:
    """The messages as clean conversations, through the tables as the asset makes them.

    `given` holds settings of cleaning and of sessions.
    """
    sessions = {key: given.pop(key) for key in SessionSettings.model_fields if key in given}
    cleaning = CleaningSettings(**given).model_dump()
    kinds = SessionSettings(gap_seconds=gap_seconds, **sessions).model_dump()
    with TemporaryDirectory() as made:
        path = Path(made, "messages.parquet")
        pq.write_table(records.to_table(messages, records.MESSAGES), path)
        with growing(Path(made, "conversations.parquet"), records.CONVERSATIONS) as table:
            stored = Stored(path, records.MESSAGES)
            done = clean_conversations(stored, table, mapped=mapped, **cleaning, **kinds)
            grown = table.finish()
        turns = list(records.from_table(pq.read_table(grown.part), Turn))
    assert done.entered == len(messages) == done.kept + done.dropped.total()
    assert done.turns == len(turns)
    assert done.conversations == len({turn.conversation_id for turn in turns})
    return turns, +done.dropped
