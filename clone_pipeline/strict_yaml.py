"""YAML as people write it in settings: plain values only, no key twice, faults by line."""

from collections.abc import Hashable
from typing import Any

import yaml

from clone_pipeline.settings import Fault, FaultyInput


class _StrictLoader(yaml.SafeLoader):
    """SafeLoader that notes keys written twice."""

    def __init__(self, written: str) -> None:
        super().__init__(written)
        self.twice: list[Fault] = []

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else ""
            if key and key in seen:
                line = key_node.start_mark.line + 1
                fault = Fault(f"line {line}", f"the key `{key}` again", "Keep one of them.")
                self.twice.append(fault)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def read(written: str, *, name: str) -> dict[str, Any]:
    """The mapping that the text of the file `name` holds; empty if nothing is written.

    Raises:
        FaultyInput: no YAML, keys written twice (all of them), or something else than a mapping.
    """
    fix = "Check the indentation, the colons and the quotes there."
    try:
        loader = _StrictLoader(written)
        tree = loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}, line {mark.line + 1}" if mark else name
        raise FaultyInput([Fault(where, f"no YAML: {error.problem}", fix)]) from None
    except (yaml.YAMLError, ValueError) as error:  # a control character; a date such as 2024-13-45
        found = f"no YAML: {str(error).splitlines()[0]}"
        raise FaultyInput([Fault(name, found, fix.replace("there", "of it"))]) from None
    if loader.twice:
        raise FaultyInput([Fault(f"{name}, {f.where}", f.found, f.fix) for f in loader.twice])
    if tree is None:
        return {}
    if not isinstance(tree, dict):
        found = f"a {type(tree).__name__}, not keys with values"
        raise FaultyInput([Fault(name, found, "Start with `personas:` or `expert:`.")])
    return tree
