import pytest

from clone_pipeline.bots.brain import Written
from clone_pipeline.bots.brain_settings import BrainSettings
from clone_pipeline.bots.voices import VoiceSettings
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.bots.heards import (
    BIAS,
    HOT,
    comment,
    message,
)
from clone_pipeline_tests.bots.model_server import running
from clone_pipeline_tests.bots.thinking import FORMS, saying, settings, think
from clone_pipeline_tests.llm.chat_protocol import Answer


@pytest.mark.parametrize(("form", "speaker", "raw", "path"), FORMS)
def test_every_form_is_asked_on_its_own_route(
    form: str, speaker: VoiceSettings, raw: str, path: str
) -> None:
    with running(answer=lambda body: raw) as server:
        found = think(settings(server, form=form), comment("Did you?"), speaker=speaker)
        (body,) = server.bodies
    assert isinstance(found, Written)
    assert found.text == "Not at all."
    assert ("messages" in body) == (path == "/chat/completions")
    assert found.bias == (str(BIAS) if form == "bias" else "")


def test_a_raw_prompt_may_go_to_a_chat_model() -> None:
    with running(answer=lambda body: "Not at all.") as server:
        chosen = settings(server, form="backstory", model={"api": "chat"})
        assert isinstance(think(chosen, comment("Did you?"), speaker=HOT), Written)
        (only,) = server.bodies[0]["messages"]
        assert only["role"] == "user"
        assert only["content"].endswith('Reply by u/HotBot: "')


def test_what_the_endpoint_filtered_is_not_sent() -> None:
    with running(answer=saying(Answer("I wo", finish_reason="content_filter"), "ok")) as server:
        found = think(settings(server), message("hi"))
    assert isinstance(found, Written)
    assert found.refused == ("content_filter",)


def test_an_endpoint_that_gives_the_prompt_back_is_read_all_the_same() -> None:
    with running(answer=lambda body: body["prompt"] + 'Not at all."') as server:
        found = think(settings(server, form="backstory"), comment("Did you?"), speaker=HOT)
    assert isinstance(found, Written)
    assert found.text == "Not at all."


def test_without_any_address_it_is_a_fault() -> None:
    with pytest.raises(FaultyInput, match="base_url"):
        think(BrainSettings(), message("hi"))
