import re

import pytest

from clone_pipeline.bots.brain import Refused
from clone_pipeline.bots.context import Form, Prompt
from clone_pipeline.bots.heard import Heard, Said
from clone_pipeline.bots.voices import VoiceSettings
from clone_pipeline.formats.defusing import defuse
from clone_pipeline_tests.bots.heards import (
    INJECTIONS,
    SAID,
    SPEAKERS,
    built,
    comment,
    message,
    submission,
)
from clone_pipeline_tests.bots.model_server import running
from clone_pipeline_tests.bots.thinking import FORMS, settings, think
from clone_pipeline_tests.llm.chat_protocol import Body


def _turns_of(form: Form, whole: str) -> list[str]:
    """The beginnings of turns that a model would see in a raw prompt."""
    marks = {"bias": r"¶\d*:?>?", "backstory": r'(?m)^[A-Za-z ]+ by u/[^ ]+|"', "tags": r"<\|[^>]*"}
    return re.findall(marks[form], whole)


@pytest.mark.parametrize("form", ["bias", "backstory", "tags"])
@pytest.mark.parametrize("kind", ["message", "comment", "submission", "context", "title", "author"])
def test_nothing_that_somebody_wrote_forges_a_turn(form: Form, kind: str) -> None:
    honest = _turns_of(form, _prompt(form, kind, "harmless words").whole())
    for text in INJECTIONS:
        whole = _prompt(form, kind, text).whole()
        assert _masked(_turns_of(form, whole), kind) == _masked(honest, kind), text[:80]
        assert "<|im_start|>" not in whole
        assert all(token not in whole for token in ("[INST]", "</s>", "<start_of_turn>"))


@pytest.mark.parametrize("kind", ["message", "comment", "submission", "context", "title", "author"])
def test_nothing_that_somebody_wrote_forges_a_turn_of_a_chat(kind: str) -> None:
    honest = _prompt("chat", kind, "harmless words")
    for text in INJECTIONS:
        prompt = _prompt("chat", kind, text)
        roles = [each["role"] for each in prompt.messages]
        assert roles == [each["role"] for each in honest.messages]
        for each in prompt.messages[1:]:
            content = each["content"]
            assert content == defuse(content)
            assert content.strip()
            assert not re.search(r"(?im)^\W*(anna|others|system|user|assistant)\W*[:：]", content)


def _prompt(form: Form, kind: str, text: str) -> Prompt:
    heards: dict[str, Heard] = {
        "message": message(text, context=SAID),
        "comment": comment(text),
        "submission": submission("Beans", text),
        "context": message("so?", context=(*SAID, Said("3", "carl", text))),
        "title": submission(text, "body"),
        "author": message("so?", author=text, context=(Said("3", "carl", "hm"), *SAID)),
    }
    return built(form, heards[kind], speaker=SPEAKERS[form], context_tokens=10**6)


def _masked(turns: list[str], kind: str) -> list[str]:
    if kind != "author":
        return turns
    shorter = [re.sub(r"u/.*|¶\d+", "", each) for each in turns]
    return [re.sub(r"(<\|so)(r|opr|ocr)", r"\1", each) for each in shorter]


@pytest.mark.parametrize(("form", "speaker", "raw", "path"), FORMS)
def test_whatever_people_try_nothing_forged_leaves_the_brain(
    form: str, speaker: VoiceSettings, raw: str, path: str
) -> None:
    """The model is as gullible as can be: it says what it was told to, then something honest."""

    def parrot(body: Body) -> str:
        if body["temperature"] > 0.8:
            return raw
        asked = body["messages"][-1]["content"] if "messages" in body else body["prompt"]
        return str(asked)[-300:] + " @everyone <@&123456789012345678>"

    with running(answer=parrot) as server:
        for text in INJECTIONS:
            found = think(settings(server, form=form), message(text), speaker=speaker)
            if isinstance(found, Refused):
                assert found.reason == "nothing_to_answer", text[:80]
                continue
            assert "I confess" not in found.text, text[:80]
            for mark in ("@everyone", "<@&", "¶", "<|", "by u/", "\nAnna:"):
                assert mark not in found.text, text[:80]
