import json
from pathlib import Path

import pytest

from clone_pipeline.chats.parsers import telegram_chats
from clone_pipeline_tests.chats.parsers.test_telegram import chat, everything, read, written


@pytest.mark.parametrize("indent", [1, 4, None])
@pytest.mark.parametrize("slice_bytes", [64, 333, 1 << 20])
def test_all_chats_of_an_account_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, indent: int | None, slice_bytes: int
) -> None:
    monkeypatch.setattr(telegram_chats, "SLICE_BYTES", slice_bytes)
    tricky = [{"type": "bold", "text": '"messages": ['}, ' ]}"\\\n ]\n}']
    exported = everything(
        chat([written(1), written(2, tricky)]),
        chat([], id=2, name="Empty"),
        chat([written(1, "x" * 500)], id=3, name=None),
        {"type": "saved_messages", "id": 7, "messages": [written(8)]},
        left=(chat([written(5)], id=4, name="Left", type="private_channel"),),
    )
    found, told = read(exported, tmp_path, indent=indent)
    assert told is None
    assert [(m.message_id, m.channel) for m in found] == [
        ("telegram:1/1", 'Anna {B} "C"'),
        ("telegram:1/2", 'Anna {B} "C"'),
        ("telegram:3/1", "Deleted Account"),
        ("telegram:7/8", "Saved messages"),
        ("telegram:4/5", "Left"),
    ]
    assert found[1].text == '"messages": [ ]}"\\\n ]\n}'


def test_an_export_that_is_cut_short_is_read_to_there(tmp_path: Path) -> None:
    whole = json.dumps(everything(chat([written(n) for n in range(9)])), indent=1)
    found, told = read(whole[: whole.index('"id": 7')], tmp_path)
    assert len(found) == 7
    assert told is not None
    assert "cut short" in told.faults[0].found


def test_control_characters_as_telegram_writes_them_are_mended(tmp_path: Path) -> None:
    exported = json.dumps(chat([written(1, "a?b"), written(2, "c\\x1F")]), indent=1)
    found, told = read(exported.replace("a?b", "a\\x1Fb"), tmp_path)
    assert told is None
    assert [m.text for m in found] == ["a\x1fb", "c\\x1F"]
