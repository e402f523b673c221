"""What was imported into a project's folder: all of it, or nothing."""

from fnmatch import fnmatch
from pathlib import Path

from clone_pipeline import durable, project, scaffold
from clone_pipeline.interop import env_file
from clone_pipeline.interop.account import Imported
from clone_pipeline.interop.merging import merged
from clone_pipeline.interop.yaml_text import lines
from clone_pipeline.settings import Fault, FaultyInput

_HEAD = """\
# Imported; after each value stands which key it came from. docs/settings.md lists every key.
# `clone-pipeline check` shows all faults at once.

"""


def write(imported: Imported, folder: Path) -> list[str]:
    """Write clone.yaml and .env; a folder without a clone.yaml becomes a project.

    In a clone.yaml that is there keys are added and none is changed; what the old system takes
    for granted gives way to what is written.

    Args:
        imported: by `vtx.read_vtx` or `hotshotbot.read_hotshotbot`.
        folder: of the project; made if it is missing.

    Returns:
        Sentences: what was written, and which defaults gave way.

    Raises:
        FaultyInput: a value can't be used (with its old and its new key), a key or variable has
            another value already; nothing is written then.
    """
    if folder.is_file():
        raise FaultyInput([Fault(str(folder), "a file", "Choose a folder.")])
    path = folder / project.FILE
    new = not path.exists()
    written = text_of(imported)
    kept: list[str] = []
    faults: list[Fault] = []
    if not new:
        try:
            written, kept = _merged(imported, path)
        except FaultyInput as error:
            faults += error.faults
    variables: dict[str, str] = {}
    try:
        variables, clashes = env_file.added(folder, imported.secrets)
        faults += clashes
    except FaultyInput as error:
        faults += error.faults
    faults += [] if faults else _faults(written, imported, folder)
    if faults:
        raise FaultyInput(faults)
    env_file.append(folder, variables)
    durable.write_text(path, written)
    told = [f"{path}: {'written' if new else 'added to'}."]
    told += _made_project(folder) if new else []
    if variables:
        told.append(f"{folder / env_file.FILE}: added {', '.join(variables)}.")
    told += _unprotected(folder)
    return told + [f"{each}: left as it was in {project.FILE}." for each in kept]


def _unprotected(folder: Path) -> list[str]:
    """That git would take .env, whose secrets anybody who gets the repository could read."""
    path = folder / ".gitignore"
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
    if not path.exists() or any(fnmatch(env_file.FILE, each.strip().lstrip("/")) for each in lines):
        return []
    return [f"{path} does not name .env: add the lines .env* and ..env.*, or git takes secrets."]


def text_of(imported: Imported) -> str:
    """A clone.yaml with nothing else in it."""
    parts = [lines({key: value}, imported.origins) for key, value in imported.tree.items()]
    return _HEAD + "\n".join("".join(f"{line}\n" for line in part) for part in parts)


def _merged(imported: Imported, path: Path) -> tuple[str, list[str]]:
    try:
        there = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        fix = "Save it as a UTF-8 text file."
        raise FaultyInput([Fault(str(path), f"no readable text ({error})", fix)]) from None
    return merged(
        there,
        imported.tree,
        name=project.FILE,
        comments=imported.origins,
        defaults=imported.defaults,
    )


def _faults(written: str, imported: Imported, folder: Path) -> list[Fault]:
    """What is wrong with the text as a clone.yaml, by old and by new keys."""
    try:
        project.parse(written, folder=folder)
    except FaultyInput as error:
        return [_by_both(fault, imported) for fault in error.faults]
    return []


def _by_both(fault: Fault, imported: Imported) -> Fault:
    found = [
        (len(path), old)
        for path, old in imported.origins.items()
        if fault.where == ".".join(path) or fault.where.startswith(f"{'.'.join(path)}.")
    ]
    if not found:
        return fault
    return Fault(f"{max(found)[1]} ({fault.where} here)", fault.found, fault.fix)


def _made_project(folder: Path) -> list[str]:
    """The files and folders that a project has besides."""
    for name in scaffold.FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    made = []
    for template, name in scaffold.TEMPLATES.items():
        if not (folder / name).exists():
            durable.write_text(folder / name, scaffold.template(template))
            made.append(name)
    return [f"{folder}: {', '.join(made)} added."] if made else []
