import asyncio
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.platforms import telegram_polling
from clone_pipeline_tests.bots.platforms.ears import FakeEars
from clone_pipeline_tests.bots.platforms.listening import listening, until
from clone_pipeline_tests.bots.platforms.telegram_life import hear, made, say
from clone_pipeline_tests.bots.platforms.telegram_server import TOKEN, TelegramServer

pytest.importorskip("telegram")
from telegram import Bot, Update


def test_what_is_not_confirmed_is_heard_once_and_told_again_to_the_next(
    bot_api: TelegramServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_polling, "_UNCONFIRMED_SECONDS", 0.01)
    bot_api.say("one")
    told: list[str] = []

    class Telling(FakeEars):
        def hear(self, heard: Heard) -> bool:
            told.append(heard.text)
            return super().hear(heard)

    async def life() -> None:
        async with listening(made(bot_api, tmp_path, confirm=False), Telling()):
            await until(lambda: bot_api.polls > 3)
            bot_api.say("two")
            await until(lambda: len(told) > 1)

    asyncio.run(life())
    assert told == ["one", "two"]
    assert all("offset" not in asked for asked in bot_api.called("getUpdates"))
    assert [heard.text for heard in hear(bot_api, tmp_path, count=2).heard] == ["one", "two"]


def test_numbers_of_updates_may_begin_anew_after_a_quiet_week() -> None:
    asked: list[int | None] = []
    batches = [(Update(1000),), (Update(5),), ()]

    class Renumbering(Bot):
        async def get_updates(self, *args: Any, **options: Any) -> tuple[Update, ...]:
            asked.append(options["offset"])
            return batches[len(asked) - 1]

    async def life() -> None:
        arriving = telegram_polling.updates(Renumbering(TOKEN), token_env="X")
        with pytest.raises(IndexError):
            async for _ in arriving:
                pass

    asyncio.run(life())
    assert asked == [None, 1001, 6, 6]


def test_a_group_that_became_a_supergroup_is_followed_there_with_all_parts(
    bot_api: TelegramServer, tmp_path: Path
) -> None:
    new = {"migrate_to_chat_id": -1009}
    description = "Bad Request: group chat was upgraded to a supergroup chat"
    bot_api.fault("sendMessage", status=400, description=description, parameters=new)
    sent_id = say(bot_api, tmp_path, "a" * 5000)
    assert [posted["chat"]["id"] for posted in bot_api.posted] == [-1009, -1009]
    assert sent_id == f"-1009:{bot_api.posted[0]['message_id']}"
