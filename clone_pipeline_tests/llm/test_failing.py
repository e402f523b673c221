import pytest

from clone_pipeline.llm.failing import failure


@pytest.mark.parametrize(
    ("status", "found", "says"),
    [
        (None, "refused", "llm.base_url"),
        (401, "bad key", "MY_KEY"),
        (403, "no", "MY_KEY"),
        (402, "pay", "money"),
        (429, "insufficient_quota", "money"),
        (429, "slow", "llm.concurrency"),
        (400, "stop: at most 4", "llm.stop_limit"),
        (400, "use max_completion_tokens", "llm.max_tokens_key"),
        (400, "too long", "prompt length"),
        (308, "https://new", "llm.base_url"),
        (200, "<html>", "OpenAI-compatible"),
        (503, "busy", "Try again later"),
    ],
)
def test_each_failure_says_what_to_do(status: int | None, found: str, says: str) -> None:
    error = failure("h", status, found, model="m", key_env="MY_KEY")
    assert says in str(error)
    assert str(error).startswith("h ")


def test_an_unknown_model_lists_those_that_are_offered() -> None:
    error = failure("h", 404, "no", model="smal", key_env=None, offered=["large", "small"])
    assert "It offers: large, small; did you mean `small`?" in str(error)
