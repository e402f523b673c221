"""What clone.yaml may say of Reddit."""

import pytest
import yaml
from pydantic import ValidationError

from clone_pipeline.reddit.settings import RedditSettings, SubSettings

# As in VTX's documentation, without the keys of its bot.
SEED = """
filter: ["Grandma"]
replacers:
  myFriendOnReddit: 806051627198709760
subs:
  NoRules:
  TheInk: {limit: 50, type: top, skip: true, filter: [ink]}
"""


def test_the_seeds_form_is_read() -> None:
    settings = RedditSettings.model_validate(yaml.safe_load(SEED))
    assert settings.subs["NoRules"] == SubSettings()
    assert settings.subs["TheInk"].limit == 50
    assert settings.replacers == {"myFriendOnReddit": "806051627198709760"}
    assert settings.since is None


@pytest.mark.parametrize("written", ["shy_one", "u/shy_one", "/u/shy_one", "U/shy_one", "@shy_one"])
def test_a_user_is_the_same_however_the_name_is_written(written: str) -> None:
    settings = RedditSettings.model_validate({"opted_out": [written], "replacers": {written: 7}})
    assert settings.opted_out == ["shy_one"]
    assert settings.replacers == {"shy_one": "7"}


def test_a_name_of_digits_needs_no_quotes() -> None:
    settings = RedditSettings.model_validate(yaml.safe_load("opted_out: [123456]"))
    assert settings.opted_out == ["123456"]


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"subs": {"r/Plants": None}}, "subs"),
        ({"subs": {"x": None}}, "subs"),
        ({"subs": {"Plants": None, "plants": None}}, "subs"),
        ({"subs": {"Plants": {"sort": "top"}}}, "subs"),
        ({"subs": {"Plants": {"limit": 0}}}, "subs"),
        ({"filter": [""]}, "filter"),
        ({"since": "yesterday"}, "since"),
        ({"training_texts": ["gpt2"]}, "training_texts"),
        ({"client_secret_env": "KWuACGdauEMHjjWAQ-i0aRb7a1F"}, "client_secret_env"),
        ({"replacers": {"anna": True}}, "replacers"),
        ({"replacers": {"an na": 1}}, "replacers"),
        ({"replacers": {"u/Anna": 1, "anna": 2}}, "replacers"),
        ({"opted_out": ["shy one"]}, "opted_out"),
        ({"opted_out": ["https://www.reddit.com/user/shy_one"]}, "opted_out"),
        ({"opted_out": ["u/"]}, "opted_out"),
        ({"opted_out": ["a" * 21]}, "opted_out"),
        ({"opted_out": [True]}, "opted_out"),
    ],
)
def test_what_is_wrong_is_refused(given: dict[str, object], where: str) -> None:
    with pytest.raises(ValidationError) as raised:
        RedditSettings.model_validate(given)
    assert raised.value.errors()[0]["loc"][0] == where


@pytest.mark.parametrize("model", [RedditSettings, SubSettings])
def test_every_key_is_described(model: type[RedditSettings | SubSettings]) -> None:
    assert all(field.description for field in model.model_fields.values())
