"""WeClone's own two files; written down by reading them, row by row."""

from collections import Counter
from datetime import UTC, datetime

from clone_pipeline.chats.parsers import wechat
from clone_pipeline.records import Message
from clone_pipeline_tests.chats.samples import corpus

ANSWERED = "wechat:1122488129382806721"


def read(name: str) -> list[Message]:
    path = corpus("chats", "wechat", f"xming521__WeClone__tests__tests_data__{name}.csv")
    assert wechat.matches(path, path.read_bytes()[: 1 << 16])
    return list(wechat.parse(path, source_file=path.name))


def test_a_chat_of_two_with_stickers_images_and_a_quote() -> None:
    found = read("test_person__test_0_730")
    assert len(found) == 96  # ids 1, 2 and 7 to 100
    kinds = {"text": 66, "image": 5, "sticker": 23, "deleted": 2}
    assert Counter(m.kind for m in found) == kinds
    assert sum(m.author_id == "me" for m in found) == 46
    assert {m.channel for m in found} == {"test_person"}
    assert found[0].timestamp == datetime(2024, 10, 4, 11, 42, tzinfo=UTC)
    assert found[-1].timestamp == datetime(2024, 12, 30, 21, 28, tzinfo=UTC)
    assert [m.text for m in found if m.kind != "text"] == [""] * 30
    (quoting,) = [m for m in found if m.reply_to]
    assert (quoting.text, quoting.reply_to) == ("（我们两个人骑）", ANSWERED)
    assert next(m.text for m in found if m.message_id == ANSWERED).endswith("租了个大的")
    assert found[6].text == ""  # a row whose words are missing
    assert len({m.message_id for m in found}) == 96


def test_a_chat_of_made_up_personal_data_in_which_two_ids_stand_twice() -> None:
    found = read("test_PII__test_0_730")
    assert len(found) == 62  # ids 7 to 28 and 31 to 70
    assert {m.kind for m in found} == {"text"}
    assert sum(m.author_id == "me" for m in found) == 31
    assert [m.text for m in found if m.author_id == "me"] == ["FALSE"] * 31
    assert (found[0].author, found[0].text) == ("PHONE_NUMBER", "13812345678")
    assert (found[-2].author, found[-2].text) == ("666", "404")
    assert len({m.message_id for m in found}) == 61  # one "FALSE" is an equal row
