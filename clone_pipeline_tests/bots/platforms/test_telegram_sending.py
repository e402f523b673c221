import asyncio
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.bots.connector import CannotTell, Gone, Refused, TryLater
from clone_pipeline_tests.bots.platforms import telegram_server
from clone_pipeline_tests.bots.platforms.ears import FakeEars
from clone_pipeline_tests.bots.platforms.listening import listening, reply, sent, until
from clone_pipeline_tests.bots.platforms.telegram_life import made, one, say
from clone_pipeline_tests.bots.platforms.telegram_server import (
    GROUP,
    TOKEN,
    TelegramServer,
)

pytest.importorskip("telegram")


def test_an_answer_is_a_reply_without_any_formatting(
    bot_api: TelegramServer, tmp_path: Path
) -> None:
    sent_id = say(bot_api, tmp_path, "Yes <b>and</b> *no*")
    (posted,) = bot_api.posted
    assert sent_id == f"-1002003004:{posted['message_id']}"
    assert posted["text"] == "Yes <b>and</b> *no*"
    assert posted["reply_to_message"]["text"] == "Anna?"
    assert posted["parse_mode"] is None
    say(bot_api, tmp_path, "just so", as_reply=False)
    assert "reply_to_message" not in bot_api.posted[-1]


def test_what_was_said_is_context_of_what_is_heard_next(
    bot_api: TelegramServer, tmp_path: Path
) -> None:
    bot_api.say("Anna?")
    ears = FakeEars()

    async def life() -> None:
        connector = made(bot_api, tmp_path)
        async with listening(connector, ears):
            await until(lambda: ears.heard)
            await connector.send(reply(ears.heard[0], "Yes?"))
            bot_api.say("Nothing.")
            await until(lambda: len(ears.heard) == 2)

    asyncio.run(life())
    assert [(said.text, said.ours) for said in ears.heard[1].context] == [
        ("Anna?", False), ("Yes?", True)
    ]  # fmt: skip


def test_nobody_is_mentioned(bot_api: TelegramServer, tmp_path: Path) -> None:
    text = "@everyone @all @ben_x, see https://example.org/@user and a@example.org"
    say(bot_api, tmp_path, text)
    assert [entity["type"] for entity in bot_api.posted[0]["entities"]] == []
    assert bot_api.posted[0]["text"].replace("\N{WORD JOINER}", "") == text
    assert "https://example.org/@user" in bot_api.posted[0]["text"]


def test_a_long_answer_is_split_by_telegrams_own_count(
    bot_api: TelegramServer, tmp_path: Path
) -> None:
    text = "😀" * 5000
    say(bot_api, tmp_path, text)
    shown = [posted["text"] for posted in bot_api.posted]
    assert "".join(shown) == text
    assert len(shown) == 3
    assert ["reply_to_message" in posted for posted in bot_api.posted] == [True, False, False]


def test_after_a_flood_limit_the_rest_is_sent_and_nothing_twice_even_in_a_new_life(
    bot_api: TelegramServer, tmp_path: Path
) -> None:
    bot_api.say("Anna?")
    heard, text = one(bot_api, tmp_path), "a" * 4096 + "b" * 4096 + "c"

    async def life() -> None:
        connector = made(bot_api, tmp_path)
        async with listening(connector, FakeEars()):
            bot_api.fault("sendMessage", none=True)
            bot_api.fault("sendMessage", status=429, retry_after=7)
            with pytest.raises(TryLater) as later:
                await connector.send(reply(heard, text))
            assert later.value.seconds == 7

    async def next_life() -> str:
        connector = made(bot_api, tmp_path)
        async with listening(connector, FakeEars()):
            return await connector.send(reply(heard, text, again=True))

    asyncio.run(life())
    assert asyncio.run(next_life()) == f"{GROUP['id']}:{bot_api.posted[0]['message_id']}"
    assert [posted["text"][0] for posted in bot_api.posted] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("status", "description", "expected"),
    [
        (403, "Forbidden: bot was blocked by the user", Gone),
        (400, "Bad Request: chat not found", Gone),
        (400, "Bad Request: not enough rights to send text messages to the chat", Gone),
        (400, "Bad Request: message text is empty", Refused),
        (401, "Unauthorized", TryLater),
    ],
)
def test_what_telegram_refuses_is_told_as_a_connector_does(
    bot_api: TelegramServer, tmp_path: Path, status: int, description: str,
    expected: type[Exception],
) -> None:  # fmt: skip
    bot_api.fault("sendMessage", status=status, description=description)
    with pytest.raises(expected) as told:
        say(bot_api, tmp_path, "hi")
    assert type(told.value) is expected
    assert TOKEN not in str(told.value)


