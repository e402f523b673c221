"""The folders that Verustoolkit's configuration names (`PATH`): prompts and documents.

They are relative to the folder that its program is started in. A prompt is taken from PROMPTS,
else from DEFAULT_PROMPTS, file by file.
"""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from clone_pipeline.interop.account import Account
from clone_pipeline.interop.copying import Copy, clashes, files_below
from clone_pipeline.settings import Fault

DOCUMENTS = "raw_input/docs"
PROMPTS = "prompts"
PROMPTS_BESIDE = "prompts_imported"  # where the project's `prompts` is one of the folders itself
_SECRET_CHARS = 8  # a shorter one may stand anywhere
_ENDINGS = frozenset({".yaml", ".txt"})
# Augmentoolkit's names of steps that are called something else here.
_RENAMED = {"judge_paragraph_no_filenames": "judge_paragraph"}


def read(account: Account, config: str, *, root: Path, folder: Path) -> list[Copy]:
    """What is copied into the project; what stands against it becomes a fault of the account.

    Args:
        account: of the configuration; its secrets are known.
        config: the configuration itself, which is no document.
        root: what its paths are relative to.
        folder: the project's.
    """
    account.section("PATH")
    copies = [*_documents(account, config, root, folder), *_prompts(account, root, folder)]
    account.faults += clashes(copies, folder)
    return copies


def _documents(account: Account, config: str, root: Path, folder: Path) -> list[Copy]:
    """All files of INPUT but those of the project and those with secrets, which may lie in it."""
    source = _folder(account, "INPUT", root)
    if source is None:
        account.leave(
            ("PATH", "INPUT"),
            f"not taken: no such folder below {root}; copy your documents into {DOCUMENTS}",
        )
        return []
    account.took(("PATH", "INPUT"))
    files = [
        path for path in files_below(source) if not path.resolve().is_relative_to(folder.resolve())
    ]
    secrets = [config, *(each for each in account.secrets.values() if len(each) >= _SECRET_CHARS)]
    if told := [path for path in files if _tells(path, secrets)]:
        shown = ", ".join(str(path) for path in told)
        account.changes(f"PATH.INPUT: not copied, for the key is in it: {shown}.")
    copies = [
        Copy(path, f"{DOCUMENTS}/{path.relative_to(source).as_posix()}")
        for path in files
        if path not in told
    ]
    account.changes(
        f"PATH.INPUT: its documents ({len(copies):,}) are copied into {DOCUMENTS}; from now on "
        "these are read."
    )
    return copies


def _tells(path: Path, secrets: Collection[str]) -> bool:
    """Whether one of the secrets stands in the file."""
    try:
        data = path.read_bytes().replace(b"\r\n", b"\n")
    except OSError:  # told when it is copied
        return False
    return any(secret.encode() in data for secret in secrets)


def _prompts(account: Account, root: Path, folder: Path) -> list[Copy]:
    """The files of both folders in one; the override's win."""
    found = {key: _folder(account, key, root) for key in ("DEFAULT_PROMPTS", "PROMPTS")}
    sources = [source for source in found.values() if source is not None]
    for key, source in found.items():
        if source is None:
            account.leave(("PATH", key), f"not taken: no such folder below {root}")
        else:
            account.took(("PATH", key))
    files = {_name(path): path for source in sources for path in _prompt_files(source)}
    if account.get("SYSTEM", "COMPLETION_MODE") is not True:  # a text alone would be a fault then
        files = {name: path for name, path in files.items() if _is_read(name, files)}
    if not files:
        return []
    target = _target(sources, folder)
    for key, source in found.items():
        if source is not None:
            account.put(("PATH", key), ("qa", "prompts"), target)
    account.changes(
        f"PATH.PROMPTS: the prompt files ({len(files)}) are copied into {target}, unchanged; for a "
        "step that has none there, the prompt that comes along is taken."
    )
    if unused := [name for name in files if _wants_names(Path(name).stem)]:
        account.changes(f"No step asks with {', '.join(unused)}: these want names of files.")
    return [Copy(path, f"{target}/{name}") for name, path in files.items()]


def _wants_names(step: str) -> bool:
    return step.endswith("_filenames") and not step.endswith("_no_filenames")


def _is_read(name: str, files: Mapping[str, Path]) -> bool:
    return name.endswith(".yaml") or f"{Path(name).stem}.yaml" in files


def _target(sources: list[Path], folder: Path) -> str:
    """The project's folder of prompts; another one if it is itself one of several sources."""
    own = (folder / PROMPTS).resolve()
    resolved = {source.resolve() for source in sources}
    return PROMPTS_BESIDE if own in resolved and len(resolved) > 1 else PROMPTS


def _prompt_files(source: Path) -> Iterator[Path]:
    for path in sorted(source.iterdir()):
        if path.is_file() and path.suffix in _ENDINGS and not path.name.startswith("."):
            yield path


def _name(path: Path) -> str:
    return f"{_RENAMED.get(path.stem, path.stem)}{path.suffix}"


def _folder(account: Account, key: str, root: Path) -> Path | None:
    """The folder that a key names; None if nothing is there."""
    written = account.get("PATH", key)
    if written is None:
        return None
    if not isinstance(written, str):
        account.faults.append(Fault(f"PATH.{key}", "no text", "Write the name of a folder."))
        return None
    path = root / Path(written).expanduser()
    return path if path.is_dir() else None
