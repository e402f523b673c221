import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from discord.state import ConnectionState

from clone_pipeline_tests.bots.platforms import discord_server
from clone_pipeline_tests.bots.platforms.discord_life import TOKEN, Life, connected, live
from clone_pipeline_tests.bots.platforms.ears import FakeEars
from clone_pipeline_tests.bots.platforms.listening import until

HISTORY = "GET /channels/{channel}/messages"
UNAVAILABLE = (503, {"code": 0, "message": "x"})


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


@pytest.fixture(autouse=True)
def _short_wait_for_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """discord.py waits two seconds for further servers; an option of its client, as it says."""
    begin = ConnectionState.__init__

    def begin_soon(self: Any, **options: Any) -> None:
        begin(self, **{"guild_ready_timeout": 0.3, **options})

    monkeypatch.setattr(ConnectionState, "__init__", begin_soon)


def gap(there: "Absence") -> int:
    kept: int = json.loads((there.folder / "discord-garden.json").read_text())["gap"]
    return kept


class Absence:
    """Ann spoke in a second channel while the bot was away."""

    def __init__(self, server: discord_server.DiscordServer, folder: Path) -> None:
        self.server, self.folder, self.ears = server, folder, FakeEars()
        self.guild = self.channel = self.quiet = self.missed = ""

    async def begin(self, *, messages: int = 1) -> None:
        async with connected(self.server, self.folder, ears=self.ears) as life:
            self.guild, self.channel = life.guild, life.channel
            self.quiet = self.server.channel(life.guild, "quiet")
            await life.heard(self.server.say(self.quiet, life.ann, "before", ago=900))
        for number in range(messages):
            missed = self.server.say(self.quiet, life.ann, "missed", ago=300 - number / 10)
            self.missed = self.missed or missed

    def again(self) -> AbstractAsyncContextManager[Life]:
        return connected(
            self.server, self.folder, ears=self.ears, guild=self.guild, channel=self.channel
        )


@pytest.fixture
def away(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[[Callable[[Absence], Awaitable[None]]], None]:
    monkeypatch.setenv("DISCORDTOKEN", TOKEN)

    def run(test: Callable[[Absence], Awaitable[None]]) -> None:
        with discord_server.running(token=TOKEN) as server:
            asyncio.run(test(Absence(server, tmp_path)))  # type: ignore[arg-type]

    return run


def test_what_was_missed_is_read_again_where_it_could_not_be_read(
    away: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clone_pipeline.bots.platforms.discord_history._PAUSES", (0.2,) * 20)

    async def test(there: Absence) -> None:
        await there.begin()
        there.server.rest.closed[there.quiet] = UNAVAILABLE
        async with there.again() as second:
            await until(lambda: there.server.requests[HISTORY] > 2)
            await second.said("early", channel=there.quiet)
            assert not there.ears.known(there.missed)
            del there.server.rest.closed[there.quiet]
            await until(lambda: there.ears.known(there.missed), seconds=10)
            later = await second.said("later", channel=there.quiet)
        assert [each.text for each in later.context] == ["before", "missed", "early"]

    away(test)


def test_a_bot_that_ends_while_it_catches_up_goes_on_with_that_in_its_next_life(away: Any) -> None:
    async def test(there: Absence) -> None:
        await there.begin()
        there.server.rest.closed[there.quiet] = UNAVAILABLE
        async with there.again() as second:
            await second.said("now")
        del there.server.rest.closed[there.quiet]
        async with there.again():
            await until(lambda: there.ears.known(there.missed), seconds=10)
            await until(lambda: gap(there) == 0)

    away(test)


def test_a_channel_whose_history_is_closed_to_the_bot_is_not_asked_for(away: Any) -> None:
    async def test(there: Absence) -> None:
        await there.begin()
        for role in there.server.world.guilds[there.guild]["roles"]:
            role["permissions"] = str(1 << 10)  # it may see the channels
        asked = there.server.requests[HISTORY]
        async with there.again() as second:
            await second.said("now")
            await until(lambda: gap(there) == 0)
        assert there.server.requests[HISTORY] == asked + 1

    away(test)


def test_more_than_is_read_of_an_absence_is_told(
    away: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def test(there: Absence) -> None:
        await there.begin(messages=101)
        async with there.again():
            await until(lambda: len(there.ears.heard) == 101)
        assert not there.ears.known(there.missed)

    away(test)
    assert any("More than 100 messages were missed" in each.message for each in caplog.records)
