"""The map from masks back to what they hide, a file for its owner only."""

import json
from collections.abc import Mapping
from pathlib import Path

from clone_pipeline import durable
from clone_pipeline.settings import Fault, FaultyInput

FILE = "masks.json"


def load_masks(path: Path) -> dict[str, str]:
    """The map {placeholder: original} at `path`; empty if there is no such file.

    Raises:
        FaultyInput: it is no such map.
    """
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError:
        known = None
    if not isinstance(known, dict) or not all(isinstance(v, str) for v in known.values()):
        fix = "Restore it, or delete it and materialize `messages` again: numbers start anew."
        raise FaultyInput([Fault(str(path), "no map of masks", fix)])
    return known


def save_masks(path: Path, known: Mapping[str, str]) -> None:
    """Write the map whole or not at all, readable by its owner only."""
    durable.write_json(path, dict(known))
    path.chmod(0o600)
