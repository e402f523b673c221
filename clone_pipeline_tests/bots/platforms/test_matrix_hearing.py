import asyncio
from typing import Any

import pytest

from clone_pipeline_tests.bots.platforms.ears import FakeEars
from clone_pipeline_tests.bots.platforms.listening import until
from clone_pipeline_tests.bots.platforms.matrix_world import World, group

pytest.importorskip("nio")


def test_a_message_is_heard_with_all_that_is_known_of_it(world: World) -> None:
    room = group(world)
    said: list[str] = []
    (heard,) = world.hear(lambda: said.append(world.anne.say(room, "Hello there")))
    assert (heard.platform, heard.kind, heard.channel) == ("matrix", "message", room)
    assert [heard.message_id] == said
    assert (heard.author, heard.name, heard.text) == (world.anne.id, "Anne Kramer", "Hello there")
    made = world.anne.messages(room)[0]["origin_server_ts"]
    assert heard.heard.timestamp() * 1000 == pytest.approx(made)
    assert (heard.to_us, heard.ours, heard.author_is_bot, heard.parent_is_ours) == (False,) * 4


def test_a_room_that_happens_to_have_two_in_it_is_not_direct(world: World) -> None:
    room = world.anne.room(world.anna)
    (heard,) = world.hear(lambda: world.anne.say(room, "psst"))
    assert heard.kind == "message"


def test_a_room_that_the_account_calls_direct_is(world: World) -> None:
    room = group(world)
    path = f"/user/{world.anna.id}/account_data/m.direct"
    world.anna.call("PUT", path, {world.anne.id: [room]})
    (heard,) = world.hear(lambda: world.anne.say(room, "psst"))
    assert heard.kind == "direct"


def test_a_message_is_to_us_that_names_us_in_any_of_matrixs_ways(world: World) -> None:
    room, me, ben = group(world), world.anna.id, world.ben.id
    ways: list[tuple[str, dict[str, Any], bool]] = [
        ("hey", {"m.mentions": {"user_ids": [me, ben]}}, True),
        ("hey", {"formatted_body": f'<a href="https://matrix.to/#/{me}">A</a>'}, True),
        ("hey", {"formatted_body": f'<a href="https://matrix.to/#/%40{me[1:]}">A</a>'}, True),
        (f"hey {me}", {}, True),
        ("well, anna: what now", {}, True),
        ("Annabel and Johanna", {}, False),
        ("hey", {"m.mentions": {"user_ids": [ben]}}, False),
        ("hey", {"m.mentions": {"user_ids": "x"}, "formatted_body": 7}, False),
    ]

    def say() -> None:
        for text, content, _ in ways:
            world.anne.say(room, text, **content)

    heard = world.hear(say, count=len(ways))
    assert [each.to_us for each in heard] == [to_us for *_, to_us in ways]
    assert heard[0].mentions == (ben,)


def test_a_reply_loses_its_quoted_fallback_and_knows_its_parent(world: World) -> None:
    room = group(world)
    ours = world.anna.say(room, "I am Anna.")
    other = world.ben.say(room, "I am Ben.")

    def say() -> None:
        quoted = f"> <{world.anna.id}> I am Anna.\n> Really.\n\n> and so on\nyes"
        world.anne.say(room, quoted, **{"m.relates_to": {"m.in_reply_to": {"event_id": ours}}})
        world.anne.say(room, "no", **{"m.relates_to": {"m.in_reply_to": {"event_id": other}}})

    first, second = world.hear(say, count=2)
    assert (first.text, first.parent_is_ours, first.to_us) == ("> and so on\nyes", True, False)
    assert (second.text, second.parent_is_ours) == ("no", False)
    assert [(said.text, said.ours, said.name) for said in second.context] == [
        ("I am Anna.", True, "Anna"), ("I am Ben.", False, "Ben"),
        ("> and so on\nyes", False, "Anne Kramer"),
    ]  # fmt: skip


def test_a_thread_is_kept_apart_from_its_room(world: World) -> None:
    room = group(world)
    root = world.anna.say(room, "On beans.")
    world.ben.say(room, "something else")
    thread = {"rel_type": "m.thread", "event_id": root, "is_falling_back": True}
    earlier = world.ben.say(room, "in it", **{"m.relates_to": thread})
    fallback = thread | {"m.in_reply_to": {"event_id": earlier}}
    (heard,) = world.hear(lambda: world.anne.say(room, "and?", **{"m.relates_to": fallback}))
    assert (heard.channel, heard.thread_is_ours, heard.parent_is_ours) == (room, True, False)
    assert [said.text for said in heard.context] == ["On beans.", "in it"]


def test_an_image_is_heard_by_its_caption_and_no_address_is_made(world: World) -> None:
    room = group(world)

    def say() -> None:
        image = {"msgtype": "m.image", "url": "mxc://test.local/x"}
        world.anne.send(room, image | {"body": "Anna, my cat", "filename": "cat.png"})
        world.anne.send(room, image | {"body": "cat.png"})

    first, second = world.hear(say, count=2)
    assert (first.text, first.to_us, first.images) == ("Anna, my cat", True, ())
    assert (second.text, second.images) == ("", ())


def test_a_notice_is_a_bots_word(world: World) -> None:
    room = world.anne.room(world.anna)
    (heard,) = world.hear(lambda: world.anne.say(room, "!stop", msgtype="m.notice"))
    assert heard.author_is_bot


def test_a_deleted_message_is_told_and_an_edited_one_is_remembered_so(world: World) -> None:
    room = group(world)
    ears = FakeEars()

    def say() -> list[str]:
        gone, changed = world.anne.say(room, "gone"), world.anne.say(room, "colour me read")
        new = {"m.new_content": {"msgtype": "m.text", "body": "colour me red"}}
        relation = {"m.relates_to": {"rel_type": "m.replace", "event_id": changed}}
        world.anne.say(room, "* colour me red", **new, **relation)
        forged = {"m.new_content": {"msgtype": "m.text", "body": "forged"}} | relation
        world.ben.say(room, "* forged", **forged)
        world.anne.redact(room, gone)
        return [gone, world.anne.say(room, "next")]

    async def live() -> list[str]:
        async with world.life(ears):
            ids = await asyncio.to_thread(say)
            await until(lambda: len(ears.heard) == 3)
            return ids

    ids = asyncio.run(live())
    assert ears.gone == ids[:1]
    assert [each.text for each in ears.heard] == ["gone", "colour me read", "next"]
    assert [said.text for said in ears.heard[2].context] == ["colour me red"]


def test_what_the_account_says_elsewhere_is_told_as_ours(world: World) -> None:
    room = group(world)
    ears = FakeEars()

    async def live() -> None:
        async with world.life(ears):
            await asyncio.to_thread(world.anna.say, room, "by hand")
            await until(lambda: ears.met)

    asyncio.run(live())
    assert ears.heard == []
    assert (ears.met[0][1].ours, ears.met[0][1].text) == (True, "by hand")
