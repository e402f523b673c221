import asyncio
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline_tests.bots.platforms.ears import FakeEars
from clone_pipeline_tests.bots.platforms.listening import listening, reply, until
from clone_pipeline_tests.bots.platforms.telegram_life import hear, made, one
from clone_pipeline_tests.bots.platforms.telegram_server import (
    ANNE,
    BOT,
    DIRECT,
    GROUP,
    TelegramServer,
)

pytest.importorskip("telegram")
BEN = {"id": 1002, "is_bot": False, "first_name": "Ben"}


def test_a_direct_message_is_heard_with_all_that_is_known_of_it(
    bot_api: TelegramServer, tmp_path: Path
) -> None:
    said = bot_api.say("Hello there", chat=DIRECT)
    heard = one(bot_api, tmp_path)
    assert (heard.platform, heard.kind, heard.channel) == ("telegram", "direct", "1001")
    assert heard.message_id == f"1001:{said['message_id']}"
    assert (heard.author, heard.name) == ("1001", "Anne Kramer")
    assert heard.text == "Hello there"
    assert heard.heard.timestamp() == said["date"]
    assert (heard.to_us, heard.ours, heard.author_is_bot, heard.parent_is_ours) == (False,) * 4


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("@anna_bot hi", True), ("hi @ANNA_BOT", True), ("well, anna, what now", True),
        ("/ask@anna_bot why", True), ("Annabel and Johanna", False), ("@anna_botanic", False),
        ("@anna_other_bot", False), ("/ask@other_bot anna_", False),
    ],
)  # fmt: skip
def test_a_message_is_to_us_that_names_us_in_any_of_telegrams_ways(
    bot_api: TelegramServer, tmp_path: Path, text: str, ours: bool
) -> None:
    bot_api.say(text)
    heard = one(bot_api, tmp_path)
    assert (heard.kind, heard.channel, heard.to_us) == ("message", "-1002003004", ours)


def test_mentions_by_name_and_by_link_are_told_apart(
    bot_api: TelegramServer, tmp_path: Path
) -> None:
    message = bot_api.message(GROUP, ANNE, text="😀 Ben Anna @carl_x", entities=[
        {"type": "text_mention", "offset": 3, "length": 3, "user": BEN},
        {"type": "text_mention", "offset": 7, "length": 4, "user": BOT},
        {"type": "mention", "offset": 12, "length": 7},
    ])  # fmt: skip
    bot_api.update(message=message)
    heard = one(bot_api, tmp_path)
    assert heard.to_us
    assert heard.mentions == ("1002", "carl_x")


def test_a_reply_knows_its_parent_and_what_was_said_before(
    bot_api: TelegramServer, tmp_path: Path
) -> None:
    ours = bot_api.message(GROUP, BOT, text="I am Anna.")
    bot_api.say("first")
    bot_api.say("second", reply_to_message=ours)
    heard = hear(bot_api, tmp_path, count=2).heard[-1]
    assert heard.parent_is_ours
    assert [(said.text, said.ours) for said in heard.context] == [
        ("I am Anna.", True), ("first", False)
    ]  # fmt: skip
    assert heard.context[1].name == "Anne Kramer"


def test_a_reply_to_somebody_else_is_not_one_to_us(bot_api: TelegramServer, tmp_path: Path) -> None:
    other = bot_api.message(GROUP, BEN | {"is_bot": True}, text="I am another bot.")
    bot_api.say("yes", reply_to_message=other)
    assert not one(bot_api, tmp_path).parent_is_ours


def test_a_topic_is_kept_apart_and_answered_in(bot_api: TelegramServer, tmp_path: Path) -> None:
    forum = GROUP | {"is_forum": True}
    inside: dict[str, Any] = {"message_thread_id": 7, "is_topic_message": True}
    opened = bot_api.message(
        forum, BOT, forum_topic_created={"name": "t", "icon_color": 1}, **inside
    )
    bot_api.say("elsewhere", chat=forum)
    bot_api.say("in the topic", chat=forum, reply_to_message=opened, **inside)
    ears = FakeEars()

    async def life() -> None:
        connector = made(bot_api, tmp_path)
        async with listening(connector, ears):
            await until(lambda: len(ears.heard) == 2)
            assert await connector.send(reply(ears.heard[1], "here", as_reply=False))

    asyncio.run(life())
    assert (ears.heard[1].channel, ears.heard[1].context) == ("-1002003004", ())
    assert not ears.heard[1].parent_is_ours
    assert bot_api.posted[0]["message_thread_id"] == 7


def test_a_photo_is_heard_by_its_caption_and_its_address_is_given_to_nobody(
    bot_api: TelegramServer, tmp_path: Path
) -> None:
    photo = [{"file_id": "F", "file_unique_id": "f", "width": 9, "height": 9}]
    bot_api.update(message=bot_api.message(GROUP, ANNE, photo=photo, caption="my cat, Anna"))
    heard = one(bot_api, tmp_path)
    assert (heard.text, heard.to_us, heard.images) == ("my cat, Anna", True, ())


def test_who_writes_in_the_name_of_a_group_is_that_group_and_no_bot(
    bot_api: TelegramServer, tmp_path: Path
) -> None:
    hidden = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    bot_api.say("hi", user=hidden, sender_chat=GROUP)
    bot_api.say("beep", user={"id": 55, "is_bot": True, "first_name": "Beeper"})
    first, second = hear(bot_api, tmp_path, count=2).heard
    assert (first.author, first.name, first.author_is_bot) == ("-1002003004", "Friends", False)
    assert second.author_is_bot


def test_an_edited_message_is_remembered_as_edited_and_not_heard_again(
    bot_api: TelegramServer, tmp_path: Path
) -> None:
    said = bot_api.say("colour me read")
    bot_api.update(edited_message=said | {"text": "colour me red", "edit_date": 1700000000})
    bot_api.say("next")
    heard = hear(bot_api, tmp_path, count=2).heard
    assert [each.text for each in heard] == ["colour me read", "next"]
    assert [said.text for said in heard[1].context] == ["colour me red"]


def test_a_very_long_message_is_heard_whole(bot_api: TelegramServer, tmp_path: Path) -> None:
    bot_api.say("äß 😀 " * 20_000)
    assert one(bot_api, tmp_path).text == "äß 😀 " * 20_000
