from typing import Annotated, Literal

import pytest
from pydantic import Field, ValidationError

from clone_pipeline.settings import Fault, FaultyInput, Settings, faults_of


class Lora(Settings):
    name: Literal["lora"] = "lora"
    dropout: float = Field(0.0, ge=0, le=1)


class Galore(Settings):
    name: Literal["galore"]
    rank: int = 8


class Training(Settings):
    method: Annotated[Lora | Galore, Field(discriminator="name")] = Lora()
    epochs: int = Field(1, ge=1)


class Tree(Settings):
    training: Training = Training()
    people: dict[str, Lora] = Field(default_factory=dict)


def faults(tree: dict[str, object]) -> list[Fault]:
    with pytest.raises(ValidationError) as caught:
        Tree.model_validate(tree)
    return faults_of(caught.value, Tree)


def test_a_misspelt_key_is_named_by_its_path_and_the_right_one_is_suggested() -> None:
    (fault,) = faults({"training": {"method": {"name": "lora", "droput": 0.1}}})
    assert fault.where == "training.method.lora.droput"
    assert fault.fix == "Did you mean `dropout`?"


def test_a_key_like_no_other_gets_the_list_of_what_is_known() -> None:
    (fault,) = faults({"training": {"zzz": 1}})
    assert fault.fix == "Known here: epochs, method."


def test_a_misspelt_key_below_a_key_of_the_users_own_is_suggested_too() -> None:
    (fault,) = faults({"people": {"anna": {"dropuot": 0.5}}})
    assert fault.where == "people.anna.dropuot"
    assert fault.fix == "Did you mean `dropout`?"


def test_all_faults_come_at_once_with_what_was_found() -> None:
    found = faults({"training": {"epochs": 0, "method": {"name": "lora", "dropout": "much"}}})
    assert [fault.where for fault in found] == ["training.method.lora.dropout", "training.epochs"]
    assert "'much' (str)" in found[0].found
    assert "0 (int)" in found[1].found


def test_the_error_lists_every_fault_in_numbered_lines() -> None:
    error = FaultyInput([Fault("a", "1", "Do x."), Fault("b", "2", "Do y.")])
    assert str(error) == "2 faults:\n  1. a: found 1. Do x.\n  2. b: found 2. Do y."


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        Training().epochs = 3  # type: ignore[misc]
