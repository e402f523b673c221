import asyncio
from dataclasses import replace

import pytest

from clone_pipeline.bots.connector import Connector, Refused
from clone_pipeline.bots.heard import Heard
from clone_pipeline_tests.bots.platforms.ears import FakeEars
from clone_pipeline_tests.bots.platforms.listening import reply, sent, until
from clone_pipeline_tests.bots.platforms.matrix_world import World, after_a_message, group

pytest.importorskip("nio")


def test_an_answer_is_a_reply_that_mentions_nobody(world: World) -> None:
    text = f"@room @everyone {world.ben.id} <b>Ben</b> https://matrix.to/#/{world.ben.id}"

    async def then(connector: Connector, heard: Heard) -> str:
        return await connector.send(reply(heard, text))

    sent_id = after_a_message(world, then, tag="[BOT]")
    (posted,) = world.proxy.sent
    assert posted.event_id == sent_id
    assert posted.content["m.relates_to"].keys() == {"m.in_reply_to"}
    assert posted.content["m.mentions"] == {}
    assert posted.content["msgtype"] == "m.text"
    assert posted.content["body"] == f"[BOT] {text}"
    assert "formatted_body" not in posted.content


def test_nobody_who_is_named_in_an_answer_is_notified(world: World) -> None:
    async def then(connector: Connector, heard: Heard) -> None:
        await connector.send(reply(heard, f"@room Ben {world.ben.id}", as_reply=False))

    after_a_message(world, then)
    room = world.proxy.sent[0].room
    sync = world.ben.call("GET", "/sync?timeout=0")
    counts = sync["rooms"]["join"][room]["unread_notifications"]
    assert counts.get("highlight_count", 0) == 0


def test_what_was_said_is_context_of_what_is_heard_next_and_not_heard_itself(world: World) -> None:
    ears, room = FakeEars(), world.anne.room(world.anna, world.ben)

    async def live() -> None:
        async with world.life(ears) as connector:
            await asyncio.to_thread(world.anne.say, room, "Anna?")
            await until(lambda: ears.heard)
            await connector.send(reply(ears.heard[0], "Yes?"))
            await asyncio.to_thread(world.anne.say, room, "Nothing.")
            await until(lambda: len(ears.heard) == 2)

    asyncio.run(live())
    assert ears.met == []
    assert [(said.text, said.ours) for said in ears.heard[1].context] == [
        ("Anna?", False), ("Yes?", True)
    ]  # fmt: skip


def test_in_a_thread_it_answers_in_that_thread(world: World) -> None:
    ears, room = FakeEars(), group(world)
    root = world.ben.say(room, "On beans.")
    thread = {"m.relates_to": {"rel_type": "m.thread", "event_id": root}}

    async def live() -> None:
        async with world.life(ears) as connector:
            await asyncio.to_thread(world.anne.say, room, "Anna?", **thread)
            await until(lambda: ears.heard)
            await connector.send(reply(ears.heard[0], "yes"))
            other = replace(reply(ears.heard[0], "so", as_reply=False), nonce="n")
            await connector.send(other)

    asyncio.run(live())
    first, second = (posted.content["m.relates_to"] for posted in world.proxy.sent)
    asked = {"m.in_reply_to": {"event_id": ears.heard[0].message_id}}
    answers = {"rel_type": "m.thread", "event_id": root} | asked
    assert first == answers | {"is_falling_back": False}
    assert second == answers | {"is_falling_back": True}


def test_a_long_answer_is_split_into_what_an_event_holds(world: World) -> None:
    letters = ("a", "😀", "\x01")

    async def then(connector: Connector, heard: Heard) -> list[str]:
        sayings = [reply(heard, letter * 25_000) for letter in letters]
        return [await connector.send(replace(each, nonce=str(n))) for n, each in enumerate(sayings)]

    ids = after_a_message(world, then)
    for letter, sent_id in zip(letters, ids, strict=True):
        posted, world.proxy.sent = world.proxy.sent[:3], world.proxy.sent[3:]
        assert "".join(each.content["body"] for each in posted) == letter * 25_000
        assert posted[0].event_id == sent_id
        assert ["m.relates_to" in each.content for each in posted] == [True, False, False]
        assert len({each.transaction for each in posted}) == 3
    assert world.proxy.sent == []


def test_what_was_sent_is_edited_in_place_and_surplus_parts_go(world: World) -> None:
    async def then(connector: Connector, heard: Heard) -> str:
        sent_id = await connector.send(reply(heard, "a" * 15_000))
        item = sent(heard, "a" * 15_000, sent_id)
        with pytest.raises(Refused, match="more parts"):
            await connector.edit(item, "b" * 25_000)
        for text in ("short", "shorter", "short"):
            await connector.edit(item, text)
        return heard.channel

    room = after_a_message(world, then, tag="[BOT]")
    edits = [each.content for each in world.proxy.sent if "m.new_content" in each.content]
    shown = [edit["m.new_content"]["body"] for edit in edits]
    assert shown == ["[BOT] short", "[BOT] shorter", "[BOT] short"]
    times = [each.event_id for each in world.proxy.sent if "m.new_content" in each.content]
    assert len(set(times)) == 3
    assert edits[0]["m.relates_to"]["event_id"] == world.proxy.sent[0].event_id
    assert {} in [each["content"] for each in world.anne.messages(room)]
