from typing import Any

import pytest

from clone_pipeline.bots.brain import Written
from clone_pipeline.bots.brain_settings import BrainSettings
from clone_pipeline.bots.heard import Said
from clone_pipeline.bots.voices import VoiceSettings
from clone_pipeline_tests.bots.heards import (
    ANNA,
    message,
    submission,
)
from clone_pipeline_tests.bots.model_server import running
from clone_pipeline_tests.bots.thinking import saying, settings, think
from clone_pipeline_tests.llm.chat_protocol import Answer, Body


def test_a_reply_comes_with_the_version_that_wrote_it() -> None:
    with running(answer=lambda body: "Hello Bob.", fingerprint="anna-v3-0123456789ab") as server:
        found = think(settings(server), message("hi"))
    assert found == Written("Hello Bob.", "small anna-v3-0123456789ab", 1)


def test_the_persona_is_asked_for_by_its_own_name() -> None:
    with running(answer=lambda body: "Hello.", models=("anna",)) as server:
        speaker = ANNA.model_copy(update={"model": "anna"})
        assert isinstance(think(settings(server), message("hi"), speaker=speaker), Written)
        assert server.bodies[0]["model"] == "anna"


def test_without_a_bias_the_written_speaker_is_told() -> None:
    speaker = VoiceSettings(name="any")
    with running(answer=lambda body: "123456789012345678:> Not at all.") as server:
        found = think(settings(server, form="bias"), message("hi"), speaker=speaker)
    assert isinstance(found, Written)
    assert (found.bias, found.text) == ("123456789012345678", "Not at all.")


def test_a_gate_that_is_off_and_unseen_images_are_said() -> None:
    told = BrainSettings().sentences()
    assert "gate is off" in told[0]
    assert "Images are passed over" in told[1]


def test_a_post_is_written_by_its_own_model_in_tags() -> None:
    def answer(body: Body) -> str:
        assert body["model"] == "large"
        assert body["prompt"] == "<|soss r/gardening|><|sot|>"
        return "Beans<|eot|><|sost|>They grow.<|eost|>"

    with running(answer=answer) as server:
        writer = {"base_url": server.base_url, "model": "large", "temperature": 0.5}
        found = think(settings(server, post_model=writer), submission("", ""), post=True)
    assert isinstance(found, Written)
    assert (found.title, found.text) == ("Beans", "They grow.")


def test_a_post_that_was_posted_before_or_has_no_end_is_tried_again() -> None:
    answers = saying(
        "Beans<|eot|><|sost|>They grow.<|eost|>", Answer("Beans and no", finish_reason="length"),
        "Roses<|eot|><|sost|>Red ones.<|eost|>",
    )  # fmt: skip
    with running(answer=answers) as server:
        before = (Said("t3_z", "me", "They grow.", ours=True),)
        found = think(settings(server), submission("", "", context=before), post=True)
    assert isinstance(found, Written)
    assert (found.title, found.refused) == ("Roses", ("repeats_context", "unreadable"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"form": "chat", "model": {"api": "completion"}},
        {"min_chars": 9, "max_chars": 5},
        {"attempts": 0},
        {"model": {"base_url": "http://user:key@x/v1"}},
        {"temprature": 1},
    ],
)
def test_impossible_settings_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        BrainSettings.model_validate(wrong)
