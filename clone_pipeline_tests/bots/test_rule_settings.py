"""What a person may write of the rules, and what is refused with its fix."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from clone_pipeline.bots.rule_settings import RuleSettings


@pytest.mark.parametrize(
    ("given_so", "says"),
    [
        ({"chance": 1.5}, "less than or equal to 1"),
        ({"chance": -0.1}, "greater than or equal to 0"),
        ({"chanse": 0.1}, "Extra inputs are not permitted"),
        ({"linkpost_only": 3}, "0, 1 or 2"),
        ({"quiet_hours": ["22-7"]}, "write it as"),
        ({"quiet_hours": ["00:00-12:00", "12:00-00:00"]}, "leave some time to speak"),
        ({"time_zone": "Mars/Olympus"}, "Europe/Berlin"),
        ({"post_schedule": {"mon": [1320]}}, "in quotes"),
        ({"post_schedule": {"mon": ["25:00"]}}, "match pattern"),
        ({"post_schedule": {"moon": ["12:00"]}}, "'mon'"),
        ({"post_frequency": 24, "post_schedule": {"mon": ["12:00"]}}, "keep one"),
        ({"delay": {"min": 900, "max": 300}}, "swap them"),
        ({"trigger_words": [""]}, "at least 1 character"),
        ({"negative_keywords": [" \u200b"]}, "remove it"),
        ({"loops": {"max_depth": 0}}, "greater than or equal to 1"),
        ({"limits": {"user_hour": -1}}, "greater than or equal to 0"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_fix(given_so: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        RuleSettings.model_validate(given_so)


@pytest.mark.parametrize(("written", "meant"), [(False, 0), (True, 1), (2, 2)])
def test_linkpost_only_takes_hotshotbots_false(written: object, meant: int) -> None:
    assert RuleSettings.model_validate({"linkpost_only": written}).linkpost_only == meant


def test_the_rules_are_frozen_and_comparable() -> None:
    rules = RuleSettings(chance=0.2)
    with pytest.raises(ValidationError, match="frozen"):
        rules.chance = 0.3  # type: ignore[misc]
    assert rules == RuleSettings.model_validate(rules.model_dump())


@given(st.floats(0, 1), st.sampled_from(["vtx", "hotshot", "ssi"]), st.booleans())
def test_settings_survive_json(chance: float, style: Any, link: bool) -> None:
    rules = RuleSettings(
        style=style,
        chance=chance,
        linkpost_only=int(link),
        quiet_hours=("22:00-07:00",),
        post_schedule={"mon": ("09:30",)},
    )
    assert RuleSettings.model_validate_json(rules.model_dump_json()) == rules
