import json
from pathlib import Path

import pytest

from clone_pipeline.local_model.merging import worth_merging


@pytest.mark.parametrize(
    ("size", "kind", "worth"),
    [(10, "LORA", True), (10, "PREFIX_TUNING", False), (2_000_000_001, "LORA", False)],
)
def test_small_bases_with_adapters_that_can_be_added_are_merged(
    tmp_path: Path, size: int, kind: str, worth: bool
) -> None:
    with (tmp_path / "model.safetensors").open("wb") as file:
        file.truncate(size)
    (tmp_path / "adapter_config.json").write_text(json.dumps({"peft_type": kind}))
    assert worth_merging(tmp_path, tmp_path) is worth


def test_a_base_that_is_not_here_is_not_merged(tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA"}))
    assert not worth_merging(tmp_path / "hub" / "name", tmp_path)
