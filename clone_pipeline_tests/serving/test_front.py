import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import openai
import pytest

from clone_pipeline import registry

HELLO: Any = [{"role": "user", "content": "Did you water the tomatoes?"}]


@pytest.fixture(scope="module")
def client(served: tuple[Path, str]) -> openai.OpenAI:
    return openai.OpenAI(base_url=served[1], api_key="none", max_retries=0)


def test_every_persona_the_expert_and_the_version_are_models(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["anna", "ben", "expert", "v0001"]


@pytest.mark.parametrize("model", ["anna", "ben", "expert", "v0001"])
def test_each_model_answers_and_names_the_version(client: openai.OpenAI, model: str) -> None:
    reply = client.chat.completions.create(model=model, messages=HELLO, seed=3)
    assert reply.model == model
    assert (reply.system_fingerprint or "").startswith("v0001-")
    assert reply.usage
    assert 0 < reply.usage.completion_tokens <= 12
    assert reply.usage.total_tokens > reply.usage.completion_tokens
    assert reply.choices[0].finish_reason in ("stop", "length")


def test_a_streamed_reply_is_the_whole_reply_in_pieces(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model="anna", messages=HELLO, seed=5)
    pieces = list(
        client.chat.completions.create(
            model="anna",
            messages=HELLO,
            seed=5,
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    text = "".join(piece.choices[0].delta.content or "" for piece in pieces if piece.choices)
    assert text == whole.choices[0].message.content
    assert pieces[-1].usage == whole.usage
    assert pieces[-2].choices[0].finish_reason == whole.choices[0].finish_reason
    assert {piece.id for piece in pieces} == {pieces[0].id}


def test_the_same_seed_says_the_same_and_no_seed_says_something_else(
    client: openai.OpenAI,
) -> None:
    def say(**options: Any) -> str:
        reply: Any = client.chat.completions.create(model="anna", messages=HELLO, **options)
        return str(reply.choices[0].message.content)

    assert say(seed=7) == say(seed=7)
    assert len({say(temperature=2.0) for _ in range(3)}) > 1
    assert say(temperature=0) == say(temperature=0)


def test_a_stop_text_ends_the_reply_before_it(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model="anna", messages=HELLO, temperature=0)
    text = whole.choices[0].message.content or ""
    middle = text[len(text) // 2 : len(text) // 2 + 2]
    cut = client.chat.completions.create(model="anna", messages=HELLO, temperature=0, stop=[middle])
    assert cut.choices[0].message.content == text[: text.index(middle)].strip()


def test_an_unknown_model_is_refused_in_openais_shape(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as refused:
        client.chat.completions.create(model="nobody", messages=HELLO)
    assert refused.value.code == "model_not_found"
    assert "anna, ben, expert, v0001" in refused.value.message


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "assistant", "content": "hi"}]}, "messages"),
        ({"n": 2}, "n"),
        ({"temperature": -1}, "temperature"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "messages"),
    ],
)
def test_what_can_not_be_answered_is_refused_with_the_field(
    client: openai.OpenAI, change: dict[str, Any], param: str
) -> None:
    asked: Any = {"model": "anna", "messages": HELLO, **change}
    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(**asked)
    assert (refused.value.param or "").startswith(param)


def test_a_message_beyond_the_models_length_is_refused_and_older_ones_are_left_out(
    client: openai.OpenAI,
) -> None:
    endless = "What are you planting next? " * 200
    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(
            model="anna", messages=[{"role": "user", "content": endless}], stream=True
        )
    assert refused.value.code == "context_length_exceeded"
    older: Any = [{"role": "user", "content": endless}, {"role": "assistant", "content": "Beans."}]
    assert client.chat.completions.create(model="anna", messages=older + HELLO).choices


def test_health_names_what_answers(served: tuple[Path, str]) -> None:
    with urllib.request.urlopen(served[1].removesuffix("/v1") + "/health") as reply:
        health = json.load(reply)
    assert (health["status"], health["version"]) == ("serving", "v0001")
    production = registry.production(served[0])
    assert production
    assert health["digest"] == production.digest


def test_a_path_that_is_not_there_is_refused_in_openais_shape(served: tuple[Path, str]) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(served[1] + "/engines")
    assert refused.value.code == 404
    assert json.load(refused.value)["error"]["type"] == "invalid_request_error"
