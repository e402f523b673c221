"""Where the weights of a version and of its base lie."""

from pathlib import Path

from clone_pipeline.local_model import bases
from clone_pipeline.registry import Version


def base_folder(version: Version) -> Path:
    """The folder of the base that a version was trained on.

    Raises:
        FaultyInput: the card names a base that is gone.
    """
    root = version.folder.resolve().parent.parent
    return bases.folder_of(version.card["base_model"]["name"], root=root)


def weights(version: Version, *, adapter: bool = True) -> tuple[Path, Path | None]:
    """The model's folder and its adapter, if any; without `adapter`, what it was trained on."""
    own = version.folder / "model"
    if not adapter:
        return base_folder(version), None
    if version.card["kind"] == "full":
        return own, None
    return base_folder(version), own
