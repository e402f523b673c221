import asyncio
import json
import stat

import pytest

from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.platform_settings import MatrixPlatform
from clone_pipeline.bots.platforms import matrix
from clone_pipeline_tests.bots.platforms.ears import FakeEars
from clone_pipeline_tests.bots.platforms.listening import until
from clone_pipeline_tests.bots.platforms.matrix_world import World, group

pytest.importorskip("nio")


def test_what_was_said_before_the_first_life_is_context_and_what_was_between_lives_is_heard(
    world: World,
) -> None:
    room = group(world)
    world.anne.say(room, "long ago")
    (first,) = world.hear(lambda: world.anne.say(room, "now"))
    assert [said.text for said in first.context] == ["long ago"]
    world.anne.say(room, "in between")
    heard = world.hear(lambda: world.anne.say(room, "later"), count=2)
    assert [each.text for each in heard] == ["in between", "later"]
    assert [said.text for said in heard[0].context] == ["long ago", "now"]


def test_more_between_two_lives_than_a_sync_tells_is_heard_to_the_last(world: World) -> None:
    room = group(world)
    world.hear(lambda: world.anne.say(room, "first"))
    for number in range(60):
        world.anne.say(room, f"message {number}")
    heard = world.hear(lambda: world.anne.say(room, "last"), count=61)
    assert [each.text for each in heard] == [*(f"message {n}" for n in range(60)), "last"]


def test_a_life_that_ends_while_it_hears_loses_nothing(world: World) -> None:
    room = group(world)
    world.hear(lambda: world.anne.say(room, "first"))
    for number in range(5):
        world.anne.say(room, f"message {number}")

    class Failing(FakeEars):
        def hear(self, heard: Heard) -> bool:
            if heard.text == "message 3":
                raise OSError("the disk is full")
            return super().hear(heard)

    with pytest.raises(OSError, match="disk is full"):
        asyncio.run(world.connector().run(Failing()))
    heard = world.hear(lambda: None, count=5)
    assert [each.text for each in heard] == [f"message {n}" for n in range(5)]


@pytest.mark.parametrize("accept", [True, False])
def test_an_invitation_is_accepted_only_where_that_is_wanted(world: World, accept: bool) -> None:
    rooms: list[str] = []

    def invite() -> None:
        invited = {"invite": [world.anna.id], "preset": "private_chat"}
        room = str(world.anne.call("POST", "/createRoom", invited)["room_id"])
        world.anne.say(room, "before you came")
        rooms.append(room)

    ears = FakeEars()

    async def live() -> None:
        async with world.life(ears, accept_invites=accept):
            await asyncio.to_thread(invite)
            if not accept:
                await asyncio.sleep(0.5)
                return
            await until(lambda: world.proxy.count("POST .*/join"))
            await until(lambda: world.anna.call("GET", "/joined_rooms")["joined_rooms"])
            await asyncio.to_thread(world.anne.say, rooms[0], "welcome")
            await until(lambda: ears.heard)

    asyncio.run(live())
    assert [heard.text for heard in ears.heard] == (["welcome"] if accept else [])
    assert bool(world.anna.call("GET", "/joined_rooms")["joined_rooms"]) is accept


def test_the_login_is_kept_for_its_owner_only_and_used_again(world: World) -> None:
    room = group(world)
    world.hear(lambda: world.anne.say(room, "one"))
    path = world.folder / "matrix-anna.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first = world.session
    world.hear(lambda: world.anne.say(room, "two"))
    assert world.proxy.count("POST .*/login") == 1
    assert world.session["token"] == first["token"]
    world.anna.token = first["token"]
    world.anna.call("POST", "/logout", {})
    world.hear(lambda: world.anne.say(room, "three"))
    assert world.proxy.count("POST .*/login") == 2
    assert world.session["device_id"] == first["device_id"] == "clone-pipeline-anna"


@pytest.mark.parametrize("form", ["@{}:test.local", "{}", "@{}", "{}:test.local"])
def test_the_account_may_be_written_in_another_form(
    world: World, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    room, name = group(world), world.anna.id[1:].partition(":")[0]
    world.hear(lambda: world.anne.say(room, "one"))
    world.anne.say(room, "in between")
    monkeypatch.setenv("MATRIXUSER", form.format(name.upper()))
    heard = world.hear(lambda: world.anne.say(room, "two"), count=2)
    assert [each.text for each in heard] == ["in between", "two"]
    assert world.proxy.count("POST .*/login") == 1


def test_another_address_of_the_same_account_forgets_nothing(world: World) -> None:
    room = group(world)
    world.hear(lambda: world.anne.say(room, "one"))
    path = world.folder / "matrix-anna.json"
    path.write_text(json.dumps(world.session | {"homeserver": "https://old.example.org"}))
    world.anne.say(room, "in between")
    heard = world.hear(lambda: world.anne.say(room, "two"), count=2)
    assert [each.text for each in heard] == ["in between", "two"]
    assert world.proxy.count("POST .*/login") == 2


def test_a_wrong_password_is_an_error_without_it(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    monkeypatch.setenv("MATRIXPASSWORD", "open sesame")
    with pytest.raises(PermissionError, match="MATRIXPASSWORD") as told:
        asyncio.run(world.connector().run(FakeEars()))
    assert "sesame" not in str(told.value) + caplog.text


def test_no_log_holds_token_or_password(world: World, caplog: pytest.LogCaptureFixture) -> None:
    room = group(world)
    caplog.set_level("DEBUG")
    world.hear(lambda: world.anne.say(room, "one"))
    assert world.session["token"]
    assert world.session["token"] not in caplog.text
    assert "battery" not in caplog.text


def test_without_its_account_the_platform_is_skipped_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("MATRIXUSER", "MATRIXPASSWORD"):
        monkeypatch.delenv(name, raising=False)
    sentence = matrix.skipped(MatrixPlatform()) or ""
    wanted = "set MATRIXUSER (the bot's user id) and MATRIXPASSWORD (its password) in .env"
    assert sentence == wanted
    monkeypatch.setenv("MATRIXUSER", "@anna:example.org")
    assert "MATRIXUSER" not in (matrix.skipped(MatrixPlatform()) or "")
    monkeypatch.setenv("MATRIXPASSWORD", "x")
    assert matrix.skipped(MatrixPlatform()) is None
