import asyncio
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.bots.connector import Gone, Refused, TryLater
from clone_pipeline.bots.splitting import split
from clone_pipeline_tests.bots.heards import INJECTIONS
from clone_pipeline_tests.bots.platforms.discord_life import Life, live
from clone_pipeline_tests.bots.platforms.listening import reply, sent, until

LONG = "A sentence about beans and how they grow. " * 120
PINGS = "@everyone @here <@&1> <@900> " * 40


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    return lambda test, **more: live(monkeypatch, tmp_path, test, **more)


def contents(life: Life) -> list[str]:
    return [each.body["content"] for each in life.server.posted]


def test_a_long_reply_comes_in_parts_each_with_its_nonce(play: Any) -> None:
    async def test(life: Life) -> None:
        heard = await life.said("Tell me all")
        saying = reply(heard, LONG)
        first = await life.connector.send(saying)
        posted = life.server.posted
        assert [each.body["content"] for each in posted] == split(LONG)
        assert len(posted) == 3
        assert [each.body["nonce"] for each in posted] == [f"{saying.nonce}{n}" for n in "012"]
        assert all(each.body["enforce_nonce"] is True for each in posted)
        assert posted[0].message["id"] == first
        reference = posted[0].body["message_reference"]
        assert str(reference["message_id"]) == heard.message_id
        assert reference["fail_if_not_exists"] is True
        assert all("message_reference" not in each.body for each in posted[1:])
        assert life.ears.met == []

    play(test)


def test_nobody_is_ever_notified(play: Any) -> None:
    async def test(life: Life) -> None:
        heard = await life.said(PINGS)
        ours = await life.connector.send(reply(heard, PINGS + "<@" + heard.author + ">"))
        await life.connector.send(reply(heard, PINGS, as_reply=False))
        await life.connector.edit(sent(heard, PINGS, ours), "again " + PINGS)
        for injection in INJECTIONS:
            if injection.strip() and len(injection) < 2000 and "\ud83d" not in injection:
                told = await life.said(injection)
                await life.connector.send(reply(told, injection))
        assert len(life.server.posted) > 25
        assert not any(each.pinged for each in life.server.posted)

    play(test)


@pytest.mark.parametrize("as_reply", [True, False])
def test_what_was_deleted_meanwhile_is_gone(play: Any, as_reply: bool) -> None:
    async def test(life: Life) -> None:
        heard = await life.said("Never mind")
        life.server.delete(life.channel, heard.message_id)
        await until(lambda: life.ears.gone)
        with pytest.raises(Gone):
            await life.connector.send(reply(heard, "What?", as_reply=as_reply))
        assert life.server.posted == []

    play(test)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [(403, 50013, Gone), (403, 50007, Gone), (404, 10003, Gone), (400, 50083, Gone),
     (400, 200000, Refused), (403, 0, TryLater), (401, 0, TryLater)],
)  # fmt: skip
def test_what_discord_refuses_is_not_tried_again(
    play: Any, status: int, code: int, kind: type[Exception]
) -> None:
    async def test(life: Life) -> None:
        heard = await life.said("Hi")
        life.server.rest.closed[life.channel] = (status, {"code": code, "message": "No."})
        with pytest.raises(kind) as refused:
            await life.connector.send(reply(heard, "Ho"))
        assert type(refused.value) is kind

    play(test)


def test_short_waits_are_waited_and_long_ones_put_off(play: Any) -> None:
    async def test(life: Life) -> None:
        heard = await life.said("Hi")
        life.server.faults.plan.extend(["429", "429", None, "429 for long", "503"])
        await life.connector.send(reply(heard, "Ho"))
        assert len(life.server.posted) == 1
        with pytest.raises(TryLater) as later:
            await life.connector.send(reply(heard, "Hu"))
        assert later.value.seconds == 60
        other = await life.said("You?", channel=life.server.channel(life.guild))
        with pytest.raises(TryLater):
            await life.connector.send(reply(other, "Hu"))
        assert len(life.server.posted) == 1

    play(test)


def test_a_server_error_is_tried_again_with_the_same_nonce(play: Any) -> None:
    async def test(life: Life) -> None:
        heard = await life.said("Hi")
        life.server.faults.plan.append("500")
        await life.connector.send(reply(heard, "Ho"))
        assert contents(life) == ["Ho"]

    play(test)


def test_a_reply_is_rewritten_in_its_place_with_more_or_fewer_parts(play: Any) -> None:
    async def test(life: Life) -> None:
        heard = await life.said("Hi")
        ours = await life.connector.send(reply(heard, "Ho"))

        def shown() -> list[str]:
            held = life.server.world.messages[life.channel].values()
            return [each["content"] for each in held if each["author"]["id"] == life.server.bot]

        await life.connector.edit(sent(heard, "Ho", ours), "Hu")
        assert shown() == ["Hu"]
        await life.connector.edit(sent(heard, "Hu", ours), LONG)
        assert shown() == split(LONG)
        await life.connector.edit(sent(heard, LONG, ours), "Short.")
        assert shown() == ["Short."]
        life.server.delete(life.channel, ours)
        with pytest.raises(Gone):
            await life.connector.edit(sent(heard, "Short.", ours), "Ho")

    play(test)


def test_typing_is_shown_and_never_fails(play: Any) -> None:
    async def test(life: Life) -> None:
        heard = await life.said("Hi")
        async with life.connector.typing(heard):
            await until(lambda: life.server.rest.typed)
        life.server.rest.closed[life.channel] = (403, {"code": 50013, "message": "No."})
        async with life.connector.typing(heard):
            await until(lambda: life.server.requests["POST /channels/{channel}/typing"] == 2)
            await asyncio.sleep(0.05)

    play(test)


def test_blank_and_endless_texts_are_refused(play: Any) -> None:
    async def test(life: Life) -> None:
        heard = await life.said("Hi")
        for text in ("", " \n ", "word " * 40_000):
            with pytest.raises(Refused):
                await life.connector.send(reply(heard, text))
        assert life.server.posted == []

    play(test)
