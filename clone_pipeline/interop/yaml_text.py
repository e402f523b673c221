"""clone.yaml as text: a line a value, each with where it came from."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from clone_pipeline.interop.paths import Path

_ENDS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_LONGEST = 60  # of a comment


class _Dumper(yaml.SafeDumper):
    """Writes every value in one line."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write what is there twice twice."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if _ENDS.search(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def flow(value: Any) -> str:
    """A value in one line, as it may stand after a key or within brackets."""
    listed = yaml.dump(
        [value],
        Dumper=_Dumper,
        default_flow_style=True,
        width=float("inf"),
        allow_unicode=True,
        sort_keys=False,
    )
    return str(listed).strip()[1:-1]


def lines(
    tree: Mapping[str, Any], comments: Mapping[Path, str], *, above: Path = (), indent: int = 0
) -> Iterator[str]:
    """The lines of `tree`, each key on its own, each value with its comment.

    Args:
        tree: what is written.
        comments: by the paths of values.
        above: path of `tree` itself.
        indent: spaces before each line.
    """
    for key, value in tree.items():
        path, start = (*above, str(key)), f"{' ' * indent}{flow(str(key))}:"
        if isinstance(value, Mapping) and value:
            yield start
            yield from lines(value, comments, above=path, indent=indent + 2)
        else:
            yield f"{start} {flow(value)}{_comment(comments.get(path, ''))}"


def _comment(text: str) -> str:
    """A comment in one line, whatever the old key was called."""
    plain = _ENDS.sub(" ", text).strip()
    short = plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 1]}…"
    return f"  # {short}" if short else ""
