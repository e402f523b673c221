import asyncio
from typing import Any

import pytest

from clone_pipeline.bots.connector import Connector, Gone, Refused, Saying, TryLater
from clone_pipeline.bots.heard import Heard
from clone_pipeline_tests.bots.platforms.ears import FakeEars
from clone_pipeline_tests.bots.platforms.listening import reply, until
from clone_pipeline_tests.bots.platforms.matrix_world import World, after_a_message, elsewhere_in

pytest.importorskip("nio")
LIMITED = {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", "retry_after_ms": 1500}


NO: tuple[tuple[int, Any, type[Exception]], ...] = (
    (429, LIMITED, TryLater),
    (502, "<html>Bad Gateway</html>", TryLater),
    (401, {"errcode": "M_UNKNOWN_TOKEN", "error": "no"}, TryLater),
    (403, {"errcode": "M_FORBIDDEN", "error": "not in room"}, Gone),
    (403, "<html>Forbidden</html>", TryLater),
    (404, "<html>Not Found</html>", TryLater),
    (404, {"errcode": "M_UNRECOGNIZED", "error": "Unrecognized request"}, TryLater),
    (404, {"errcode": "M_NOT_FOUND", "error": "no"}, Gone),
    (413, {"errcode": "M_TOO_LARGE", "error": "event too large"}, Refused),
    (400, {"errcode": "M_BAD_JSON", "error": "no"}, Refused),
)


def test_what_the_homeserver_refuses_is_told_as_a_connector_does(world: World) -> None:
    async def then(connector: Connector, heard: Heard) -> None:
        for status, body, expected in NO:
            world.proxy.fault("PUT .*/send/", status=status, body=body)
            with pytest.raises(expected) as told:
                await connector.send(reply(heard, "yes"))
            assert type(told.value) is expected
            if isinstance(told.value, TryLater) and status == 429:
                assert told.value.seconds == 1.5

    after_a_message(world, then)
    assert world.proxy.sent == []


def test_a_limit_on_reading_is_one_to_wait_for(world: World) -> None:
    async def then(connector: Connector, heard: Heard) -> None:
        await connector.send(reply(heard, "yes"))

    world.proxy.fault("GET .*/event/", status=429, body=LIMITED)
    with pytest.raises(TryLater):
        after_a_message(world, then)


def test_a_message_that_was_deleted_while_the_bot_thought_is_not_answered(world: World) -> None:
    async def then(connector: Connector, heard: Heard) -> None:
        await asyncio.to_thread(world.anne.redact, heard.channel, heard.message_id)
        with pytest.raises(Gone, match="deleted"):
            await connector.send(reply(heard, "yes"))

    after_a_message(world, then)
    assert world.proxy.sent == []


def test_a_room_that_the_bot_was_put_out_of_is_gone(world: World) -> None:
    async def then(connector: Connector, heard: Heard) -> None:
        path = f"/rooms/{heard.channel}/kick"
        await asyncio.to_thread(world.anne.call, "POST", path, {"user_id": world.anna.id})
        with pytest.raises(Gone):
            await connector.send(Saying(elsewhere_in(heard), "yes", "n" * 24, as_reply=False))

    after_a_message(world, then)


def test_nothing_is_written_into_a_room_that_is_encrypted_now(world: World) -> None:
    ears, room = FakeEars(), world.anne.room(world.anna, world.ben)

    def encrypt() -> None:
        path = f"/rooms/{room}/state/m.room.encryption"
        world.anne.call("PUT", path, {"algorithm": "m.megolm.v1.aes-sha2"})
        world.anne.say(room, "And now?")

    async def live() -> None:
        async with world.life(ears) as connector:
            await asyncio.to_thread(world.anne.say, room, "Anna?")
            await until(lambda: ears.heard)
            await asyncio.to_thread(encrypt)
            await until(lambda: len(ears.heard) > 1)  # so what came before it was read, too
            with pytest.raises(Refused, match="encrypted"):
                await connector.send(reply(ears.heard[0], "yes"))

    asyncio.run(live())
