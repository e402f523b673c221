"""Names of other systems as keys and variables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.interop import names
from clone_pipeline.settings import FaultyInput


@given(st.text(), st.lists(st.text("ab-", max_size=5)))
def test_a_key_is_one_whatever_it_is_made_of(name: str, taken: list[str]) -> None:
    made = names.key(name, taken)
    assert names.bot_key(made) == made
    assert made not in taken


@pytest.mark.parametrize("name", ["", "A", "a b", "-a", "a" * 41, "a.b"])
def test_a_bot_s_name_that_is_none_is_a_fault(name: str) -> None:
    with pytest.raises(FaultyInput, match="at most 40"):
        names.bot_key(name)


@given(st.text(), st.text())
def test_a_variable_is_one_whatever_it_is_made_of(one: str, other: str) -> None:
    assert names.variable(one, other).isidentifier()


@pytest.mark.parametrize(
    "name",
    ["BOT_PASS", "HF_KEY", "HFKEY", "BOT2_SECRET", "BOT_ID", "HF_VAR", "MYTOKEN", "REDDITPW"],
)
def test_what_is_written_as_a_name_is_one(name: str) -> None:
    assert names.is_variable(name, {})


@pytest.mark.parametrize(
    "value",
    [
        "hf_AbCdEfGhIjKlMnOpQrStUvWxYz012345", "HCM1ZzHzyTqfykD4PpK2bw",
        "KWuACGdauEMHjjWAQ_i0aRb7a1F",
        "AIzaSyD-abc", "mySuperSecretPassword1!", "0123456789abcdef0123456789abcdef", "hunter2",
        "password", "AKIAIOSFODNN7EXAMPLEX", "Passw0rd", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "", 5, None,
        "A1B2C3D4_E5F6", "correct_horse_battery", "HUNTERTWO", "CORRECT_HORSE", "MIDNIGHT",
        "hf_key", "a" * 70, "correcthorse_batterystaplelong",
    ],
)  # fmt: skip
def test_what_is_not_written_as_a_name_is_a_secret(value: object) -> None:
    assert not names.is_variable(value, {})


def test_what_is_set_is_a_name() -> None:
    assert names.is_variable("hunter2", {"hunter2": "x"})
