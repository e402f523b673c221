import asyncio
from pathlib import Path

import pytest

from clone_pipeline.bots.platform_settings import TelegramPlatform
from clone_pipeline.bots.platforms import telegram
from clone_pipeline_tests.bots.platforms.ears import FakeEars
from clone_pipeline_tests.bots.platforms.listening import listening, until
from clone_pipeline_tests.bots.platforms.telegram_life import made
from clone_pipeline_tests.bots.platforms.telegram_server import (
    TelegramServer,
)

pytest.importorskip("telegram")


def test_typing_is_shown_while_the_bot_writes_and_its_failure_disturbs_nothing(
    bot_api: TelegramServer, tmp_path: Path
) -> None:
    bot_api.say("Anna?")
    ears = FakeEars()

    async def life() -> None:
        connector = made(bot_api, tmp_path)
        async with listening(connector, ears):
            await until(lambda: ears.heard)
            async with connector.typing(ears.heard[0]):
                await until(lambda: bot_api.called("sendChatAction"))
            bot_api.fault("sendChatAction", status=403, description="Forbidden: kicked")
            async with connector.typing(ears.heard[0]):
                await until(lambda: not bot_api.faults["sendChatAction"])

    asyncio.run(life())
    assert bot_api.called("sendChatAction")[0]["action"] == "typing"


def test_the_profile_says_bot_unless_it_does_already(
    bot_api: TelegramServer, tmp_path: Path
) -> None:
    text = "I am a bot: an automated account that speaks as Anna. Tell me to stop. " + "x" * 100

    async def life() -> None:
        connector = made(bot_api, tmp_path)
        async with listening(connector, FakeEars()):
            await connector.introduce(text)

    asyncio.run(life())
    assert bot_api.profile["description"] == text
    assert bot_api.profile["short_description"] == text[:70]
    bot_api.profile |= {"description": "Your friendly Bot.", "short_description": "Anna"}
    asyncio.run(life())
    assert bot_api.profile["description"] == "Your friendly Bot."
    assert bot_api.profile["short_description"] == "Anna"


def test_without_its_token_the_platform_is_skipped_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("MY_TOKEN", raising=False)
    sentence = telegram.skipped(TelegramPlatform(token_env="MY_TOKEN"))
    assert sentence == "set MY_TOKEN to the token that @BotFather gave, in .env"
    monkeypatch.setenv("MY_TOKEN", "x")
    assert telegram.skipped(TelegramPlatform(token_env="MY_TOKEN")) is None
