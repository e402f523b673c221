"""Verustoolkit's configuration as clone.yaml: each setting has its meaning."""

from collections.abc import Callable
from typing import Any

import pytest

from clone_pipeline.project import Project
from clone_pipeline_tests.interop import verustoolkit_project as old
from clone_pipeline_tests.interop.verustoolkit_configurations import URL, made, read, told


@pytest.mark.parametrize(
    ("key", "value", "sees"),
    [
        ("CHUNK_SIZE", 700, lambda made: made.chunking.max_chars),
        ("USE_SUBSET", True, lambda made: made.chunking.use_subset),
        ("SUBSET_SIZE", 7, lambda made: made.chunking.subset_size),
        ("COMPLETION_MODE", True, lambda made: made.llm.completion_mode),
        ("CONCURRENCY_LIMIT", 90, lambda made: made.llm.concurrency),
        ("DOUBLE_CHECK_COUNTER", 5, lambda made: made.qa.votes),
        ("STOP", False, lambda made: made.llm.send_stop),
        ("MODE", "api", lambda made: made.llm.mode),
        ("FINAL_ASSISTANT_PROMPT_NO_RAG", "A\n\nB: c", lambda made: made.expert.system_prompt),
        ("FINAL_ASSISTANT_PROMPT_RAG", "#{data}", lambda made: made.expert.system_prompt_rag),
        ("RAG_FAILURE_PERCENTAGE", 0.2, lambda made: made.datasets.rag.wrong_context),
    ],
)
def test_each_setting_has_its_meaning(
    key: str, value: Any, sees: Callable[[Project], object]
) -> None:
    assert sees(made(old.tree(URL, **{key: value}))) == value


def test_who_is_asked_is_taken_and_the_key_goes_to_env_only() -> None:
    taken = read(old.tree(URL))
    llm = made(old.tree(URL)).llm
    assert (llm.base_url, llm.model, llm.large_model) == (URL, "small", "large")
    assert taken.imported.secrets == {llm.api_key_env: old.KEY}
    assert old.KEY not in told(taken)
    assert taken.imported.unknown == []


def test_a_key_that_names_its_variable_is_taken_as_that() -> None:
    tree = old.tree(URL)
    tree["API"]["API_KEY"] = "TOGETHER_API_KEY"
    taken = read(tree)
    assert taken.imported.tree["llm"]["api_key_env"] == "TOGETHER_API_KEY"
    assert taken.imported.secrets == {}


@pytest.mark.parametrize(("url", "variable"), [(URL, None), ("https://a.example", "LLM_API_KEY")])
def test_a_placeholder_is_no_key(url: str, variable: str | None) -> None:
    tree = old.tree(url)
    tree["API"]["API_KEY"] = "your key here"
    taken = read(tree)
    assert taken.imported.tree["llm"].get("api_key_env") == variable
    assert taken.imported.secrets == {}
    assert "LLM_API_KEY" in dict(taken.imported.not_taken)["API.API_KEY"]


def test_cohere_needs_no_address() -> None:
    taken = read(old.tree(URL, MODE="cohere"))
    assert taken.imported.tree["llm"]["mode"] == "cohere"
    assert "base_url" not in taken.imported.tree["llm"]


def test_a_mode_that_loads_the_model_itself_says_what_to_do() -> None:
    imported = read(old.tree(URL, MODE="aphrodite")).imported
    assert "llm.base_url" in dict(imported.not_taken)["SYSTEM.MODE"]
    assert imported.tree["llm"]["base_url"] == URL


@pytest.mark.parametrize(
    ("skip", "checks"),
    [
        ({}, ["question", "accuracy"]),
        ({"QUESTION_CHECK": False}, ["question", "accuracy"]),
        ({"QUESTION_CHECK": True}, ["accuracy"]),
        ({"QUESTION_CHECK": True, "ANSWER_RELEVANCY_CHECK": False}, ["relevancy", "accuracy"]),
        ({"ANSWER_RELEVANCY_CHECK": False}, ["question", "relevancy", "accuracy"]),
        ({"ANSWER_RELEVANCY_CHECK": True}, ["question", "accuracy"]),
    ],
)
def test_checks_that_are_skipped_are_not_made(skip: dict[str, bool], checks: list[str]) -> None:
    assert made({**old.tree(URL), "SKIP": skip}).qa.checks == checks


@pytest.mark.parametrize(("votes", "said"), [(2, "first 1"), (4, "5 votes have no ties"), (3, "")])
def test_ties_are_told_where_there_can_be_any(votes: int, said: str) -> None:
    sentences = read(old.tree(URL, DOUBLE_CHECK_COUNTER=votes)).imported.changed
    ties = [each for each in sentences if "tie" in each]
    assert len(ties) == bool(said)
    assert said in "".join(ties)


def test_no_check_at_all_is_not_possible() -> None:
    taken = read(old.tree(URL, DOUBLE_CHECK_COUNTER=0))
    assert taken.imported.tree["qa"]["votes"] == 1
    assert "not possible" in dict(taken.imported.not_taken)["SYSTEM.DOUBLE_CHECK_COUNTER"]
