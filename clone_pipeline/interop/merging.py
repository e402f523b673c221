"""A tree into the text of a clone.yaml: lines are put in, none is changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from clone_pipeline import strict_yaml
from clone_pipeline.interop.paths import Path
from clone_pipeline.interop.yaml_text import flow, lines
from clone_pipeline.settings import Fault, FaultyInput


@dataclass(slots=True)
class _Changes:
    """What is put where: from and to which place of the old text, and the new one."""

    comments: Mapping[Path, str]
    defaults: frozenset[Path]
    inserted: list[tuple[int, int, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


def merged(
    written: str,
    tree: Mapping[str, Any],
    *,
    name: str,
    comments: Mapping[Path, str],
    defaults: frozenset[Path],
) -> tuple[str, list[str]]:
    """The text with what `tree` has more, and the paths of defaults whose place was taken.

    Args:
        written: text of a clone.yaml.
        tree: what is put in.
        name: the file's, for faults.
        comments: where values of `tree` came from, by path.
        defaults: paths of values that give way to what is there.

    Raises:
        FaultyInput: a key has another value already (all of them), or the text can't be added to.
    """
    before = strict_yaml.read(written, name=name)
    changes = _Changes(comments, defaults)
    text = written if not written or written.endswith("\n") else written + "\n"
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if isinstance(root, yaml.MappingNode):
        wanted = _into(text, root, before, tree, (), changes)
    else:
        wanted = dict(tree)
        changes.inserted.append((len(text), len(text), _block(tree, (), 0, changes)))
    if changes.faults:
        raise FaultyInput(changes.faults)
    for start, end, more in sorted(changes.inserted, reverse=True):
        text = text[:start] + more + text[end:]
    if _read_back(text, name) != wanted:
        fix = "Import into a new folder, and copy what it has into this file."
        raise FaultyInput([Fault(name, "a form that nothing can be put into by itself", fix)])
    return text, changes.kept


def _read_back(text: str, name: str) -> dict[str, Any] | None:
    try:
        return strict_yaml.read(text, name=name)
    except FaultyInput:
        return None


def _into(
    text: str,
    node: yaml.MappingNode,
    there: Mapping[str, Any],
    tree: Mapping[str, Any],
    above: Path,
    changes: _Changes,
) -> dict[str, Any]:
    """What is there with all of `tree`; notes what is to be put where."""
    wanted = dict(there)
    nodes = {str(key.value): value for key, value in node.value}
    keys = {str(key): key for key in there}
    fresh = {key: value for key, value in tree.items() if key not in keys}
    for key in [each for each in tree if each in keys]:
        old, value, below, path = there[keys[key]], tree[key], nodes.get(key), (*above, key)
        if isinstance(value, Mapping) and value and isinstance(below, yaml.MappingNode):
            wanted[keys[key]] = _into(text, below, old, value, path, changes)
        elif isinstance(value, Mapping) and value and old is None and below is not None:
            wanted[keys[key]] = dict(value)
            blank = "" if below.value else " "
            span = below.start_mark.index, below.end_mark.index
            changes.inserted.append((*span, f"{blank}{flow(value)}"))
        else:
            _compare(old, value, path, changes)
    if fresh:
        changes.inserted.append(_put(text, node, fresh, above, changes))
    return wanted | fresh


def _compare(old: Any, value: Any, path: Path, changes: _Changes) -> None:
    """Note what is kept, and what clashes."""
    if old == value or (value == {} and (old is None or isinstance(old, Mapping))):
        return  # the same, or a place with its defaults, which is there
    if _is_another(old, value, path):
        found = "the Discord account of somebody else, by the same name"
        fix = "Rename one of the two, or put this account beside that one if it is the same person."
        where = f"{changes.comments.get(path, '')} ({'.'.join(path)} here)".lstrip()
        changes.faults.append(Fault(where, found, fix))
    elif path in changes.defaults:
        changes.kept.append(".".join(path))
    else:
        changes.faults.append(_conflict(path, changes))


def _is_another(old: Any, value: Any, path: Path) -> bool:
    """Whether the persona there has accounts on Discord, and that of `value` is none of them."""
    if len(path) != 4 or (path[0], *path[2:]) != ("personas", "accounts", "discord"):
        return False
    there = {str(each) for each in old} if isinstance(old, list) else set()
    return bool(there) and not {*value} <= there


def _put(
    text: str, node: yaml.MappingNode, fresh: Mapping[str, Any], above: Path, changes: _Changes
) -> tuple[int, int, str]:
    if node.flow_style:
        comma = ", " if node.value else ""
        end = node.end_mark.index - 1
        return end, end, comma + flow(fresh)[1:-1]
    indent = node.value[0][0].start_mark.column
    last = _last(node)
    inside = last.end_mark.column == 0 and last.end_mark.line > last.start_mark.line
    end = last.end_mark.index if inside else text.index("\n", last.end_mark.index) + 1
    return end, end, _block(fresh, above, indent, changes)


def _last(node: yaml.Node) -> yaml.Node:
    """The value that ends a block."""
    while isinstance(node, yaml.MappingNode | yaml.SequenceNode) and not node.flow_style:
        if not node.value:
            break
        end = node.value[-1]
        node = end[1] if isinstance(end, tuple) else end
    return node


def _block(tree: Mapping[str, Any], above: Path, indent: int, changes: _Changes) -> str:
    made: Iterator[str] = lines(tree, changes.comments, above=above, indent=indent)
    return "".join(f"{line}\n" for line in made)


def _conflict(path: Path, changes: _Changes) -> Fault:
    came = next((changes.comments[path[:size]] for size in range(len(path), 0, -1)
                 if path[:size] in changes.comments), "")  # fmt: skip
    where = f"{came} ({'.'.join(path)} here)" if came else ".".join(path)
    fix = "Take it out of one of the two files, or import under another bot's name."
    return Fault(where, "another value in clone.yaml", fix)
