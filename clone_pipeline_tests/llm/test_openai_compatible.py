from typing import Any

import pytest
from pydantic import ValidationError

from clone_pipeline.llm.openai_compatible import LlmSettings, api_key
from clone_pipeline.llm.opening import who_receives
from clone_pipeline.settings import FaultyInput, faults_of


def test_nothing_set_means_the_embedded_model() -> None:
    settings = LlmSettings()
    assert settings.base_url is None
    assert settings.concurrency == 60
    assert (
        who_receives(settings, what="chunks")
        == "asks the embedded model; nothing leaves this machine"
    )


def test_an_address_is_tidied_and_named() -> None:
    given = {"base_url": "https://api.openai.com/v1/chat/completions/", "model": "m"}
    settings = LlmSettings.model_validate(given)
    assert settings.base_url == "https://api.openai.com/v1"
    assert who_receives(settings, what="chunks") == "text of chunks goes to api.openai.com"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"base_url": "api.openai.com/v1", "model": "m"}, "begins with http"),
        ({"base_url": "https://u:p@example.com/v1", "model": "m"}, "holds no key"),
        ({"base_url": "https://example.com/v1?key=1", "model": "m"}, "holds no key"),
        ({"base_url": "https://example.com/v1"}, "needs `model`"),
        ({"api_key_env": "sk-123"}, "the name of an environment variable"),
        ({"concurrency": 0}, "greater than or equal to 1"),
        ({"modell": "m"}, "Did you mean `model`"),
        ({"mode": "cohere"}, "needs `model`"),
        ({"mode": "cohere", "model": "m", "completion_mode": True}, "has no `completion_mode`"),
        ({"mode": "cohere", "model": "m", "stream": True}, "has no `stream`"),
        ({"mode": "batch"}, "needs `base_url`"),
        ({"base_url": "http://h/v1", "model": "m", "budget": 5}, "needs the prices of `m`"),
        (
            {"base_url": "http://h/v1", "model": "m", "large_model": "l", "prompt_price": 1,
             "large_prompt_price": 0, "budget": 5},
            "needs the prices of `l`",
        ),
    ],
)  # fmt: skip
def test_a_faulty_setting_says_what_is_wrong(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError) as error:
        LlmSettings.model_validate(given)
    assert says in str(faults_of(error.value, LlmSettings)[0])


def test_a_key_pasted_where_its_variable_belongs_is_not_shown() -> None:
    with pytest.raises(ValidationError) as error:
        LlmSettings.model_validate({"api_key_env": "sk-proj-123"})
    assert "sk-proj" not in str(faults_of(error.value, LlmSettings)[0])


def test_the_large_model_may_have_a_price_of_its_own() -> None:
    settings = LlmSettings(
        base_url="http://h/v1", model="s", large_model="l", prompt_price=1, large_completion_price=9
    )
    assert settings.prices == {"l": (1, 9)}
    assert LlmSettings(prompt_price=1).prices == {}


def test_a_key_comes_from_the_environment_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_KEY", "  abc\n")
    assert api_key("SOME_KEY") == "abc"
    assert api_key(None) is None
    monkeypatch.delenv("SOME_KEY")
    with pytest.raises(FaultyInput, match="export SOME_KEY="):
        api_key("SOME_KEY")
    monkeypatch.setenv("SOME_KEY", "two words")
    with pytest.raises(FaultyInput, match="hidden") as error:
        api_key("SOME_KEY")
    assert "two words" not in str(error.value)
