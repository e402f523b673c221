import asyncio
import time

import pytest

from clone_pipeline.bots.platforms import matrix_inviting
from clone_pipeline_tests.bots.platforms.ears import FakeEars
from clone_pipeline_tests.bots.platforms.listening import until
from clone_pipeline_tests.bots.platforms.matrix_world import World, group

pytest.importorskip("nio")
DEAD = {"errcode": "M_UNKNOWN", "error": "Failed to make_join via any server"}


def invite(world: World, *, direct: bool = False) -> str:
    wanted = {"invite": [world.anna.id], "preset": "private_chat", "is_direct": direct}
    return str(world.anne.call("POST", "/createRoom", wanted)["room_id"])


def joined(world: World) -> list[str]:
    found: list[str] = world.anna.call("GET", "/joined_rooms")["joined_rooms"]
    return found


def test_an_invitation_that_leads_nowhere_holds_nothing_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matrix_inviting, "PAUSES", (0, 0.05, 0.05))
    room, ears = group(world), FakeEars()

    async def live() -> None:
        async with world.life(ears, accept_invites=True):
            for status in (502, 502, 0):
                world.proxy.fault("POST .*/join", status=status, body=DEAD)
            before = world.session["since"]
            await asyncio.to_thread(invite, world)
            await until(lambda: not world.proxy.faults)
            await asyncio.to_thread(world.anne.say, room, "still there?")
            await until(lambda: ears.heard)
            await until(lambda: world.session["since"] != before)

    asyncio.run(live())
    assert [heard.text for heard in ears.heard] == ["still there?"]


def test_an_invitation_that_fails_at_first_is_accepted_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matrix_inviting, "PAUSES", (0, 0.05))

    async def live() -> None:
        async with world.life(FakeEars(), accept_invites=True):
            world.proxy.fault("POST .*/join", status=502, body=DEAD)
            room = await asyncio.to_thread(invite, world)
            await until(lambda: room in joined(world))

    asyncio.run(live())


def test_a_room_for_two_by_its_invitation_is_direct_in_every_life(world: World) -> None:
    rooms: list[str] = []
    other = world.ben.room(world.anne)
    path = f"/user/{world.anna.id}/account_data/m.direct"
    world.anna.call("PUT", path, {world.anne.id: [other]})

    def say() -> None:
        rooms.append(invite(world, direct=True))
        while rooms[0] not in joined(world):
            time.sleep(0.02)
        world.anne.say(rooms[0], "psst")

    def again() -> None:
        world.anne.say(rooms[0], "again")

    (first,) = world.hear(say, accept_invites=True)
    (second,) = world.hear(again)
    assert (first.kind, second.kind) == ("direct", "direct")
    assert world.anna.call("GET", path) == {world.anne.id: [other, rooms[0]]}
