"""A new project folder: settings with comments, places for inputs, Dagster's own files."""

from importlib.resources import files
from pathlib import Path

from clone_pipeline.settings import Fault, FaultyInput

TEMPLATES = {
    "clone.yaml": "clone.yaml",
    "workspace.yaml": "workspace.yaml",
    "dagster.yaml": "dagster.yaml",
    "env.example": ".env.example",
    "gitignore": ".gitignore",
    "dagster_home.yaml": ".dagster/dagster.yaml",
}
FOLDERS = ("raw_input/chats", "raw_input/docs", "raw_input/text")


def create(folder: Path) -> list[Path]:
    """Write a new project into `folder`; what is already there is left as it is.

    Returns:
        The files written.

    Raises:
        FaultyInput: `folder` holds a clone.yaml already, or is a file.
    """
    if folder.is_file() or (folder / "clone.yaml").exists():
        found = "a file" if folder.is_file() else "a clone.yaml already"
        raise FaultyInput([Fault(str(folder), found, "Choose a new folder.")])
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    return [path for template, name in TEMPLATES.items() if _write(template, path := folder / name)]


def write_dagster_home(folder: Path) -> Path:
    """Make sure that `<folder>/.dagster` has its dagster.yaml; returns that home."""
    home = folder / ".dagster"
    _write("dagster_home.yaml", home / "dagster.yaml")
    return home


def template(name: str) -> str:
    """The text of a template."""
    return files("clone_pipeline").joinpath("templates", name).read_text(encoding="utf-8")


def _write(name: str, path: Path) -> bool:
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(template(name), encoding="utf-8")
    part.replace(path)
    return True
