from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.bots.connector import CannotTell, Refused, TryLater
from clone_pipeline.bots.splitting import split
from clone_pipeline_tests.bots.platforms.discord_life import Life, live
from clone_pipeline_tests.bots.platforms.discord_server import Fault
from clone_pipeline_tests.bots.platforms.listening import reply, sent

LONG = "A sentence about beans and how they grow. " * 120
PINGS = "@everyone @here <@&1> <@900> " * 40


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    return lambda test, **more: live(monkeypatch, tmp_path, test, **more)


def contents(life: Life) -> list[str]:
    return [each.body["content"] for each in life.server.posted]


@pytest.mark.parametrize("as_reply", [True, False])
@pytest.mark.parametrize("fault", ["cut before", "cut after"])
def test_a_lost_answer_is_looked_up_and_nothing_is_sent_twice(
    play: Any, fault: Fault, as_reply: bool
) -> None:
    async def test(life: Life) -> None:
        heard = await life.said("Hi")
        life.server.faults.plan.append(fault)
        with pytest.raises(Exception) as broken:  # noqa: PT011 - whatever the library raises
            await life.connector.send(reply(heard, "Ho", as_reply=as_reply))
        assert not isinstance(broken.value, (Refused, TryLater))
        found = await life.connector.look_up(sent(heard, "Ho", None))
        assert (found is not None) == (fault == "cut after" and as_reply)
        again = await life.connector.send(reply(heard, "Ho", as_reply=as_reply, again=True))
        assert found in (None, again)
        assert len(life.server.posted) == 1
        held = life.server.world.messages[life.channel]
        assert [each["content"] for each in held.values()] == ["Hi", "Ho"]

    play(test)


def test_only_the_parts_that_are_missing_are_sent_again(play: Any) -> None:
    async def test(life: Life) -> None:
        heard = await life.said("Tell me all")
        life.server.faults.plan.extend([None, "cut before"])
        with pytest.raises(Exception):  # noqa: B017, PT011 - whatever the library raises
            await life.connector.send(reply(heard, LONG))
        assert await life.connector.look_up(sent(heard, LONG, None)) is None
        first = await life.connector.send(reply(heard, LONG, again=True))
        assert contents(life) == split(LONG)
        assert life.server.posted[0].message["id"] == first
        assert life.server.posted[0].duplicates == 0

    play(test)


def test_what_is_older_than_nonces_is_found_by_its_text(play: Any) -> None:
    async def test(life: Life) -> None:
        told = life.server.say(life.channel, life.ann, "Hi", ago=3600)
        heard = await life.heard(told)
        parts = [
            life.server.say(life.channel, life.server.bot, part, told=False, ago=3000 - number)
            for number, part in enumerate(split(LONG))
        ]
        assert await life.connector.look_up(sent(heard, LONG, None)) == parts[0]
        assert await life.connector.look_up(sent(heard, "Something else", None)) is None
        assert await life.connector.send(reply(heard, LONG, as_reply=False, again=True)) == parts[0]
        assert life.server.posted == []
        life.ears.sent.add(parts[0])
        assert await life.connector.look_up(sent(heard, LONG, None)) is None

    play(test)


def test_a_place_that_is_closed_now_has_nothing_of_ours(play: Any) -> None:
    async def test(life: Life) -> None:
        heard = await life.said("Hi")
        life.server.rest.closed[life.channel] = (403, {"code": 50001, "message": "Missing Access"})
        assert await life.connector.look_up(sent(heard, "Ho", None)) is None

    play(test)


def much_is_said(life: Life, *, ago: float) -> None:
    """More than is looked through."""

    def say() -> None:
        for number in range(520):
            text = f"noise {number}"
            life.server.say_now(life.channel, life.ann, text, told=False, ago=ago - number / 100)

    life.server.do(say)


def test_an_answer_is_found_below_much_that_was_said_since_and_never_sent_blindly(
    play: Any,
) -> None:
    async def test(life: Life) -> None:
        told = life.server.say(life.channel, life.ann, "Hi", ago=3600)
        heard = await life.heard(told)
        ours = life.server.say(
            life.channel, life.server.bot, "Ho", told=False, ago=3500, answers=told
        )
        much_is_said(life, ago=3000)
        assert await life.connector.look_up(sent(heard, "Ho", None)) == ours
        assert await life.connector.send(reply(heard, "Ho", again=True)) == ours
        with pytest.raises(CannotTell):
            await life.connector.look_up(sent(heard, LONG, None))
        with pytest.raises(CannotTell):
            await life.connector.send(reply(heard, LONG, again=True))
        assert life.server.posted == []

    play(test)


def test_a_remark_that_answers_nothing_is_looked_for_since_it_was_planned(play: Any) -> None:
    async def test(life: Life) -> None:
        now = datetime.now(UTC)
        plan = replace(
            await life.said("Hi"), message_id="musing:1", heard=now - timedelta(minutes=30)
        )
        life.server.say(life.channel, life.server.bot, "Hm.", told=False, ago=9000)
        assert await life.connector.look_up(sent(plan, "Hm.", None)) is None
        ours = life.server.say(life.channel, life.server.bot, "Hm.", told=False, ago=1500)
        much_is_said(life, ago=1000)
        assert await life.connector.look_up(sent(plan, "Hm.", None)) == ours

    play(test)
