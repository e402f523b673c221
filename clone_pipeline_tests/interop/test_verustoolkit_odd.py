"""Configurations of Augmentoolkit's keys, of unknown ones, and of what can't be meant."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from clone_pipeline.interop import writing
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.interop import verustoolkit_project as old
from clone_pipeline_tests.interop.verustoolkit_configurations import (
    AUGMENTOOLKIT,
    URL,
    made,
    read,
    told,
)


def test_augmentoolkit_s_keys_are_all_known() -> None:
    taken = read(AUGMENTOOLKIT)
    found = made(AUGMENTOOLKIT)
    assert taken.imported.unknown == []
    assert (found.llm.model, found.llm.large_model) == ("little", "big")
    assert taken.imported.secrets == {"LLM_API_KEY": "s3cret-Value"}
    assert "s3cret" not in told(taken)
    assert (found.qa.repair, found.qa.filter_chunks) == (False, True)
    assert found.qa.checks == ["question", "relevancy", "accuracy"]
    assert found.expert.system_prompt == "One."
    assert any("first of 2" in each for each in taken.imported.changed)
    for key in ("HUGGINGFACE.HUB_PATH", "PHASE.PHASE_INDEX", "SCRAPING.START_URL", "PATH.OUTPUT"):
        assert dict(taken.imported.not_taken)[key]


def test_a_large_model_of_another_host_is_not_asked_for_at_the_small_one_s() -> None:
    taken = read(
        AUGMENTOOLKIT.replace("LARGE_BASE_URL: https://models", "LARGE_BASE_URL: https://x")
    )
    assert "large_model" not in taken.imported.tree["llm"]
    assert "gateway" in dict(taken.imported.not_taken)["API.LARGE_MODEL"]
    assert "s3cret" not in told(taken)


@pytest.mark.parametrize(
    ("key", "value"),
    [("USE_FILENAMES", True), ("ASSISTANT_MODE", False), ("DO_NOT_USE_SYSTEM_PROMPTS", True),
     ("REARRANGEMENTS_TO_TAKE", 3), ("GRAPH", False)],
)  # fmt: skip
def test_what_is_not_taken_is_told_with_the_reason(key: str, value: Any) -> None:
    imported = read(old.tree(URL, **{key: value})).imported
    assert dict(imported.not_taken)[f"SYSTEM.{key}"].startswith("not taken: ")


def test_what_holds_anyhow_is_nothing_to_tell() -> None:
    imported = read(old.tree(URL, USE_FILENAMES=False, ASSISTANT_MODE=True)).imported
    assert not [key for key, _ in imported.not_taken if key.startswith("SYSTEM")]
    assert imported.unknown == []


def test_unknown_keys_are_named() -> None:
    tree = old.tree(URL, CHUNKSIZE=3)
    tree["EXTRA"] = {"A": 1}
    assert sorted(read(tree).imported.unknown) == ["EXTRA", "SYSTEM.CHUNKSIZE"]


def test_all_faults_are_told_at_once() -> None:
    tree = old.tree("", MODE="magic", STOP="perhaps", CHUNK_SIZE=True)
    tree["API"] |= {"LOGICAL_MODEL": None, "API_KEY": 12345}
    tree["PATH"]["INPUT"] = ["a"]
    with pytest.raises(FaultyInput) as raised:
        read(tree)
    assert {fault.where for fault in raised.value.faults} == {
        "API.BASE_URL", "API.LOGICAL_MODEL", "API.API_KEY", "SYSTEM.MODE", "SYSTEM.STOP",
        "SYSTEM.CHUNK_SIZE", "PATH.INPUT",
    }  # fmt: skip
    assert "12345" not in str(raised.value)


_KEYS = [
    (section, key) for section, below in yaml.safe_load(AUGMENTOOLKIT).items() for key in below
]
_VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 9), st.text(max_size=5), st.floats(0, 2),
    st.lists(st.text(max_size=3), max_size=2), st.just({"A": "b"}),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(_KEYS), _VALUES, max_size=6))
def test_whatever_stands_where_every_key_is_accounted_for(
    found: dict[tuple[str, str], Any],
) -> None:
    tree = old.tree(URL)
    for (section, key), value in found.items():
        tree.setdefault(section, {})[key] = value
    try:
        imported = read(tree).imported
    except FaultyInput:
        return
    known = {*imported.taken, *imported.unknown, *(key for key, _ in imported.not_taken)}
    for section, below in tree.items():
        for key in below:
            name = f"{section}.{key}"
            assert {section, name} & known or any(each.startswith(f"{name}.") for each in known)


def test_an_address_that_holds_a_key_is_not_shown() -> None:
    with pytest.raises(FaultyInput) as raised:
        read(old.tree("https://me:s3cret-Value@models.example/v1"))
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize(
    ("key", "value", "here"),
    [("CHUNK_SIZE", 5, "chunking.max_chars"), ("DOUBLE_CHECK_COUNTER", 11, "qa.votes"),
     ("FINAL_ASSISTANT_PROMPT_RAG", "no place", "expert.system_prompt_rag")],
)  # fmt: skip
def test_a_value_that_is_none_here_is_named_by_both_keys(
    key: str, value: Any, here: str, tmp_path: Path
) -> None:
    with pytest.raises(FaultyInput, match=rf"SYSTEM.{key} \({here} here\)"):
        writing.write(read(old.tree(URL, **{key: value})).imported, tmp_path / "p")
    assert not (tmp_path / "p").exists()
