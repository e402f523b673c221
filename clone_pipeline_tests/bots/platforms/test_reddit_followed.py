"""Followed accounts: heard everywhere, and voted on where the settings say so."""

import asyncio

import pytest

from clone_pipeline.bots.platform_settings import VoteSettings
from clone_pipeline.bots.platforms.reddit_votes import wish
from clone_pipeline_tests.bots.platforms.ears import FakeEars
from clone_pipeline_tests.bots.platforms.listening import until
from clone_pipeline_tests.bots.platforms.reddit_bot import Place

pytest_plugins = ["clone_pipeline_tests.bots.platforms.reddit_fixture"]


def test_followed_accounts_are_heard_everywhere_and_where_they_write_others_too(
    on_reddit: Place,
) -> None:
    life, ears = on_reddit.life, FakeEars()
    moss = life.post("Moss", author="ben")
    life.answer(moss, "an old comment", author="cleo")
    follow = {"agreed": True, "proximal_frequency": 0.5}
    on_reddit.settings |= {"subs": {}, "inbox": False, "follow": {"cleo": follow}}

    def happen() -> None:
        life.post("Stones", "a post of cleo", author="Cleo")
        life.answer(life.post("Ferns", author="dora"), "a comment of cleo", author="cleo")

    async def run() -> None:
        async with on_reddit.listening(ears):
            happen()
            await until(lambda: len(ears.heard) >= 2)
            await until(lambda: any("/r/ferns+moss/comments" in key for key in
                                    on_reddit.server.answered))  # fmt: skip
            await until(lambda: on_reddit.looks()["/r/ferns+moss/new"] > 1)
            life.answer(moss, "somebody near cleo")
            await until(lambda: len(ears.heard) >= 3)

    asyncio.run(run())
    assert sorted([each.text for each in ears.heard]) == [
        "a comment of cleo",
        "a post of cleo",
        "somebody near cleo",
    ]


def test_an_account_that_is_gone_holds_nobody_up(on_reddit: Place) -> None:
    life, ears, server = on_reddit.life, FakeEars(), on_reddit.server
    on_reddit.settings |= {"subs": {}, "inbox": False}
    on_reddit.settings["follow"] = {name: {"agreed": True} for name in ("gone", "cleo")}
    server.plan = lambda number, path: (404, None) if path.startswith("/user/gone") else None

    async def run() -> None:
        connector = on_reddit.connector()
        task = asyncio.create_task(connector.run(ears))
        await until(lambda: on_reddit.looks()["/user/cleo/submitted"])
        life.post("Stones", "here", author="cleo")
        await until(lambda: ears.heard)
        task.cancel()
        await asyncio.wait([task])

    asyncio.run(run())
    assert [each.text for each in ears.heard] == ["here"]


def test_votes_are_cast_as_the_settings_say_and_for_followed_accounts_alone(
    on_reddit: Place, caplog: pytest.LogCaptureFixture
) -> None:
    life, ears = on_reddit.life, FakeEars()
    vote = {"up": 0.5, "down": 1.0, "min": 0, "max": 0}
    on_reddit.settings["follow"] = {
        "cleo": {"agreed": True, "vote": vote},
        "dora": {"agreed": True},
    }
    life.post("Stones", "old", author="cleo")

    async def run() -> None:
        async with on_reddit.listening(ears):
            for name in ("cleo", "dora", "ben"):
                life.post("Plants", f"of {name}", author=name)
            for _ in range(9):
                life.post("Stones", "new", author="cleo")
            await until(lambda: len(life.votes) >= 10)

    asyncio.run(run())
    settings = VoteSettings.model_validate(vote)
    names = [note.name for note in life.order if note.author == "cleo"][1:]
    found = {name: wish(name, settings, bot="anna") for name in names}
    assert dict(life.votes) == {name: made[0] for name, made in found.items() if made}
    assert set(dict(life.votes).values()) == {1, -1}
    assert "cast by a person" in caplog.text
