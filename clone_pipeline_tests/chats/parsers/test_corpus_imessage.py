"""A database of Messages that others published, against what a reader of its rows wrote down.

Its table `chat` is missing. The twin on databases of our own is in test_imessage.py.
"""

from collections import Counter
from datetime import UTC, datetime

from clone_pipeline.chats.parsers import imessage
from clone_pipeline_tests.chats.parsers.exports import whole
from clone_pipeline_tests.chats.samples import corpus

FILE = "langchain__imessage_chat.db"
IN_BLOBS_ONLY = {
    "517F45ED": "Woaaaaaah",
    "5382212D": "Yehh I use it occasionally ",
    "0A7E1F42": "Not too often",
    "BB7909EA": "POOOG",
    "4E47AD5C": "Yehh unfortunately screen is cracked so can’t play games too well",
    "0CE8090F": "And repair aint worth ",
    "006C6023": "No 💀 not worth ",
    "56D9B1B8": "Eeeeeeeh",
    "93FD2F6C": ("aaaaabbbbb" * 13)[:128],
    "D5FB2B2E": "Loved “I see nothing here add”",
}


def test_a_database_of_23_rows_of_which_11_have_their_words_in_blobs() -> None:
    found = whole(imessage, corpus("chats", "imessage"), FILE)
    assert len({m.message_id for m in found}) == 23
    assert Counter((m.author_id, m.author) for m in found) == {
        ("me", "+16478889999"): 13,
        ("testemail@gmail.com", "testemail@gmail.com"): 10,
    }
    assert {(m.channel_id, m.channel) for m in found} == {
        ("testemail@gmail.com", "testemail@gmail.com")
    }
    assert [m.kind for m in found] == ["text"] * 22 + ["system"]
    assert (found[0].text, found[0].timestamp) == (
        "Yeh",
        datetime(2023, 11, 5, 2, 50, 50, 393148, tzinfo=UTC),
    )
    assert found[-1].timestamp == datetime(2023, 11, 17, 11, 27, 36, 509087, tzinfo=UTC)
    by_id = {m.message_id.removeprefix("imessage:")[:8]: m.text for m in found}
    assert IN_BLOBS_ONLY.items() <= by_id.items()
    assert by_id["1BC12138"].startswith("shall be iphone")  # the eleventh
    assert by_id["2A21A9CD"] == "I WANT IT TO BE ME SENDING THIS PIC"
    assert all(m.reply_to is None and m.edited is None for m in found)
