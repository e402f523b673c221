"""Another system's YAML as a tree with strings for keys."""

from typing import Any

from clone_pipeline import strict_yaml
from clone_pipeline.interop.paths import Path, dotted
from clone_pipeline.settings import Fault, FaultyInput

# More than any configuration has: what is deeper or larger repeats itself by aliases.
_DEEPEST, _MOST = 20, 100_000


def read(text: str, *, name: str) -> dict[str, Any]:
    """The configuration that `text` holds; ids that YAML reads as numbers become strings as keys.

    Args:
        text: of the file.
        name: what the file is called in faults.

    Raises:
        FaultyInput: no YAML, keys written twice, no mapping, or one that contains itself.
    """
    try:
        tree = strict_yaml.read(text.removeprefix("\ufeff"), name=name)
    except FaultyInput as error:
        fix = "Give the old system's configuration file."
        raise FaultyInput(
            [
                Fault(fault.where, fault.found, fix) if fault.found.startswith("a ") else fault
                for fault in error.faults
            ]
        ) from None
    left = [_MOST]
    made: dict[str, Any] = _plain(tree, (), left, name)
    return made


def _plain(found: Any, path: Path, left: list[int], name: str) -> Any:
    left[0] -= 1
    if len(path) > _DEEPEST or left[0] < 0:
        fix = "Write out what the aliases (*name) stand for."
        raise FaultyInput([Fault(f"{name}, {dotted(path[:3])}", "a tree without end", fix)])
    if isinstance(found, dict):
        return {
            str(key): _plain(value, (*path, str(key)), left, name) for key, value in found.items()
        }
    if isinstance(found, list | tuple):
        return [_plain(each, (*path, f"[{at}]"), left, name) for at, each in enumerate(found)]
    return found
