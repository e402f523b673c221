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
        ({"replacers": {"a": True}}, "replacers"),
    ],
)
def test_what_is_wrong_is_refused(given: dict[str, object], where: str) -> None:
    with pytest.raises(ValidationError) as raised:
        RedditSettings.model_validate(given)
    assert raised.value.errors()[0]["loc"][0] == where


@pytest.mark.parametrize("model", [RedditSettings, SubSettings])
def test_every_key_is_described(model: type[RedditSettings | SubSettings]) -> None:
    assert all(field.description for field in model.model_fields.values())
