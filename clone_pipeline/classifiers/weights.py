"""Where a classifier's weights lie on this machine; nothing is ever downloaded."""

import importlib.util
import re
from dataclasses import dataclass
from pathlib import Path

_NEEDED = ("torch", "transformers")
_WEIGHTS = ("*.safetensors", "*.safetensors.index.json", "pytorch_model*.bin")
_HUB_NAME = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)?")


@dataclass(frozen=True, slots=True)
class Missing:
    """What a classifier needs is not on this machine; `sentence` says what, and how to get it."""

    sentence: str


def located(model: str) -> Path | Missing:
    """The folder with the weights of `model`.

    Args:
        model: a folder (a relative one is the working directory's), or a hub name whose files lie
            in the hub's cache, as `hf download` puts them there.
    """
    absent = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if absent:
        return Missing(f"{' and '.join(absent)} not installed: pip install 'clone-pipeline[train]'")
    folder = Path(model).expanduser()
    if not folder.is_dir():
        return _cached(model)
    if _complete(folder):
        return folder.resolve()
    return Missing(f"{model} holds no weights: give a folder as transformers saves models")


def _cached(name: str) -> Path | Missing:
    import huggingface_hub  # noqa: PLC0415
    from huggingface_hub import errors  # noqa: PLC0415

    if not _HUB_NAME.fullmatch(name):
        return Missing(f"there is no folder {name}: give a folder, or a name on the hub")
    try:
        folder = Path(huggingface_hub.snapshot_download(name, local_files_only=True))
    except (errors.HfHubHTTPError, errors.HFValidationError, OSError):
        folder = None
    if folder and _complete(folder):
        return folder
    return Missing(
        f"the weights of {name} are not on this machine: hf download {name}, or give a folder"
    )


def _complete(folder: Path) -> bool:
    weights = any(path.is_file() for kind in _WEIGHTS for path in folder.glob(kind))
    return weights and (folder / "config.json").is_file()
