import asyncio

import pytest

from clone_pipeline.bots.connector import Connector
from clone_pipeline.bots.heard import Heard
from clone_pipeline_tests.bots.platforms.ears import FakeEars
from clone_pipeline_tests.bots.platforms.listening import reply, until
from clone_pipeline_tests.bots.platforms.matrix_world import World, after_a_message

pytest.importorskip("nio")


def test_typing_is_shown_while_the_bot_writes_and_its_failure_disturbs_nothing(
    world: World,
) -> None:
    async def then(connector: Connector, heard: Heard) -> None:
        async with connector.typing(heard):
            await until(lambda: world.proxy.count("PUT .*/typing/"))
        world.proxy.fault("PUT .*/typing/", status=403, body={"errcode": "M_FORBIDDEN"})
        async with connector.typing(heard):
            await until(lambda: not world.proxy.faults)

    after_a_message(world, then)


def test_the_name_says_bot_unless_it_does_already(world: World) -> None:
    async def live() -> None:
        async with world.life(FakeEars()) as connector:
            await connector.introduce("I am a bot.")

    for _ in range(2):
        asyncio.run(live())
    shown = world.anna.call("GET", f"/profile/{world.anna.id}/displayname")
    assert shown == {"displayname": "Anna (bot)"}
    room = world.anne.room(world.anna)
    (heard,) = world.hear(lambda: world.anne.say(room, "anna, hello"))
    assert heard.to_us


def test_orders_are_carried_out_and_answered_by_a_notice(world: World) -> None:
    ears, room = FakeEars(answer="So be it."), world.anne.room(world.anna)
    orders = {"!stop": "stop", "Anna: !forget @ben:x": "forget @ben:x", "!STATUS": "status"}

    async def live() -> None:
        async with world.life(ears):
            for text in orders:
                await asyncio.to_thread(world.anne.say, room, text)
            await until(lambda: len(world.proxy.sent) == len(orders))

    asyncio.run(live())
    assert ears.heard == []
    assert ears.commands == [(order, world.anne.id) for order in orders.values()]
    for posted in world.proxy.sent:
        assert (posted.content["msgtype"], posted.content["body"]) == ("m.notice", "So be it.")


def test_what_is_no_order_to_us_is_heard(world: World) -> None:
    room = world.anne.room(world.anna, world.ben)
    texts = ["!pause", "Ben: !stop", "!stopping Anna", "Anna stop"]

    def say() -> None:
        for text in texts:
            world.anne.say(room, text)

    assert [each.text for each in world.hear(say, count=4)] == texts
    assert world.proxy.sent == []


def test_regenerate_takes_the_message_replied_to_or_else_our_last(world: World) -> None:
    ears, room = FakeEars(), world.anne.room(world.anna)
    old = world.anna.say(room, "old")
    world.anna.say(room, "other")
    relation = {"m.relates_to": {"m.in_reply_to": {"event_id": old}}}

    async def live() -> None:
        async with world.life(ears) as connector:
            await asyncio.to_thread(world.anne.say, room, "Anna?")
            await until(lambda: ears.heard)
            await connector.send(reply(ears.heard[0], "Yes."))
            await asyncio.to_thread(world.anne.say, room, "!regenerate")
            await asyncio.to_thread(world.anne.say, room, "!regenerate", **relation)
            await until(lambda: len(world.proxy.sent) == 3)

    asyncio.run(live())
    assert ears.regenerated == [
        (world.proxy.sent[0].event_id, world.anne.id), (old, world.anne.id)
    ]  # fmt: skip


def test_an_answer_without_a_word_is_not_sent(world: World) -> None:
    ears, room = FakeEars(answer=""), world.anne.room(world.anna)

    async def live() -> None:
        async with world.life(ears):
            for text in ("!pause", "!regenerate", "Hello."):
                await asyncio.to_thread(world.anne.say, room, text)
            await until(lambda: ears.heard and ears.regenerated)

    asyncio.run(live())
    assert ears.commands == [("pause", world.anne.id)]
    assert world.proxy.count("PUT .*/send/") == 0
