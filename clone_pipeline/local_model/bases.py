"""Where the base model's weights lie: the embedded one's, a folder, or what the hub holds."""

import hashlib
from pathlib import Path

from clone_pipeline.llm.embedded import converted_base
from clone_pipeline.settings import Fault, FaultyInput

EMBEDDED = "embedded"

_END = 1 << 20
_WANTED = ("*.json", "*.safetensors", "*.model", "*.jinja", "*.txt")


def folder_of(name: str, *, root: Path) -> Path:
    """The folder of a base model.

    Args:
        name: `embedded`, a folder (a relative one is the project's), or a hub name, which is
            downloaded once, to the hub's own cache.
        root: the project's folder.

    Raises:
        FaultyInput: there is no such folder, and the hub gives no such model.
    """
    if name == EMBEDDED:
        return converted_base()
    folder = root / Path(name).expanduser()
    return folder.resolve() if folder.is_dir() else _downloaded(name)


def identity(folder: Path) -> str:
    """A digest of a model's files: names, sizes, the first and the last MiB of each."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            size = path.stat().st_size
            total.update(f"{path.relative_to(folder).as_posix()}\0{size}\0".encode())
            with path.open("rb") as file:
                total.update(file.read(_END))
                file.seek(max(0, size - _END))
                total.update(file.read())
    return total.hexdigest()[:16]


def _downloaded(name: str) -> Path:
    import huggingface_hub  # noqa: PLC0415
    from huggingface_hub import errors  # noqa: PLC0415

    try:
        return Path(huggingface_hub.snapshot_download(name, allow_patterns=list(_WANTED)))
    except (errors.HfHubHTTPError, errors.HFValidationError, OSError) as error:
        found = f"`{name}`, which is no folder, and the hub: {str(error).splitlines()[0]}"
        fix = "Give a folder that holds a model, a hub name, or `embedded`."
        raise FaultyInput([Fault("training.base_model", found, fix)]) from None
