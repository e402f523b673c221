"""One bot on one platform, from hearing to sending, with a real model server behind it."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.bots import orders, queue_file
from clone_pipeline.bots.connector import Gone, Refused, Saying, TryLater
from clone_pipeline.bots.explaining import explain
from clone_pipeline.bots.heard import Decision
from clone_pipeline.bots.items import Key
from clone_pipeline.bots.opening import files
from clone_pipeline.bots.queue import Queue
from clone_pipeline.bots.reasons import REASONS
from clone_pipeline_tests.bots.model_server import ModelServer
from clone_pipeline_tests.bots.model_server import running as model_server
from clone_pipeline_tests.bots.scene import RULES, Scene, plan, play
from clone_pipeline_tests.bots.scripted import FastClock, Stage, said
from clone_pipeline_tests.llm.chat_protocol import Answer


def test_what_is_heard_is_answered_once_and_the_model_version_is_kept(
    tmp_path: Path, server: ModelServer, stages: dict[str, Stage]
) -> None:
    async def acted(scene: Scene) -> None:
        assert scene.lane.ears.hear(said(1, "Hello there, how are you?"))
        assert not scene.lane.ears.hear(said(1, "Hello there, how are you?"))
        item = await scene.ended(1)
        assert (item.state, item.sent_id) == ("sent", "sent-1")
        assert item.model is not None
        assert item.model.endswith("fp_test")
        assert scene.lane.ears.is_ours("sent-1")
        assert [s.heard.message_id for s in scene.stage.sent] == ["m1"]

    play(plan(tmp_path, server.base_url), stages, acted)


def test_the_first_message_to_each_person_says_that_it_is_a_bot_and_no_other(
    tmp_path: Path, server: ModelServer, stages: dict[str, Stage]
) -> None:
    async def acted(scene: Scene) -> None:
        for number, author in enumerate(("bob", "bob", "eve"), 1):
            text = f"What do you think of number {number}?"
            scene.lane.ears.hear(said(number, text, author=author))
            await scene.ended(number)
        assert ["bot" in text for text in scene.stage.texts] == [True, False, True]
        assert scene.stage.profile == ["I am a bot of Anna."]

    honesty = {"first_message": "(I am a bot.)", "profile": "I am a bot of {name}."}
    play(plan(tmp_path, server.base_url, honesty=honesty), stages, acted)


def test_stop_is_obeyed_for_ever_and_in_the_next_life(
    tmp_path: Path, server: ModelServer, stages: dict[str, Stage]
) -> None:
    async def stopping(scene: Scene) -> None:
        scene.lane.ears.hear(said(1, "@robo  Stop, please!"))
        assert (await scene.ended(1)).reason == "stopped"

    async def later(scene: Scene) -> None:
        scene.lane.ears.hear(said(2, "And what about the weather?"))
        assert (await scene.ended(2)).reason == "stopped"
        assert scene.item(2).heard.text == ""
        assert not scene.stage.sent

    play(plan(tmp_path, server.base_url), stages, stopping)
    stages.clear()
    play(plan(tmp_path, server.base_url), stages, later)


def test_operators_are_obeyed_in_a_message_and_others_are_not(
    tmp_path: Path, server: ModelServer, stages: dict[str, Stage]
) -> None:
    async def acted(scene: Scene) -> None:
        scene.lane.ears.hear(said(1, "!pause", author="boss"))
        await scene.until(lambda: orders.paused(scene.queue.file, "robo"))
        scene.lane.ears.hear(said(2, "Are you awake over there?"))
        assert (await scene.ended(2)).reason == "paused"
        scene.lane.ears.hear(said(3, "!resume", author="eve"))
        assert (await scene.ended(3)).reason == "paused"
        assert await scene.lane.ears.command("resume", author="eve") == (
            "Only operators may order that."
        )
        assert await scene.lane.ears.command("resume", author="boss") == "Going on."
        await scene.until(lambda: "Paused until you say resume." in scene.stage.texts)
        scene.lane.ears.hear(said(4, "Are you awake now, my friend?"))
        assert (await scene.ended(4)).state == "sent"
        assert "READ: submissions=0" in await scene.lane.ears.command("status", author="boss")

    play(plan(tmp_path, server.base_url, discord={"operators": ["boss"]}), stages, acted)


def test_a_reply_is_written_anew_in_place_for_who_was_answered_only(
    tmp_path: Path, server: ModelServer, stages: dict[str, Stage]
) -> None:
    async def acted(scene: Scene) -> None:
        scene.lane.ears.hear(said(1, "Tell me about your garden!"))
        old = (await scene.ended(1)).text
        refused = await scene.lane.ears.regenerate("sent-1", author="eve")
        assert refused.startswith("Only who was answered")
        assert await scene.lane.ears.regenerate("sent-1", author="bob") == "Written anew."
        assert scene.stage.edits == [("sent-1", scene.item(1).text)]
        assert scene.item(1).text != old
        assert (await scene.lane.ears.regenerate("sent-9", author="bob")).startswith("That is no")

    play(plan(tmp_path, server.base_url), stages, acted)


@pytest.mark.parametrize(
    ("error", "state", "calls"),
    [
        (Refused("banned"), "failed", 1),
        (Gone("deleted"), "failed", 1),
        (TryLater("slow down", seconds=3), "sent", 2),
    ],
)
def test_what_a_platform_says_of_a_sending_is_believed(
    tmp_path: Path, server: ModelServer, stages: dict[str, Stage], error: Exception, state: str,
    calls: int,
) -> None:  # fmt: skip
    def faulty(number: int, saying: Saying) -> None:
        if number == 1:
            raise error

    async def acted(scene: Scene) -> None:
        scene.stage.plan = faulty
        scene.lane.ears.hear(said(1, "Hello there, how are you?"))
        assert (await scene.ended(1)).state == state
        assert scene.stage.calls == calls
        assert len(scene.stage.sent) == (state == "sent")

    play(plan(tmp_path, server.base_url), stages, acted)


@pytest.mark.parametrize("taken", [True, False])
def test_a_sending_whose_answer_is_lost_is_looked_up_and_never_doubled(
    tmp_path: Path, server: ModelServer, stages: dict[str, Stage], taken: bool
) -> None:
    async def acted(scene: Scene) -> None:
        def lost(number: int, saying: Saying) -> None:
            if number == 1:
                if taken:
                    scene.stage.store(saying)
                raise ConnectionResetError

        scene.stage.plan = lost
        scene.lane.ears.hear(said(1, "Hello there, how are you?"))
        assert (await scene.ended(1)).state == "sent"
        assert len(scene.stage.sent) == 1
        assert scene.stage.calls == (1 if taken else 2)

    play(plan(tmp_path, server.base_url), stages, acted)


def test_where_a_platform_cannot_tell_nothing_is_sent_twice_and_it_is_listed(
    tmp_path: Path, server: ModelServer, stages: dict[str, Stage]
) -> None:
    def lost(number: int, saying: Saying) -> None:
        raise ConnectionResetError

    async def acted(scene: Scene) -> None:
        scene.stage.plan, scene.stage.can_tell = lost, False
        scene.lane.ears.hear(said(1, "Hello there, how are you?"))
        await scene.until(lambda: scene.item(1).state == "uncertain")
        assert [item.key.message_id for item in scene.queue.uncertain("robo")] == ["m1"]
        assert scene.stage.calls == 1

    play(plan(tmp_path, server.base_url), stages, acted)


def test_what_was_cut_off_in_any_state_goes_on_in_the_next_life(
    tmp_path: Path, server: ModelServer, stages: dict[str, Stage]
) -> None:
    given = plan(tmp_path, server.base_url)
    now = FastClock().now()
    with files(given) as (file, _):
        queue = Queue(file)
        for number in range(4):
            queue.seen(said(number, f"How about question number {number}?"), "robo", now=now)
        keys = [Key("discord", "robo", f"m{number}") for number in range(4)]
        for key in keys[1:]:
            queue.decided(key, Decision(True, "mentioned", speaker="ben"), now=now)
            queue.generating(key, now=now)
        for key in keys[2:]:
            queue.generated(key, f"Written before, {key.message_id}.", model="m", now=now)
        nonce = queue.about_to_send(keys[3], now=now)
        stages["robo on discord"] = Stage()
        assert nonce
        stages["robo on discord"].nonces[nonce] = "sent-before"

    async def acted(scene: Scene) -> None:
        for number in range(4):
            assert (await scene.ended(number)).state == "sent"
        assert scene.item(3).sent_id == "sent-before"
        assert "Written before, m2." in scene.stage.texts
        assert sorted(s.heard.message_id for s in scene.stage.sent) == ["m0", "m1", "m2"]

    play(given, stages, acted)


def test_deleted_while_the_bot_thinks_is_not_answered(
    tmp_path: Path, stages: dict[str, Stage]
) -> None:
    given_up: list[str] = []

    async def acted(scene: Scene) -> None:
        scene.lane.ears.hear(said(1, "Hello there, how are you?"))
        await scene.until(lambda: scene.item(1).state == "generating")
        scene.lane.ears.deleted("m1")
        assert (await scene.ended(1)).failure == "deleted"
        await asyncio.sleep(0.4)
        assert not scene.stage.sent
        given_up.append(scene.item(1).heard.text)

    with model_server(
        models=("m", ""), answer=lambda body: Answer("Too late, my friend."), latency=0.3
    ) as slow:
        play(plan(tmp_path, slow.base_url), stages, acted)
    assert given_up == [""]


def test_a_connector_that_crashes_is_started_again_and_goes_on(
    tmp_path: Path, server: ModelServer, stages: dict[str, Stage]
) -> None:
    def crashing(runs: int) -> None:
        if runs <= 3:
            raise OSError("no network")

    stages["robo on discord"] = Stage()
    stages["robo on discord"].on_run = crashing

    async def acted(scene: Scene) -> None:
        await scene.until(lambda: scene.stage.runs == 4)
        assert scene.lane.standing.restarts == 3
        scene.lane.ears.hear(said(1, "Hello there, how are you?"))
        assert (await scene.ended(1)).state == "sent"

    play(plan(tmp_path, server.base_url), stages, acted)


def test_a_name_that_is_called_is_who_answers(
    tmp_path: Path, server: ModelServer, stages: dict[str, Stage]
) -> None:
    async def acted(scene: Scene) -> None:
        scene.lane.ears.hear(said(1, "What would Ben say to that?", to_us=False))
        item = await scene.ended(1)
        assert (item.state, item.reason, item.speaker) == ("sent", "called", "ben")

    given = plan(tmp_path, server.base_url, answer_named=True, persona=["anna", "ben"])
    play(given, stages, acted)


def test_each_server_has_its_own_persona(
    tmp_path: Path, server: ModelServer, stages: dict[str, Stage]
) -> None:
    async def acted(scene: Scene) -> None:
        scene.lane.ears.hear(said(1, "Who is speaking over here?", server="77"))
        scene.lane.ears.hear(said(2, "And who is speaking there?", server="78", channel="other"))
        assert (await scene.ended(1)).speaker == "ben"
        assert (await scene.ended(2)).speaker == "anna"

    given = plan(tmp_path, server.base_url, discord={"servers": {"77": {"persona": "ben"}}})
    play(given, stages, acted)


def test_without_a_persona_it_is_said_in_whose_voice(
    tmp_path: Path, stages: dict[str, Stage]
) -> None:
    async def acted(scene: Scene) -> None:
        for number in range(30):
            scene.lane.ears.hear(said(number, f"Say something new about {number}, will you?"))
            await scene.ended(number)
        assert any("<@123456789012345678> " in text for text in scene.stage.texts)

    texts = iter(f"123456789012345678:> Word {number * 7919} it is." for number in range(99))
    limits = {"user_hour": None, "channel_hour": None}
    with model_server(models=("m", ""), answer=lambda body: Answer(next(texts))) as server:
        brain = {"form": "bias", "model": {"base_url": server.base_url, "model": "m"}}
        given = plan(
            tmp_path, server.base_url, brain=brain, say_who=True, voices={}, persona=(),
            rules=RULES | {"limits": limits},
        )  # fmt: skip
        play(given, stages, acted)


def test_the_own_model_is_found_when_it_comes_and_followed_when_it_moves(
    tmp_path: Path, stages: dict[str, Stage]
) -> None:
    from clone_pipeline.serving_reports import report_serving

    def report(server: ModelServer, version: str) -> None:
        report_serving(
            tmp_path / "models", pid=1, version=version, digest="d", url=server.base_url,
            state="serving",
        )  # fmt: skip

    async def acted(scene: Scene) -> None:
        scene.lane.ears.hear(said(1, "Is anybody there to answer?"))
        await scene.until(lambda: "serve" in scene.item(1).failure)
        assert scene.item(1).state == "decided"
        report(first, "v1")
        assert "v1" in str((await scene.ended(1)).model)
        scene.lane.ears.hear(said(2, "And is anybody there again?"))
        report(second, "v2")
        assert "v2" in str((await scene.ended(2)).model)

    def answer(body: Any) -> Answer:
        return Answer(f"Yes, {len(json.dumps(body))} times yes.")

    models = ("m", "")
    with (
        model_server(models=models, answer=answer, fingerprint="v1") as first,
        model_server(models=models, answer=answer, fingerprint="v2") as second,
    ):
        play(plan(tmp_path, "", brain={"model": {"tries": 1}}), stages, acted)


def test_the_story_of_a_message_can_be_told(
    tmp_path: Path, server: ModelServer, stages: dict[str, Stage]
) -> None:
    async def acted(scene: Scene) -> None:
        scene.lane.ears.hear(said(1, "Hello there, how are you?"))
        await scene.ended(1)

    given = plan(tmp_path, server.base_url)
    play(given, stages, acted)
    with queue_file.read_file(given.queue) as file:
        told = explain(Queue(file), "m1", reasons=REASONS)
    assert "mention_self_frequency" in told
    assert "sent-1" in told
