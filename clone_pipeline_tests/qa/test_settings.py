import pytest
from pydantic import ValidationError

from clone_pipeline.qa.settings import QaSettings


def test_the_defaults_are_the_seeds() -> None:
    settings = QaSettings()
    assert (settings.votes, settings.checks) == (3, ["question", "accuracy"])
    assert settings.repair
    assert settings.prompts is None


@pytest.mark.parametrize(
    "given",
    [
        {"votes": 0},
        {"votes": 10},
        {"checks": []},
        {"checks": ["question", "question"]},
        {"checks": ["style"]},
        {"styles": ["Open Ended"]},
        {"styles": []},
        {"styles": ["default", "multi_source"]},
        {"top_up": {"rounds": 9}},
        {"max_pairs_per_chunk": 0},
        {"vote": 3},
    ],
)
def test_what_makes_no_sense_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        QaSettings.model_validate(given)


def test_every_field_is_described() -> None:
    assert all(field.description for field in QaSettings.model_fields.values())
