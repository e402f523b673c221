"""What is not private: data that stay as they are, by themselves or by a pattern."""

import fnmatch
import re
from collections.abc import Collection

from clone_pipeline.chats.personal_data import KINDS, normal


class Kept:
    """Whether a datum is on the list, however it is spelt; `*` stands for any letters."""

    def __init__(self, keep: Collection[str]) -> None:
        plain = [each.strip() for each in keep if "*" not in each]
        self._words = frozenset(each.casefold() for each in plain)
        self._data = frozenset((kind, normal(kind, each)) for each in plain for kind in KINDS)
        patterns = [fnmatch.translate(each.strip().casefold()) for each in keep if "*" in each]
        self._patterns = re.compile("|".join(patterns)) if patterns else None

    def __call__(self, kind: str, original: str) -> bool:
        """Whether this datum of this kind stays as it is."""
        if not self._words and self._patterns is None:
            return False
        small = original.casefold()
        if small in self._words or (kind, normal(kind, original)) in self._data:
            return True
        return bool(self._patterns and self._patterns.match(small))
