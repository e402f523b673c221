from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.llm.choices import Several, shares, split


class Notes:
    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def remember(self, name: str, value: str) -> None:
        self.kept[name] = value

    def recalled(self, name: str) -> str | None:
        return self.kept.get(name)


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**5), min_size=1, max_size=20))
def test_shares_are_whole_and_sum_up(total: int, weights: list[int]) -> None:
    found = shares(total, weights)
    assert sum(found) == total
    assert len(found) == len(weights)
    assert min(found) >= 0


@given(st.lists(st.text(), min_size=1, max_size=6), st.integers(0, 9999), st.integers(0, 9999))
def test_each_choice_becomes_a_completion_and_no_token_is_lost(
    texts: list[str], prompt: int, written: int
) -> None:
    data: dict[str, Any] = {
        "id": "c",
        "choices": [
            {"index": i, "message": {"content": t}, "finish_reason": "stop"}
            for i, t in enumerate(texts)
        ],
        "usage": {"prompt_tokens": prompt, "completion_tokens": written, "details": {"x": 1}},
    }
    parts = split(data)
    assert [part["choices"][0]["message"]["content"] for part in parts] == texts
    assert all(len(part["choices"]) == 1 and part["id"] == "c" for part in parts)
    assert sum(part["usage"]["prompt_tokens"] for part in parts) == prompt
    assert sum(part["usage"]["completion_tokens"] for part in parts) == written
    assert parts[0]["usage"]["prompt_tokens"] == prompt


def test_what_was_found_is_remembered_for_the_model_at_its_host() -> None:
    notes = Notes()
    first = Several("h", notes)
    assert first.given("m") is None
    first.learn("m", gives=True)
    first.learn("other", gives=False)
    again = Several("h", notes)
    assert (again.given("m"), again.given("other"), again.given("new")) == (True, False, None)
    assert Several("elsewhere", notes).given("m") is None


def test_switched_off_it_is_never_asked_for() -> None:
    notes = Notes()
    Several("h", notes).learn("m", gives=True)
    assert Several("h", notes, allowed=False).given("m") is False


def test_refusals_without_a_reason_settle_it_at_the_third() -> None:
    several = Several("h", Notes())
    several.strike("m", clear=False)
    several.strike("m", clear=False)
    assert several.given("m") is None
    several.strike("m", clear=False)
    assert several.given("m") is False
    several.strike("n", clear=True)
    assert several.given("n") is False
