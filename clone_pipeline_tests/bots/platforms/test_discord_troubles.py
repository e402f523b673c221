from pathlib import Path
from typing import Any

import pytest

from clone_pipeline_tests.bots.platforms.discord_life import Life, live
from clone_pipeline_tests.bots.platforms.listening import reply, until


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    return lambda test, **more: live(monkeypatch, tmp_path, test, **more)


@pytest.mark.parametrize("code", [None, 4000, 4009, 1001])
def test_a_broken_connection_is_resumed_and_what_was_missed_is_heard(
    play: Any, code: int | None
) -> None:
    async def test(life: Life) -> None:
        await life.said("before")
        told: list[str] = []

        def meanwhile() -> None:
            told.append(life.server.say_now(life.channel, life.ann, "meanwhile"))

        life.server.drop(code, meanwhile=meanwhile)
        missed = await life.heard(told[0])
        assert [each.text for each in missed.context] == ["before"]
        assert len(life.server.gateway.identified) == 1
        assert len(life.server.gateway.resumed) == 1
        assert await life.connector.send(reply(missed, "back"))

    play(test)


def test_discord_may_ask_to_connect_again(play: Any) -> None:
    async def test(life: Life) -> None:
        await life.said("before")
        life.server.do(lambda: life.server.gateway.send({"op": 7, "d": None}))
        await until(lambda: life.server.gateway.resumed)
        await life.said("after")

    play(test)


def test_after_an_invalid_session_the_history_tells_what_was_missed(play: Any) -> None:
    async def test(life: Life) -> None:
        await life.said("before")
        life.server.do(life.server.world.sessions.clear)
        life.server.drop()
        await until(lambda: life.server.gateway.resumed)
        missed = [life.server.say(life.channel, life.ann, f"missed {n}") for n in range(40)]
        await until(lambda: all(map(life.ears.known, missed)), seconds=20)
        assert len(life.server.gateway.identified) == 2
        assert [each.text for each in life.ears.heard] == ["before"] + [
            f"missed {n}" for n in range(40)
        ]
        assert life.ears.heard[-1].context[-1].text == "missed 38"

    play(test)


def test_malformed_events_are_left_out_and_nothing_ends(
    play: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def test(life: Life) -> None:
        before = await life.said("before")
        whole = life.server.world.event(life.server.world.messages[life.channel][before.message_id])
        bad: list[Any] = [{key: value for key, value in whole.items() if key != left}
                          for left in whole]  # fmt: skip
        bad += [{**whole, key: None} for key in whole]
        bad += [None, {}, [], "x", {"id": "no number"}]
        sent = 0

        def tell(payload: Any) -> None:
            life.server.do(lambda: life.server.gateway.send(payload))

        for event in ("MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE", "GUILD_CREATE",
                      "MESSAGE_DELETE_BULK", "MESSAGE_REACTION_ADD", "INTERACTION_CREATE",
                      "THREAD_CREATE", "CHANNEL_UPDATE", "NEVER_HEARD_OF"):  # fmt: skip
            for data in bad if event.startswith("MESSAGE_C") else bad[-5:]:
                sent += 1
                tell({"op": 0, "t": event, "s": 1000 + sent, "d": data})
        for op in (99, 12, None):
            tell({"op": op, "d": {}, "s": None, "t": None})
        life.server.say(life.channel, life.ann, None)
        after = await life.said("after")
        assert after.text == "after"
        assert not life.task.done()
        assert len(life.server.gateway.identified) == 1
        assert not life.server.gateway.resumed

    play(test)
    assert any("can't be read" in each.message for each in caplog.records)
