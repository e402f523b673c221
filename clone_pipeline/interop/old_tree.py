"""Another system's YAML as a tree with strings for keys."""

from collections.abc import Iterator
from typing import Any

import yaml

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
        FaultyInput: no YAML, keys written twice, no mapping, or one that contains itself; keys
            that YAML reads as something else, such as `no` or 007; what no text file can hold.
    """
    text = text.removeprefix("\ufeff")
    try:
        tree = strict_yaml.read(text, name=name)
    except FaultyInput as error:
        fix = "Give the old system's configuration file."
        raise FaultyInput(
            [
                Fault(fault.where, fault.found, fix) if fault.found.startswith("a ") else fault
                for fault in error.faults
            ]
        ) from None
    if faults := [*_renamed(text, name)]:
        raise FaultyInput(faults)
    left = [_MOST]
    made: dict[str, Any] = _plain(tree, (), left, name)
    return made


def _plain(found: Any, path: Path, left: list[int], name: str) -> Any:
    left[0] -= 1
    if len(path) > _DEEPEST or left[0] < 0:
        fix = "Write out what the aliases (*name) stand for."
        raise FaultyInput([Fault(f"{name}, {dotted(path[:3])}", "a tree without end", fix)])
    if any(_is_broken(each) for each in (found, *path)):
        fix = "Write whole characters: YAML's \\ud800 to \\udfff are halves."
        shown = dotted(path[:-1] if path and _is_broken(path[-1]) else path)
        raise FaultyInput([Fault(f"{name}, {shown}", "half a character", fix)])
    if isinstance(found, dict):
        return {
            str(key): _plain(value, (*path, str(key)), left, name) for key, value in found.items()
        }
    if isinstance(found, list | tuple):
        return [_plain(each, (*path, f"[{at}]"), left, name) for at, each in enumerate(found)]
    return found


def _is_broken(found: Any) -> bool:
    return isinstance(found, str) and any("\ud800" <= each <= "\udfff" for each in found)


def _renamed(text: str, name: str) -> Iterator[Fault]:
    """Keys that would be called something else than they are written."""
    constructor = yaml.constructor.SafeConstructor()
    waiting, met = [yaml.compose(text, Loader=yaml.SafeLoader)], set()
    while waiting:
        node = waiting.pop()
        if id(node) in met or not isinstance(node, yaml.CollectionNode):
            continue
        met.add(id(node))
        pairs = node.value if isinstance(node, yaml.MappingNode) else ()
        for key, _ in pairs:
            if not isinstance(key, yaml.ScalarNode) or key.tag == "tag:yaml.org,2002:merge":
                continue
            if (read := str(constructor.construct_object(key))) != key.value:
                where = f"{name}, line {key.start_mark.line + 1}"
                found = f"the key `{key.value}`, which YAML reads as {read}"
                yield Fault(where, found, "Put it in quotes.")
        waiting += [value for _, value in pairs] if pairs else node.value