def test_a_message_that_was_deleted_while_the_bot_thought_is_not_answered(
    bot_api: TelegramServer, tmp_path: Path
) -> None:
    said = bot_api.say("Anna?")
    heard = one(bot_api, tmp_path)
    bot_api.remove(said)

    async def life() -> None:
        connector = made(bot_api, tmp_path)
        async with listening(connector, FakeEars()):
            with pytest.raises(Gone):
                await connector.send(reply(heard, "hi"))

    asyncio.run(life())
    assert bot_api.posted == []


@pytest.mark.parametrize("fault", [{"after": True}, {}, {"status": 502}])
def test_where_nobody_knows_whether_it_was_sent_nothing_is_claimed(
    bot_api: TelegramServer, tmp_path: Path, fault: dict[str, Any]
) -> None:
    bot_api.fault("sendMessage", **fault)
    with pytest.raises(Exception, match=r".") as told:
        say(bot_api, tmp_path, "hi")
    assert not isinstance(told.value, Refused | TryLater)
    assert len(bot_api.posted) == (1 if fault.get("after") else 0)


def test_no_connection_is_certainly_nothing_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELEGRAMBOTAPIKEY", TOKEN)
    ears = FakeEars()

    async def life() -> None:
        with ExitStack() as running:
            server = running.enter_context(telegram_server.running())
            server.say("Anna?")
            connector = made(server, tmp_path)
            async with listening(connector, ears):
                await until(lambda: ears.heard)
                await connector.send(reply(ears.heard[0], "hi"))
                running.close()
                with pytest.raises(TryLater, match="can't be reached"):
                    await connector.send(reply(ears.heard[0], "hi again"))

    asyncio.run(life())


def test_telegram_can_not_be_asked_what_was_sent(bot_api: TelegramServer, tmp_path: Path) -> None:
    bot_api.say("Anna?")
    heard = one(bot_api, tmp_path)
    with pytest.raises(CannotTell):
        asyncio.run(made(bot_api, tmp_path).look_up(sent(heard, "hi", None)))


def test_what_was_sent_is_edited_in_place_and_surplus_parts_go(
    bot_api: TelegramServer, tmp_path: Path
) -> None:
    bot_api.say("Anna?")
    ears = FakeEars()

    async def life() -> None:
        connector = made(bot_api, tmp_path)
        async with listening(connector, ears):
            await until(lambda: ears.heard)
            heard = ears.heard[0]
            sent_id = await connector.send(reply(heard, "a" * 5000))
            item = sent(heard, "a" * 5000, sent_id)
            with pytest.raises(Refused, match="more parts"):
                await connector.edit(item, "b" * 9000)
            await connector.edit(item, "short, @ben_x")
            await connector.edit(item, "short, @ben_x")
            bot_api.remove(bot_api.posted[0])
            with pytest.raises(Gone):
                await connector.edit(item, "gone")

    asyncio.run(life())
    assert bot_api.edited[0]["text"] == "short, @\N{WORD JOINER}ben_x"
    assert bot_api.deleted == [(GROUP["id"], 3)]
