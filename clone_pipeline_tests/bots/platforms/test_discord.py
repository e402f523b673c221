import importlib.util
import logging
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.bots.platform_settings import DiscordPlatform
from clone_pipeline.bots.platforms import discord
from clone_pipeline_tests.bots.platforms.discord_life import TOKEN, Life, connected, live
from clone_pipeline_tests.bots.platforms.ears import FakeEars
from clone_pipeline_tests.bots.platforms.listening import reply, until


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    return lambda test, **more: live(monkeypatch, tmp_path, test, **more)


def test_without_a_token_or_the_library_it_is_skipped_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    platform = DiscordPlatform(token_env="MY_TOKEN")
    monkeypatch.delenv("MY_TOKEN", raising=False)
    assert "MY_TOKEN" in (discord.skipped(platform) or "")
    monkeypatch.setenv("MY_TOKEN", " ")
    assert "MY_TOKEN" in (discord.skipped(platform) or "")
    monkeypatch.setenv("MY_TOKEN", TOKEN)
    assert discord.skipped(platform) is None
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert "clone-pipeline[bots]" in (discord.skipped(platform) or "")


def test_banned_servers_are_left_and_never_heard(play: Any, tmp_path: Path) -> None:
    async def test(life: Life) -> None:
        server = life.server
        banned, there = server.guild("Casino"), []
        there.append(server.channel(banned))
        again = connected(
            server, tmp_path / "b", guild=life.guild, channel=life.channel, banned_servers=[banned]
        )
        async with again as second:
            server.say(there[0], life.ann, "bet now!")
            await second.said("hello")
            await until(lambda: server.rest.left == [banned])
            assert [each.text for each in second.ears.heard] == ["hello"]

    play(test)


def test_the_profile_says_once_that_it_is_a_bot(play: Any) -> None:
    async def test(life: Life) -> None:
        account = life.server.world.accounts[TOKEN]
        account.description = "Asks about beans."
        for _ in range(2):
            await life.connector.introduce("I am a bot: an account of Ann's. Say stop.")
            assert account.description == (
                "Asks about beans.\n\nI am a bot: an account of Ann's. Say stop."
            )
        account.description = "x" * 370
        await life.connector.introduce("I am a bot: Ann's. " + "Say stop. " * 5)
        assert account.description == "x" * 370 + "\n\nI am a bot: Ann's."
        account.description = "x" * 399
        await life.connector.introduce("I am a bot.")
        assert account.description == "x" * 399
        assert life.server.requests["PATCH /applications/@me"] == 2

    play(test)


def test_slash_commands_are_told_once_and_obeyed_for_the_asker_alone(
    play: Any, tmp_path: Path
) -> None:
    async def test(life: Life) -> None:
        server, channel = life.server, life.channel
        server.order(channel, life.ann, "stop")
        await until(lambda: len(server.rest.answers) == 1)
        bob = server.person("bob")
        server.order(channel, life.ann, "forget", user=bob)
        server.order(channel, life.ann, "forget")
        link = f"https://discord.com/channels/{life.guild}/{channel}/123456789"
        server.order(channel, life.ann, "regenerate", message=link)
        server.order(channel, life.ann, "regenerate")
        await until(lambda: len(server.rest.callbacks) == 5)
        ours = await life.connector.send(reply(await life.said("Hi"), "Ho"))
        await life.said("So")
        direct = server.direct(life.ann)
        for word in ("pause", "resume", "status"):
            server.order(direct, life.ann, word)
        server.order(channel, life.ann, "regenerate")
        await until(lambda: len(life.ears.commands) == 8)
        assert sorted(life.ears.commands) == sorted(
            (words, life.ann)
            for words in (
                "stop", f"forget {bob}", f"forget {life.ann}", "regenerate 123456789",
                f"regenerate {ours}", "pause", "resume", "status",
            )
        )  # fmt: skip
        await until(lambda: len(server.rest.answers) == 8)
        assert {each["content"] for each in server.rest.answers} == {"Done."}
        assert all(each["data"]["flags"] == 64 for each in server.rest.callbacks)
        assert all(each["allowed_mentions"] == {"parse": []} for each in server.rest.answers)
        assert server.rest.command_writes == 1
        again = connected(server, tmp_path / "b", guild=life.guild, channel=channel)
        async with again as second:
            await second.said("hello")
        assert server.rest.command_writes == 1

    play(test)


@pytest.mark.parametrize("emoji", ["\N{BRAIN}", "\N{BRAIN}\ufe0f"])
def test_the_reaction_has_a_reply_of_ours_written_anew(play: Any, emoji: str) -> None:
    async def test(life: Life) -> None:
        heard = await life.said("Hi")
        ours = await life.connector.send(reply(heard, "Ho"))
        life.server.react(life.channel, heard.message_id, life.ann, emoji)
        life.server.react(life.channel, ours, life.ann, "\N{THUMBS UP SIGN}")
        life.server.react(life.channel, ours, life.server.bot, emoji)
        life.server.react(life.channel, ours, life.ann, emoji)
        await until(lambda: life.ears.regenerated)
        await life.said("done")
        long = await life.connector.send(reply(heard, "Ho. " * 900))
        life.server.react(life.channel, life.server.posted[-1].message["id"], life.ann, emoji)
        await until(lambda: len(life.ears.regenerated) > 1)
        assert life.ears.regenerated == [(ours, life.ann), (long, life.ann)]

    play(test)


def test_the_token_and_texts_stay_out_of_the_log(
    play: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    async def test(life: Life) -> None:
        heard = await life.said("A secret between us")
        life.server.faults.plan.append("429")
        await life.connector.send(reply(heard, "I keep it"))

    play(test)
    assert TOKEN not in caplog.text
    assert "secret between us" not in caplog.text
    assert "I keep it" not in caplog.text


def test_two_addresses_in_one_process_are_refused(play: Any, tmp_path: Path) -> None:
    async def test(life: Life) -> None:
        other = DiscordPlatform(api_url="http://127.0.0.1:9")
        connector = discord.connector(other, bot="other", folder=tmp_path)
        with pytest.raises(Exception, match="one address a process"):
            await connector.run(FakeEars())
        await life.said("still here")

    play(test)


def test_without_slash_commands_none_are_told(play: Any) -> None:
    async def test(life: Life) -> None:
        await life.said("Hi")
        assert not any("/commands" in path for path in life.server.requests)
        assert life.server.rest.command_writes == 0

    play(test, slash_commands=False)
