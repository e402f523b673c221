"""What goes wrong in and around a lane stays where it is, and no promise breaks by it."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline import project
from clone_pipeline.bots import forgetting, orders
from clone_pipeline.bots.clock import Clock
from clone_pipeline.bots.connector import Saying, TryLater
from clone_pipeline.bots.item_rows import items
from clone_pipeline.bots.lane import Standing
from clone_pipeline.bots.opening import files
from clone_pipeline.bots.queue import Queue
from clone_pipeline.bots.restarting import kept_running
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.bots.model_server import ModelServer
from clone_pipeline_tests.bots.model_server import running as model_server
from clone_pipeline_tests.bots.scene import RULES, Scene, plan, play
from clone_pipeline_tests.bots.scripted import START, FastClock, Stage, said
from clone_pipeline_tests.llm.chat_protocol import Answer

Stages = dict[str, Stage]
HELLO = "Hello there, how are you?"


def refusing(error: Exception, *, times: int = 10**6) -> Callable[[int, Saying], None]:
    def plan(number: int, saying: Saying) -> None:
        if number <= times:
            raise error

    return plan


def test_an_edit_that_fails_ends_nothing_and_its_order_is_not_tried_for_ever(
    tmp_path: Path, server: ModelServer, stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*args: Any) -> None:
        raise ConnectionResetError

    async def acted(scene: Scene) -> None:
        scene.lane.ears.hear(said(1, HELLO))
        item = await scene.ended(1)
        monkeypatch.setattr(scene.stage, "edit", broken)
        orders.ask_again(scene.queue.file, item, now=scene.lane.bot.now())
        left = {"bot": "robo", "platform": "discord"}
        await scene.until(lambda: not orders.waiting(scene.queue.file, **left))
        scene.lane.ears.hear(said(2, "And how is the weather today?"))
        assert (await scene.ended(2)).state == "sent"

    play(plan(tmp_path, server.base_url), stages, acted, speed=1000)


@pytest.mark.parametrize("wish", ["stop", "forget", "deleted"])
def test_a_remark_is_never_about_what_was_taken_back(
    tmp_path: Path, server: ModelServer, stages: Stages, wish: str
) -> None:
    async def acted(scene: Scene) -> None:
        file, now = scene.queue.file, scene.lane.bot.now()
        orders.pause(file, "robo", now=now)
        scene.lane.ears.hear(said(1, "My secret is the colour blue.", to_us=False))
        await scene.ended(1)
        if wish == "stop":
            forgetting.stop(file, platform="discord", author="bob", now=now)
        elif wish == "forget":
            forgetting.forget_user(file, platform="discord", author="bob", now=now)
        else:
            scene.lane.ears.deleted("m1")
        orders.resume(file, "robo")
        await scene.lane.bot.clock.sleep(600)
        assert not scene.stage.sent
        assert "secret" not in str(server.bodies)

    rules = RULES | {"passive_chance": 0.5}
    play(plan(tmp_path, server.base_url, rules=rules), stages, acted, speed=1000)


def test_a_picture_that_never_comes_is_given_up(tmp_path: Path, stages: Stages) -> None:
    """The endpoint answers, and what it sends is no picture."""
    text = "Title of the day<|eot|><|sost|>Body of the day<|eost|>"

    async def acted(scene: Scene) -> None:
        await scene.until(lambda: _states(scene)[:1] == ["failed"], seconds=20)
        assert not scene.stage.sent
        assert 10 <= len(server.unknown) <= 16

    with model_server(models=("m",), answer=lambda body: Answer(text)) as server:
        images = {"base_url": server.base_url.replace("/v1", "/none"), "tries": 1, "model": "m"}
        reddit = {"subs": {"Garden": {"post_frequency": 9}}, "images": images, "image_share": 1}
        brain = {"form": "tags", "model": {"base_url": server.base_url, "model": "m"}}
        given = plan(tmp_path, server.base_url, brain=brain, discord=None, reddit=reddit)
        play(given, stages, acted, speed=20_000, platform="reddit")
        server.unknown.clear()


def test_each_operator_is_obeyed_for_themselves(
    tmp_path: Path, server: ModelServer, stages: Stages
) -> None:
    async def acted(scene: Scene) -> None:
        for number, author in enumerate(("boss", "eve", "bob"), 1):
            scene.lane.ears.hear(said(number, HELLO, author=author, channel=author))
            await scene.ended(number)
        scene.lane.ears.hear(said(9, "@robo !forget me", author="eve"))
        await scene.until(lambda: scene.item(2).erased)
        assert [scene.item(number).erased for number in (1, 2, 3)] == [False, True, False]
        scene.lane.ears.hear(said(10, "Forget me!", author="bob"))
        await scene.until(lambda: scene.item(3).erased)

    discord = {"operators": ["boss", "eve"]}
    play(plan(tmp_path, server.base_url, discord=discord), stages, acted)


def test_a_stop_is_obeyed_while_a_slow_order_is_carried_out(tmp_path: Path, stages: Stages) -> None:
    async def acted(scene: Scene) -> None:
        scene.lane.ears.hear(said(1, HELLO, author="boss", channel="a"))
        await scene.ended(1)
        scene.lane.ears.hear(said(2, "!regenerate m1", author="boss", channel="a"))
        scene.lane.ears.hear(said(3, "Are you there again, robo?", author="eve", channel="b"))
        scene.lane.ears.hear(said(4, "stop", author="eve", channel="b"))
        assert forgetting.stopped(scene.queue.file, platform="discord", author="eve")
        await scene.until(lambda: "Written anew." in scene.stage.texts)
        assert not [s for s in scene.stage.sent if s.heard.author == "eve"]

    numbers = iter(range(99))

    def answer(body: Any) -> Answer:
        return Answer(f"Slow answer {next(numbers)}.")

    with model_server(models=("m",), latency=0.2, answer=answer) as server:
        given = plan(tmp_path, server.base_url, discord={"operators": ["boss"]})
        play(given, stages, acted)


def test_writing_anew_keeps_the_notice_and_has_an_end(
    tmp_path: Path, server: ModelServer, stages: Stages
) -> None:
    async def acted(scene: Scene) -> None:
        scene.lane.ears.hear(said(1, HELLO))
        await scene.ended(1)
        for _ in range(3):
            assert await scene.lane.ears.regenerate("sent-1", author="bob") == "Written anew."
        assert all(text.endswith("(I am a bot.)") for _, text in scene.stage.edits)
        enough = await scene.lane.ears.regenerate("sent-1", author="bob")
        assert enough == "That is enough for now."
        orders.pause(scene.queue.file, "robo", now=scene.lane.bot.now())
        assert await scene.lane.ears.regenerate("sent-1", author="bob") == "Not now."

    honesty = {"first_message": "(I am a bot.)"}
    play(plan(tmp_path, server.base_url, honesty=honesty), stages, acted)


def test_a_notice_that_was_refused_is_given_with_the_next_message(
    tmp_path: Path, server: ModelServer, stages: Stages
) -> None:
    async def acted(scene: Scene) -> None:
        scene.stage.plan = refusing(TryLater("slow down", seconds=60), times=1)
        scene.lane.ears.hear(said(1, HELLO))
        await scene.until(lambda: "slow down" in scene.item(1).failure)
        scene.lane.ears.hear(said(2, "And how is the weather today?", channel="other"))
        await scene.ended(2)
        assert scene.stage.texts[0].endswith("(I am a bot.)")

    honesty = {"first_message": "(I am a bot.)"}
    play(plan(tmp_path, server.base_url, honesty=honesty), stages, acted)


def test_nothing_counts_as_being_sent_before_the_connection_stands(
    tmp_path: Path, server: ModelServer, stages: Stages
) -> None:
    async def acted(scene: Scene) -> None:
        scene.stage.up.clear()
        scene.lane.ears.hear(said(1, HELLO))
        await scene.until(lambda: scene.item(1).state == "generated")
        await asyncio.sleep(0.05)
        assert scene.item(1).state == "generated"
        forgetting.stop(
            scene.queue.file, platform="discord", author="bob", now=scene.lane.bot.now()
        )
        scene.stage.up.set()
        assert (await scene.ended(1)).state == "failed"
        assert not scene.stage.calls

    play(plan(tmp_path, server.base_url), stages, acted)


def test_a_platform_that_is_away_is_tried_for_hours_not_seconds(
    tmp_path: Path, server: ModelServer, stages: Stages
) -> None:
    async def acted(scene: Scene) -> None:
        scene.stage.plan = refusing(TryLater("away", seconds=1))
        scene.lane.ears.hear(said(1, HELLO))
        began = scene.lane.bot.now()
        assert (await scene.ended(1)).state == "failed"
        assert scene.lane.bot.now() - began > timedelta(hours=1)
        assert scene.stage.calls == 12

    play(plan(tmp_path, server.base_url), stages, acted, speed=10_000)


def test_what_can_never_be_sent_ends_as_uncertain(
    tmp_path: Path, server: ModelServer, stages: Stages
) -> None:
    async def acted(scene: Scene) -> None:
        scene.stage.plan = refusing(OSError("a fault that is always there"))
        scene.lane.ears.hear(said(1, HELLO))
        await scene.until(lambda: scene.item(1).state == "uncertain", seconds=20)
        assert scene.stage.calls == 12

    play(plan(tmp_path, server.base_url), stages, acted, speed=10_000)


def test_look_ups_that_fail_keep_no_other_channel_waiting(
    tmp_path: Path, server: ModelServer, stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*args: Any) -> None:
        raise ConnectionResetError

    async def acted(scene: Scene) -> None:
        monkeypatch.setattr(scene.stage, "look_up", broken)
        scene.stage.plan = refusing(ConnectionResetError(), times=10)
        for number in range(10):
            scene.lane.ears.hear(said(number, f"{HELLO} {number}", channel=f"c{number}"))
        await scene.until(lambda: scene.stage.calls == 10)
        scene.lane.ears.hear(said(99, "Is anybody there after all?", channel="good"))
        assert (await scene.ended(99)).state == "sent"

    play(plan(tmp_path, server.base_url), stages, acted)


def test_quiet_hours_and_a_pause_hold_what_is_written_already(
    tmp_path: Path, server: ModelServer, stages: Stages
) -> None:
    async def acted(scene: Scene) -> None:
        scene.stage.plan = refusing(TryLater("slow down", seconds=2400), times=1)
        scene.lane.ears.hear(said(1, HELLO))
        await scene.until(lambda: scene.item(1).failure == "quiet hours", seconds=20)
        assert scene.item(1).due == START.replace(hour=14)
        assert (await scene.ended(1)).state == "sent"
        assert scene.lane.bot.now() >= START.replace(hour=14)
        scene.stage.up.clear()
        scene.lane.ears.hear(said(2, "And how is the weather today?"))
        await scene.until(lambda: scene.item(2).state == "generated")
        orders.pause(scene.queue.file, "robo", now=scene.lane.bot.now())
        scene.stage.up.set()
        await scene.until(lambda: scene.item(2).failure == "paused")
        assert len(scene.stage.sent) == 1

    rules = RULES | {"quiet_hours": ["12:30-14:00"]}
    play(plan(tmp_path, server.base_url, rules=rules), stages, acted, speed=2000)


def test_an_order_that_was_cut_off_is_carried_out_in_the_next_life(
    tmp_path: Path, server: ModelServer, stages: Stages
) -> None:
    given = plan(tmp_path, server.base_url, discord={"operators": ["boss"]})
    with files(given) as (file, _):
        Queue(file).seen(said(1, "!pause", author="boss"), "robo", now=FastClock().now())

    async def acted(scene: Scene) -> None:
        await scene.until(lambda: orders.paused(scene.queue.file, "robo"))
        await scene.until(lambda: scene.stage.texts == ["Paused until you say resume."])
        assert not server.bodies

    play(given, stages, acted)


def test_a_cancellation_that_leaks_out_of_a_library_is_a_crash_like_others() -> None:
    runs = 0

    async def run() -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            raise asyncio.CancelledError
        if runs == 2:
            return
        await asyncio.Event().wait()

    class Quick(Clock):
        async def sleep(self, seconds: float) -> None:
            await asyncio.sleep(0)

    async def main() -> None:
        standing = Standing()
        kept = kept_running(run, standing=standing, what="robo", clock=Quick())
        task = asyncio.ensure_future(kept)
        while runs < 3:
            await asyncio.sleep(0.001)
        assert standing.restarts == 2
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())


def test_settings_that_do_not_go_together_are_faults_of_the_file(tmp_path: Path) -> None:
    written = (
        "bots: {a: {rules: {delay: {min: 60}}, discord: {channels: {'7': {delay: {max: 5}}}}}}"
    )
    with pytest.raises(FaultyInput, match="bots.a.discord.channels.7"):
        project.parse(written, folder=tmp_path)
    subs = "{x: {post_schedule: {mon: ['09:30']}}}"
    fine = "bots: {a: {brain: {form: tags}, rules: {post_frequency: 3}, reddit: {subs: SUBS}}}"
    fine = fine.replace("SUBS", subs)
    assert project.parse(fine, folder=tmp_path).bots["a"].reddit


def _states(scene: Scene) -> list[str]:
    return [item.state for item in items(scene.queue.file, "true")]
