from typing import Any

import pytest

from clone_pipeline_tests.bots.platforms.matrix_world import World, group

pytest.importorskip("nio")


def test_an_encrypted_room_is_said_to_be_once(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    room = group(world)
    secret = {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x", "session_id": "s"}

    def say() -> None:
        for _ in range(2):
            world.anne.send(room, secret, "m.room.encrypted")
        world.anne.say(room, "plain")

    world.hear(say)
    assert caplog.text.count(f"{room} is encrypted") == 1


def test_malformed_events_are_passed_over(world: World) -> None:
    room = group(world)
    sound = {
        "type": "m.room.message", "event_id": "$x", "sender": world.anne.id,
        "origin_server_ts": 1, "content": {"msgtype": "m.text", "body": "x"},
    }  # fmt: skip
    faulty: list[Any] = [
        None, 7, "text", [], {}, {"type": 7}, {"type": "m.room.message"},
        sound | {"content": None}, sound | {"content": []}, sound | {"content": {"body": 7}},
        sound | {"content": {"msgtype": ["m.text"], "body": "x"}},
        sound | {"event_id": 7}, sound | {"sender": None}, sound | {"sender": {}},
        sound | {"origin_server_ts": "1"}, sound | {"origin_server_ts": -1},
        sound | {"origin_server_ts": 10**40}, sound | {"content": {"msgtype": "m.text"}},
        {"type": "m.room.member", "state_key": world.anne.id, "content": {"displayname": ["x"]}},
        {"type": "m.room.member", "state_key": 7, "content": 7, "unsigned": 7},
        {"type": "m.room.redaction", "redacts": 7}, {"type": "m.room.encrypted", "content": 7},
        sound | {"content": {"msgtype": "m.text", "body": "x", "m.relates_to": {
            "rel_type": "m.replace", "event_id": 7}}},
    ]  # fmt: skip
    odd = sound | {"event_id": "$odd", "unsigned": [], "content": {
        "msgtype": "m.text", "body": "odd", "m.relates_to": [], "m.mentions": 7,
    }}  # fmt: skip

    def say() -> None:
        world.proxy.inject(room, *faulty, odd)
        world.anne.say(room, "sound")

    heard = world.hear(say, count=2)
    assert [each.text for each in heard] == ["odd", "sound"]


def test_a_very_long_message_is_heard_whole(world: World) -> None:
    room = group(world)
    event = {
        "type": "m.room.message", "event_id": "$long", "sender": world.anne.id,
        "origin_server_ts": 1, "content": {"msgtype": "m.text", "body": "äß 😀 @" * 20_000},
    }  # fmt: skip

    def say() -> None:
        world.proxy.inject(room, event)
        world.anne.say(room, "short")

    heard = world.hear(say, count=2)
    assert heard[0].text == "äß 😀 @" * 20_000


def test_listening_goes_on_after_errors_and_broken_connections(world: World) -> None:
    room = group(world)
    limited = {"errcode": "M_LIMIT_EXCEEDED", "error": "slow", "retry_after_ms": 200}

    def say() -> None:
        world.proxy.fault("GET .*/sync", status=502, body="<html>Bad Gateway</html>")
        world.proxy.fault("GET .*/sync")
        world.proxy.fault("GET .*/sync", status=429, body=limited)
        world.anne.say(room, "one")
        world.anne.say(room, "two")

    assert [each.text for each in world.hear(say, count=2)] == ["one", "two"]


def test_a_sync_that_is_none_is_asked_for_again(world: World) -> None:
    room = group(world)

    def say() -> None:
        for body in ("<html>", {"next_batch": 7, "rooms": []}):
            world.proxy.fault("GET .*/sync", status=200, body=body)
        world.anne.say(room, "one")
        world.anne.say(room, "two")

    assert [each.text for each in world.hear(say, count=2)] == ["one", "two"]
