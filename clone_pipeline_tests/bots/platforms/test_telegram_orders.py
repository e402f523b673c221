import asyncio
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline_tests.bots.platforms.ears import FakeEars
from clone_pipeline_tests.bots.platforms.listening import listening, reply, until
from clone_pipeline_tests.bots.platforms.telegram_life import hear, made
from clone_pipeline_tests.bots.platforms.telegram_server import (
    BOT,
    DIRECT,
    GROUP,
    TelegramServer,
)

pytest.importorskip("telegram")


@pytest.mark.parametrize(
    ("text", "chat", "ordered"),
    [
        ("/stop", DIRECT, "stop"), ("/forget@anna_bot 80605", GROUP, "forget 80605"),
        ("/status@anna_bot", GROUP, "status"), ("/pause", DIRECT, "pause"),
    ],
)  # fmt: skip
def test_orders_are_carried_out_and_answered(
    bot_api: TelegramServer, tmp_path: Path, text: str, chat: dict[str, Any], ordered: str
) -> None:
    bot_api.say(text, chat=chat)
    ears = FakeEars(answer="So be it.")

    async def life() -> None:
        async with listening(made(bot_api, tmp_path), ears):
            await until(lambda: bot_api.posted)

    asyncio.run(life())
    assert ears.commands == [(ordered, "1001")]
    assert ears.heard == []
    assert bot_api.posted[0]["text"] == "So be it."
    assert bot_api.posted[0]["reply_to_message"]["text"] == text


@pytest.mark.parametrize(
    "text", ["/stop@other_bot", "/stop", "/status", "/stopping", "/start", "stop", "say /stop"]
)
def test_what_is_no_order_to_us_is_heard(
    bot_api: TelegramServer, tmp_path: Path, text: str
) -> None:
    bot_api.say(text)
    ears = hear(bot_api, tmp_path)
    assert (ears.commands, ears.heard[0].text) == ([], text)


def test_regenerate_takes_the_message_replied_to_or_else_our_last(
    bot_api: TelegramServer, tmp_path: Path
) -> None:
    bot_api.say("Anna?")
    ears = FakeEars()

    async def life() -> None:
        connector = made(bot_api, tmp_path)
        async with listening(connector, ears):
            await until(lambda: ears.heard)
            await connector.send(reply(ears.heard[0], "One."))
            bot_api.say("/regenerate@anna_bot")
            bot_api.say("/regenerate", reply_to_message=bot_api.message(GROUP, BOT, text="old"))
            await until(lambda: len(bot_api.posted) == 3)

    asyncio.run(life())
    assert ears.regenerated == [("-1002003004:2", "1001"), ("-1002003004:4", "1001")]


def test_an_answer_without_a_word_is_not_sent(bot_api: TelegramServer, tmp_path: Path) -> None:
    ears = FakeEars(answer="")
    bot_api.say("/pause", chat=DIRECT)
    bot_api.say("/regenerate", chat=DIRECT)

    async def life() -> None:
        async with listening(made(bot_api, tmp_path), ears):
            await until(lambda: ears.regenerated and not bot_api.updates)

    asyncio.run(life())
    assert ears.commands == [("pause", "1001")]
    assert bot_api.called("sendMessage") == []
