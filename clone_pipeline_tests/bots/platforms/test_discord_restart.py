import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline_tests.bots.platforms import discord_server
from clone_pipeline_tests.bots.platforms.discord_life import TOKEN, Life, connected, live
from clone_pipeline_tests.bots.platforms.ears import FakeEars
from clone_pipeline_tests.bots.platforms.listening import until


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    return lambda test, **more: live(monkeypatch, tmp_path, test, **more)


def test_after_a_restart_it_hears_what_was_said_while_it_was_away(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DISCORDTOKEN", TOKEN)

    async def run(server: discord_server.DiscordServer) -> None:
        ears = FakeEars()
        async with connected(server, tmp_path, ears=ears) as life:
            direct = server.direct(life.ann)
            old = server.say(life.channel, life.ann, "long ago", ago=7200)
            quiet = server.channel(life.guild, "quiet")
            await life.said("before", channel=direct)
            await life.said("before")
        missed = server.say(life.channel, life.ann, "missed")
        aside = server.say(quiet, life.ann, "missed in a quiet channel")
        alone = server.say(direct, life.ann, "missed alone")
        again = connected(server, tmp_path, ears=ears, guild=life.guild, channel=life.channel)
        async with again as second:
            await until(lambda: all(map(ears.known, (missed, aside, alone))))
            assert (await second.heard(alone)).kind == "direct"
            assert len({each.message_id for each in ears.heard}) == len(ears.heard) == 6
            assert ears.known(old)

    with discord_server.running(token=TOKEN) as server:
        asyncio.run(run(server))
    assert TOKEN not in (tmp_path / "discord-garden.json").read_text()


def test_a_bot_that_was_never_there_answers_nothing_old(play: Any) -> None:
    async def test(life: Life) -> None:
        old = life.server.say(life.channel, life.ann, "before its time", told=False)
        heard = await life.said("now")
        assert [said.message_id for said in heard.context] == [old]
        assert not life.ears.known(old)

    play(test)


def test_a_spoiled_file_of_traces_is_no_obstacle(play: Any, tmp_path: Path) -> None:
    (tmp_path / "discord-garden.json").write_text("{")

    async def test(life: Life) -> None:
        await life.said("now")

    play(test)
    assert json.loads((tmp_path / "discord-garden.json").read_text())["seen"]
