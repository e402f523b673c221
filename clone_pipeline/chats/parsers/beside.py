"""What lies beside a file of an export that consists of several."""

from collections.abc import Callable
from pathlib import Path

# The file of a name relative to the folder of the one that is read, such as "../users.json".
Beside = Callable[[str], Path | None]


def nothing_beside(_name: str) -> Path | None:
    """A file that stands alone."""
    return None
