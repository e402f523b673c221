import importlib.util
from pathlib import Path

import huggingface_hub
import pytest

from clone_pipeline.classifiers.weights import Missing, located


def _saved(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"")
    return folder


def test_a_folder_with_weights_is_taken(tmp_path: Path) -> None:
    assert located(str(_saved(tmp_path))) == tmp_path.resolve()


def test_a_name_is_looked_up_in_the_cache_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    model = tmp_path / "models--some--judge"
    found = located("some/judge")
    assert isinstance(found, Missing)
    assert "hf download some/judge" in found.sentence
    (model / "refs").mkdir(parents=True)
    (model / "refs" / "main").write_text("0" * 40)
    snapshot = _saved(model / "snapshots" / ("0" * 40))
    assert located("some/judge") == snapshot
    (snapshot / "model.safetensors").unlink()
    assert isinstance(located("some/judge"), Missing)


@pytest.mark.parametrize("model", ["/nowhere/at/all", "../up", "a b/c", "-x/--y; rm"])
def test_what_is_neither_a_folder_nor_a_name_is_missing_without_a_command(model: str) -> None:
    found = located(model)
    assert isinstance(found, Missing)
    assert found.sentence.startswith("there is no folder")


def test_an_empty_folder_holds_no_weights(tmp_path: Path) -> None:
    found = located(str(tmp_path))
    assert isinstance(found, Missing)
    assert "holds no weights" in found.sentence


def test_libraries_that_are_not_installed_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    found = located(str(_saved(tmp_path)))
    assert isinstance(found, Missing)
    assert found.sentence.endswith("pip install 'clone-pipeline[train]'")
