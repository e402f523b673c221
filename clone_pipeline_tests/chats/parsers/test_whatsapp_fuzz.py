"""Whatever bytes a file holds, WhatsApp's and Telegram's parsers raise what they declare alone."""

import json
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clone_pipeline.chats.parsers import telegram, telegram_local, whatsapp
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.chats.parsers.test_telegram import chat, everything, written
from clone_pipeline_tests.chats.parsers.test_telegram_html import media, page, said, service
from clone_pipeline_tests.chats.parsers.test_whatsapp import ANDROID, IOS

ACCOUNT = everything(chat([written(1), written(2, ["a", {"type": "bold", "text": "b"}])]))
SAMPLES = [
    ANDROID.encode(),
    IOS.encode(),
    json.dumps(ACCOUNT, indent=1).encode(),
    json.dumps(ACCOUNT).encode(),
    page(service(-1, "14 March 2024"), said(1, "hi"), said(2, media("media_file", "f"))).encode(),
]
TOKENS = st.one_of(
    st.binary(max_size=8),
    st.sampled_from(
        [b"\0", b"\xff\xfe", b"\n", b'"', b"\\", b"\\x1F", b"\\ud800", b"{", b"]", b"[" * 3000,
         b"9" * 40, b"<div>" * 300, b"&#55296;", b"<!--", b": ", b" - ", b"PM", "下午".encode(),
         b'"messages": [', b"<attached: x.jpg>", b"\xe2\x80\x8e"]
    ),
)  # fmt: skip
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), TOKENS), max_size=6)


@pytest.mark.parametrize("parser", [whatsapp, telegram, telegram_local])
@settings(max_examples=120, deadline=None)
@given(sample=st.sampled_from(SAMPLES), edits=EDITS)
def test_broken_files_are_refused_or_read_in_part(
    tmp_path_factory: pytest.TempPathFactory,
    parser: ModuleType,
    sample: bytes,
    edits: list[tuple[float, int, bytes]],
) -> None:
    for where, removed, token in edits:
        at = int(where * len(sample))
        sample = sample[:at] + token + sample[at + removed :]
    path: Path = tmp_path_factory.getbasetemp() / "fuzzed"
    path.write_bytes(sample)
    parser.matches(path, sample)
    with suppress(FaultyInput):
        for message in parser.parse(path, source_file="a/_chat.txt"):
            message.text.encode()
            assert message.timestamp is None or message.timestamp.tzinfo
