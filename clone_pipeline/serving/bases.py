"""Where the weights of a version and of its base lie."""

from pathlib import Path
from typing import Any

from clone_pipeline.llm.embedded import converted_base
from clone_pipeline.registry import Version
from clone_pipeline.settings import Fault, FaultyInput

EMBEDDED = "embedded"


def base_folder(card: dict[str, Any]) -> Path:
    """The folder of the base that a version was trained on.

    Raises:
        FaultyInput: the card names a folder that is gone.
    """
    base = card["base_model"]
    if (named := base.get("folder")) and Path(named).is_dir():
        return Path(named)
    if base["name"] == EMBEDDED:
        return converted_base()
    if Path(base["name"]).is_dir():
        return Path(base["name"])
    found = f"its base model `{base['name']}` at {named or base['name']}, where nothing is"
    fix = "Put the base model back there, or train again with another `training.base_model`."
    raise FaultyInput([Fault(f"models/{card['name']}", found, fix)])


def weights(version: Version, *, adapter: bool = True) -> tuple[Path, Path | None]:
    """The model's folder and its adapter, if any; without `adapter`, what it was trained on."""
    own = version.folder / "model"
    if not adapter:
        return base_folder(version.card), None
    if version.card["kind"] == "full":
        return own, None
    return base_folder(version.card), own
