"""Signal's export that others published, against the parse that lies beside it.

The twin on exports of our own is in test_signal.py. The target joins lines with spaces.
"""

import json

from clone_pipeline.chats.parsers import signal
from clone_pipeline_tests.chats.parsers.exports import whole
from clone_pipeline_tests.chats.samples import corpus

STEM = "joweich__chat-miner__test__signal__"


def test_the_sample_is_as_its_target_says() -> None:
    folder = corpus("chats", "signal")
    target = json.loads((folder / f"{STEM}target.json").read_text(encoding="utf-8"))
    found = whole(signal, folder, f"{STEM}test_export.txt")
    assert [m.text for m in found] == ["Hello John!", "Hello\nJane!"]
    assert {m.channel for m in found} == {f"{STEM}test_export"}
    assert [
        {
            "timestamp": m.timestamp and m.timestamp.replace(tzinfo=None).isoformat(),
            "author": m.author,
            "message": m.text.replace("\n", " "),
        }
        for m in reversed(found)
    ] == target
