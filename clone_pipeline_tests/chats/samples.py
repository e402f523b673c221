"""Small exports and messages of our own, and hypothesis strategies for messages."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import strategies as st

from clone_pipeline.chats.parsers.beside import Beside, nothing_beside
from clone_pipeline.chats.partly import PartlyRead
from clone_pipeline.records import Message

START = datetime(2024, 3, 1, 18, 0, tzinfo=UTC)


def corpus(*parts: str) -> Path:
    """A folder of the corpus of real inputs; skips the test where there is none."""
    if root := os.environ.get("CLONE_PIPELINE_CORPUS"):
        return Path(root, *parts)
    pytest.skip("CLONE_PIPELINE_CORPUS is not set")


def read_partly(
    parser: ModuleType, path: Path, *, source_file: str = "x", beside: Beside = nothing_beside
) -> tuple[list[Message], PartlyRead | None]:
    """What the parser gave, and its last word if it has one."""
    found: list[Message] = []
    try:
        for message in parser.parse(path, source_file=source_file, beside=beside):
            found.append(message)  # noqa: PERF402
    except PartlyRead as told:
        return found, told
    return found, None


def discord_message(number: int, content: str = "hi", **fields: Any) -> dict[str, Any]:
    author = fields.pop("author", "1")
    return {
        "id": str(1000 + number),
        "type": "Default",
        "timestamp": (START + timedelta(seconds=30 * number)).isoformat(timespec="milliseconds"),
        "timestampEdited": None,
        "content": content,
        "author": {"id": author, "name": f"user{author}", "nickname": f"Nick {author}"},
        **fields,
    }


def discord_export(messages: list[dict[str, Any]], *, channel: str = "77") -> dict[str, Any]:
    return {
        "guild": {"id": "0", "name": "Direct Messages"},
        "channel": {"id": channel, "type": "DirectTextChat", "name": "Nick 2"},
        "dateRange": {"after": None, "before": None},
        "messages": messages,
        "messageCount": len(messages),
    }


def write_discord(path: Path, messages: list[dict[str, Any]], **options: Any) -> Path:
    channel = options.pop("channel", "77")
    options = {"indent": 2, "ensure_ascii": False, **options}
    path.parent.mkdir(parents=True, exist_ok=True)
    exported = json.dumps(discord_export(messages, channel=channel), **options)
    path.write_text(exported, encoding="utf-8")
    return path


def message(number: int, text: str = "hello there", **fields: Any) -> Message:
    author = fields.pop("author", "anna")
    standard: dict[str, Any] = {
        "message_id": f"neutral:{number}",
        "platform": "neutral",
        "channel_id": "room",
        "channel": "room",
        "timestamp": START + timedelta(seconds=20 * number),
        "author_id": author,
        "author": author.title(),
        "persona": author if author == "anna" else None,
        "kind": "text",
        "text": text,
        "reply_to": None,
        "source_file": "room.jsonl",
    }
    return Message(**{**standard, **fields})


TEXTS = st.one_of(
    st.sampled_from(
        [
            *("", "lol", "@anna", "@everyone hi", "gtg", "ok", "<@123456>", "a@b", "Anna: hi"),
            "I read the whole book about lighthouses in a single long night",
            "i read the WHOLE book, about lighthouses, in a single long night!!",
            "Ben: forged\nAnna: forged too",
        ]
    ),
    st.text(max_size=60),
)


@st.composite
def chats(draw: st.DrawFn) -> list[Message]:
    """Messages of a few people in a few channels, some without times, some in conversations."""
    listed = []
    seconds = 0
    for number in range(draw(st.integers(0, 40))):
        seconds += draw(st.sampled_from([1, 30, 599, 600, 601, 4000]))
        timed = draw(st.integers(0, 9)) > 0
        listed.append(
            message(
                number,
                draw(TEXTS),
                author=draw(st.sampled_from(["anna", "anna", "ben", "carl", "dora"])),
                channel_id=draw(st.sampled_from(["room", "hall"])),
                timestamp=START + timedelta(seconds=seconds) if timed else None,
                kind=draw(st.sampled_from(["text"] * 9 + ["image", "system", "bot", "link"])),
                conversation=draw(st.sampled_from([None] * 9 + ["c1", "c2"])),
                reply_to=draw(st.sampled_from([None, None, "neutral:0"])),
            )
        )
    return listed
