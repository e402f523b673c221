import asyncio
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.bots.heard import Heard
from clone_pipeline_tests.bots.platforms.ears import FakeEars
from clone_pipeline_tests.bots.platforms.listening import listening, until
from clone_pipeline_tests.bots.platforms.telegram_life import hear, made, one, say
from clone_pipeline_tests.bots.platforms.telegram_server import (
    ANNE,
    GROUP,
    TOKEN,
    TelegramServer,
)

pytest.importorskip("telegram")

MALFORMED: list[dict[str, Any]] = [
    {"message": {"message_id": 1}},
    {"message": "text"},
    {"message": []},
    {"message": {"message_id": 2, "date": "soon", "chat": GROUP, "text": "x"}},
    {"message": {"message_id": 3, "date": 1, "chat": {"id": "x"}, "text": "x"}},
    {"message": {"message_id": 4, "date": 10**30, "chat": GROUP, "text": "x"}},
    {"message": {"message_id": 5, "date": 1, "chat": GROUP, "from": ANNE, "text": 12}},
    {"message": {"message_id": 6, "date": 1, "chat": GROUP, "from": ANNE, "text": "a",
                 "entities": [{"type": "mention", "offset": "x", "length": None}]}},
    {"edited_message": {"message_id": 7}},
    {"a_kind_of_tomorrow": {"x": 1}},
    {"message": {"message_id": 8, "date": 1, "chat": GROUP, "new_chat_title": "x"}},
]  # fmt: skip


def test_malformed_updates_are_passed_over_and_confirmed(
    bot_api: TelegramServer, tmp_path: Path
) -> None:
    for update in MALFORMED:
        bot_api.update(**update)
    bot_api.updates[500] = "no update at all"
    bot_api.last_update = 501
    bot_api.say("sound")
    ears = FakeEars()

    async def life() -> None:
        async with listening(made(bot_api, tmp_path), ears):
            await until(lambda: not bot_api.updates)

    asyncio.run(life())
    assert [heard.text for heard in ears.heard if heard.text != "a"] == ["sound"]


def test_nothing_is_confirmed_before_it_was_heard(bot_api: TelegramServer, tmp_path: Path) -> None:
    for number in range(3):
        bot_api.say(f"message {number}")

    class Failing(FakeEars):
        def hear(self, heard: Heard) -> bool:
            if heard.text == "message 1":
                raise OSError("the disk is full")
            return super().hear(heard)

    with pytest.raises(OSError, match="disk is full"):
        asyncio.run(made(bot_api, tmp_path).run(Failing()))
    assert len(bot_api.updates) == 3
    assert len(hear(bot_api, tmp_path, count=3).heard) == 3


LIFE = """
import asyncio, os, signal, sys
from pathlib import Path
from clone_pipeline.bots.platform_settings import TelegramPlatform
from clone_pipeline.bots.platforms import telegram
from clone_pipeline_tests.bots.platforms.ears import FakeEars

class Deadly(FakeEars):
    def hear(self, heard):
        if heard.text == "message 150":
            os.kill(os.getpid(), signal.SIGKILL)
        with open(sys.argv[2], "a") as file:
            file.write(heard.text + "\\n")
        return True

settings = TelegramPlatform(api_url=sys.argv[1])
asyncio.run(telegram.connector(settings, bot="anna", folder=Path(sys.argv[2]).parent).run(Deadly()))
"""


def test_a_kill_between_hearing_and_confirming_loses_nothing(
    bot_api: TelegramServer, tmp_path: Path
) -> None:
    for number in range(200):
        bot_api.say(f"message {number}")
    into = tmp_path / "heard.txt"
    life = subprocess.run([sys.executable, "-c", LIFE, bot_api.url, str(into)], timeout=60)
    assert life.returncode == -signal.SIGKILL
    first = into.read_text().splitlines()
    assert len(first) == 150
    second = [heard.text for heard in hear(bot_api, tmp_path, count=100).heard]
    assert [*first[:100], *second] == [f"message {number}" for number in range(200)]


def test_listening_goes_on_after_errors_and_broken_connections(
    bot_api: TelegramServer, tmp_path: Path
) -> None:
    bot_api.fault("getUpdates", status=502)
    bot_api.fault("getUpdates")
    bot_api.fault("getUpdates", status=429, retry_after=1)
    bot_api.say("still there?")
    assert one(bot_api, tmp_path).text == "still there?"


def test_a_second_program_with_the_token_is_a_clear_error(
    bot_api: TelegramServer, tmp_path: Path
) -> None:
    async def lives() -> None:
        first = asyncio.create_task(made(bot_api, tmp_path).run(FakeEars()))
        await until(lambda: bot_api.polls == 1)
        second = asyncio.create_task(made(bot_api, tmp_path).run(FakeEars()))
        with pytest.raises(ConnectionRefusedError, match="TELEGRAMBOTAPIKEY is in use elsewhere"):
            await first
        second.cancel()
        await asyncio.wait([second])

    asyncio.run(lives())


def test_a_wrong_token_is_an_error_that_does_not_hold_it(
    bot_api: TelegramServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setenv("TELEGRAMBOTAPIKEY", "123:wrong")
    caplog.set_level("DEBUG")
    with pytest.raises(ConnectionRefusedError, match="TELEGRAMBOTAPIKEY") as told:
        asyncio.run(made(bot_api, tmp_path).run(FakeEars()))
    assert "123:wrong" not in str(told.value)
    assert "123:wrong" not in caplog.text


def test_no_log_holds_the_token(
    bot_api: TelegramServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    bot_api.fault("getUpdates", status=500)
    say(bot_api, tmp_path, "hi")
    assert TOKEN not in caplog.text


def test_thousands_of_messages_are_heard_quickly(bot_api: TelegramServer, tmp_path: Path) -> None:
    for number in range(2_000):
        bot_api.say(f"message {number}", chat=GROUP | {"id": -100 - number % 50})
    assert len(hear(bot_api, tmp_path, count=2_000).heard) == 2_000
