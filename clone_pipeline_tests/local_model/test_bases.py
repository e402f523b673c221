import os
from pathlib import Path

import pytest

from clone_pipeline.local_model import bases
from clone_pipeline.settings import FaultyInput


def test_a_relative_folder_is_the_projects(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    assert bases.folder_of("./base", root=tmp_path) == (tmp_path / "base").resolve()


def test_a_name_that_neither_disk_nor_hub_knows_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setenv("HF_HUB_CACHE", os.fspath(tmp_path))
    with pytest.raises(FaultyInput, match="nobody/nothing-at-all") as caught:
        bases.folder_of("nobody/nothing-at-all", root=tmp_path)
    assert caught.value.faults[0].where == "training.base_model"


def test_other_weights_of_the_same_size_are_another_identity(tmp_path: Path) -> None:
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"one")
    first = bases.identity(tmp_path)
    assert bases.identity(tmp_path) == first
    weights.write_bytes(b"two")
    assert bases.identity(tmp_path) != first
