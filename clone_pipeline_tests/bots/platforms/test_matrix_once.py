import asyncio
import dataclasses
from datetime import timedelta

import pytest

from clone_pipeline.bots.connector import CannotTell, Connector, Refused, TryLater
from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.platforms import matrix_sending
from clone_pipeline.bots.platforms.matrix_wire import MatrixError
from clone_pipeline_tests.bots.platforms.ears import FakeEars
from clone_pipeline_tests.bots.platforms.listening import reply, sent
from clone_pipeline_tests.bots.platforms.matrix_world import (
    World,
    after_a_message,
    elsewhere_in,
    said_by_us,
)

pytest.importorskip("nio")


def test_an_answer_whose_arrival_nobody_knows_of_is_made_once(world: World) -> None:
    async def then(connector: Connector, heard: Heard) -> str:
        # Clients try a PUT again by themselves where a used line breaks.
        for _ in range(2):
            world.proxy.fault("PUT .*/send/", after=True)
        with pytest.raises(Exception, match=r".") as told:
            await connector.send(reply(heard, "yes"))
        assert not isinstance(told.value, Refused | TryLater)
        assert await connector.look_up(sent(heard, "yes", None)) is None
        world.proxy.faults.clear()
        await connector.send(reply(heard, "yes", again=True))
        return heard.channel

    room = after_a_message(world, then)
    assert said_by_us(world, room) == ["yes"]
    assert len({posted.event_id for posted in world.proxy.sent}) == 1


def test_the_next_life_sends_it_once_too(world: World) -> None:
    async def then(connector: Connector, heard: Heard) -> Heard:
        await connector.send(reply(heard, "yes"))
        return heard

    heard = after_a_message(world, then)
    first = world.proxy.sent[0].event_id

    async def live() -> str:
        async with world.life(FakeEars()) as connector:
            return await connector.send(reply(heard, "yes", again=True))

    assert asyncio.run(live()) == first
    assert said_by_us(world, heard.channel) == ["yes"]


def test_after_twenty_minutes_the_room_is_read_for_what_was_sent(world: World) -> None:
    long_text = "a" * 10_000 + "b" * 10_000

    async def then(connector: Connector, heard: Heard) -> None:
        old = dataclasses.replace(heard, heard=heard.heard - timedelta(minutes=21))
        assert await connector.look_up(sent(old, "yes", None)) is None
        sent_id = await connector.send(reply(heard, "yes"))
        assert await connector.look_up(sent(heard, "yes", None)) is None
        assert await connector.look_up(sent(old, "yes", None)) == sent_id
        assert await connector.look_up(sent(old, "no", None)) is None
        elsewhere = dataclasses.replace(old, message_id="$another")
        assert await connector.look_up(sent(elsewhere, "yes", None)) is None
        first = await connector.send(reply(elsewhere_in(heard), long_text[:10_000]))
        half = sent(elsewhere_in(old), long_text, None)
        assert await connector.look_up(half) is None
        saying = reply(elsewhere_in(heard), long_text, again=True)
        assert await connector.send(saying) == first
        assert await connector.look_up(half) == first

    after_a_message(world, then)
    room = world.proxy.sent[0].room
    assert said_by_us(world, room) == ["yes", "a" * 10_000, "b" * 10_000]


def test_what_others_said_since_does_not_hide_what_was_sent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matrix_sending, "_PAGES", 2)
    monkeypatch.setattr(matrix_sending, "_PAGE", 5)

    async def then(connector: Connector, heard: Heard) -> None:
        sent_id = await connector.send(reply(heard, "yes"))

        def chatter() -> None:
            for number in range(11):
                world.ben.say(heard.channel, str(number))

        await asyncio.to_thread(chatter)
        old = dataclasses.replace(heard, heard=heard.heard - timedelta(minutes=21))
        assert await connector.look_up(sent(old, "yes", None)) == sent_id
        assert await connector.look_up(sent(old, "no", None)) is None

    after_a_message(world, then)


def test_where_too_much_is_to_be_read_or_nothing_may_be_nothing_is_claimed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbidden = {"errcode": "M_FORBIDDEN", "error": "not in room"}

    async def then(connector: Connector, heard: Heard) -> None:
        old = dataclasses.replace(heard, heard=heard.heard - timedelta(minutes=21))
        item = sent(old, "yes", None)
        world.proxy.fault("GET .*/messages", status=403, body=forbidden)
        with pytest.raises(CannotTell, match="M_FORBIDDEN"):
            await connector.look_up(item)
        world.proxy.fault("GET .*/messages", status=404, body="<html>Not Found</html>")
        with pytest.raises(MatrixError):
            await connector.look_up(item)
        monkeypatch.setattr(matrix_sending, "_PAGES", 0)
        with pytest.raises(CannotTell, match="more was said"):
            await connector.look_up(item)

    after_a_message(world, then)
