"""Recipes that today's axolotl reads."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from clone_pipeline.formats import axolotl


def recipes(folder: Path, **changed: str) -> dict[str, dict[str, Any]]:
    paths = axolotl.write(
        folder,
        **{"base_model": "embedded", "method": "lora", "max_tokens": 512, **changed},  # type: ignore[arg-type]
    )
    return {path.stem: yaml.safe_load(path.read_text()) for path in paths}


def test_sharegpt_is_read_through_a_chat_template(tmp_path: Path) -> None:
    (tmp_path / "sharegpt.jsonl").write_text("{}\n")
    (tmp_path / "sharegpt_rag.jsonl").write_text("")
    recipe = recipes(tmp_path)["sharegpt"]
    assert recipe["base_model"] == "HuggingFaceTB/SmolLM2-135M-Instruct"
    (dataset,) = recipe["datasets"]
    assert dataset["path"] == "../sharegpt.jsonl"
    assert dataset["type"] == "chat_template"
    assert dataset["field_messages"] == "conversations"
    assert dataset["message_property_mappings"] == {"role": "from", "content": "value"}
    assert dataset["roles"] == {"system": ["system"], "user": ["human"], "assistant": ["gpt"]}


def test_rag_rows_are_read_too_where_there_are_any(tmp_path: Path) -> None:
    for name in ("sharegpt.jsonl", "sharegpt_rag.jsonl"):
        (tmp_path / name).write_text("{}\n")
    datasets = recipes(tmp_path)["sharegpt"]["datasets"]
    assert [d["path"] for d in datasets] == ["../sharegpt.jsonl", "../sharegpt_rag.jsonl"]


@pytest.mark.parametrize(
    ("recipe", "type_", "path"),
    [
        ("segments", "input_output", "../segments.json"),
        ("pretraining", "completion", "../pretraining.jsonl"),
    ],
)
def test_segments_and_texts_are_read_without_a_template(
    tmp_path: Path, recipe: str, type_: str, path: str
) -> None:
    written = recipes(tmp_path)[recipe]
    (dataset,) = written["datasets"]
    assert (dataset["type"], dataset["path"]) == (type_, path)
    assert "chat_template" not in written
    assert written["train_on_inputs"] is False


@pytest.mark.parametrize(
    ("recipe", "written", "read"),
    [
        ("segments", {"segments.json": "[\n\n]\n", "qa_segments.json": "[\n{}\n]\n"},
         ["../qa_segments.json"]),
        ("segments", {"segments.json": "[\n{}\n]\n", "qa_segments.json": "[\n{}\n]\n"},
         ["../segments.json", "../qa_segments.json"]),
        ("segments", {"segments.json": "[\n{}\n]\n", "qa_segments.json": "[\n\n]\n"},
         ["../segments.json"]),
        ("pretraining", {"pretraining.jsonl": "{}\n", "rewritings.jsonl": "{}\n"},
         ["../pretraining.jsonl", "../rewritings.jsonl"]),
        ("pretraining", {"pretraining.jsonl": "{}\n", "rewritings.jsonl": ""},
         ["../pretraining.jsonl"]),
    ],
)  # fmt: skip
def test_a_recipe_names_the_exports_that_hold_rows(
    tmp_path: Path, recipe: str, written: dict[str, str], read: list[str]
) -> None:
    for name, text in written.items():
        (tmp_path / name).write_text(text)
    assert [each["path"] for each in recipes(tmp_path)[recipe]["datasets"]] == read


def test_galore_is_the_seeds_and_has_no_adapter(tmp_path: Path) -> None:
    for recipe in recipes(tmp_path, method="galore", base_model="org/model").values():
        assert recipe["base_model"] == "org/model"
        assert recipe["optimizer"] == "galore_adamw_8bit"
        assert recipe["optim_args"] == {
            "rank": 256, "update_proj_gap": 200, "scale": 0.25, "proj_type": "std"
        }  # fmt: skip
        assert recipe["optim_target_modules"] == ["mlp", "self_attn"]
        assert recipe["learning_rate"] == pytest.approx(3.5e-6)
        assert "adapter" not in recipe
