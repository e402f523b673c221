"""What becomes of each key of an old configuration: none is lost unseen."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from clone_pipeline.interop.numbers import is_misplaced
from clone_pipeline.interop.paths import Path, dotted, items
from clone_pipeline.settings import Fault, FaultyInput


@dataclass(frozen=True, slots=True)
class Imported:
    """An old configuration as this project's.

    Attributes:
        tree: of a clone.yaml.
        secrets: {environment variable: value}, for .env; in nothing else here is a secret.
        not_taken: an old key and why, with what to use instead; what is below the key is meant too.
        unknown: old keys that the old system does not know either, with all below them.
        changed: sentences on what is meant differently here.
        taken: old keys whose values are in `tree` or `secrets`, or are what holds anyhow.
        origins: which old key a value in `tree` came from, by its path there.
        defaults: paths of values in `tree` that the old configuration left to its system.
    """

    tree: dict[str, Any]
    secrets: dict[str, str]
    not_taken: list[tuple[str, str]]
    unknown: list[str]
    changed: list[str]
    taken: list[str]
    origins: dict[Path, str]
    defaults: frozenset[Path]


class Account:
    """Collects what becomes of the keys of `old`; what nobody asks for is unknown in the end.

    Args:
        old: keys as strings, see `old_tree.read`.
        system: its name, for sentences.
        env: the environment.
    """

    def __init__(self, old: Mapping[str, Any], *, system: str, env: Mapping[str, str]) -> None:
        self.old, self.system, self.env = old, system, env
        self.faults: list[Fault] = []
        self._tree: dict[str, Any] = {}
        self.secrets: dict[str, str] = {}
        self._not_taken: dict[Path, str] = {}
        self._changed: dict[str, None] = {}
        self._taken: dict[Path, None] = {}
        self._origins: dict[Path, str] = {}
        self._defaults: set[Path] = set()
        self._sections: set[Path] = {()}

    def get(self, *path: str) -> Any:
        """The value at `path` of the old configuration; None if nothing is there."""
        found: Any = self.old
        for step in path:
            found = dict(items(found)).get(step)
        return found

    def section(self, *path: str) -> Mapping[str, Any]:
        """The keys below `path`; none if nothing is there, and a fault if something else is."""
        found = self.get(*path)
        if isinstance(found, Mapping):
            self._sections.add(path)
            if not found:
                self.took(path)
            return found
        if found is not None:
            fix = "Put keys with values below it, or leave it out."
            self.faults.append(Fault(dotted(path), "no keys with values", fix))
        self.took(path)
        return {}

    def took(self, old: Path) -> None:
        """The key is taken, though nothing need be written for it."""
        if self._has(old):
            self._taken[old] = None

    def put(self, old: Path, new: Path, value: Any) -> None:
        """Write what the old key says to `new`; null was left out."""
        self.took(old)
        self.write(old, new, value)

    def write(self, old: Path, new: Path, value: Any) -> None:
        """Write a value that was made of what is below the old key, each of which is accounted."""
        if value is None:
            return
        if is_misplaced(value, new):
            fix = "Write a number there, or leave it out."
            self.faults.append(Fault(dotted(old), f"{value}, no number", fix))
        elif new in self._origins and new not in self._defaults and self._at(new) != value:
            found = f"another value than `{self._origins[new]}`, which means the same here"
            self.faults.append(Fault(dotted(old), found, "Keep one of the two."))
        else:
            self._set(new, value)
            self._origins[new] = dotted(old)
            self._defaults.discard(new)

    def default(self, new: Path, value: Any, *, why: str = "") -> None:
        """Write what the old system does where its configuration says nothing."""
        if new not in self._origins:
            self._set(new, value)
            self._origins[new] = why or f"{self.system}'s default"
            self._defaults.add(new)

    def leave(self, old: Path, why: str) -> None:
        """The key is not taken, for the reason `why`."""
        if self._has(old):
            self._taken.pop(old, None)
            self._not_taken[old] = why

    def changes(self, sentence: str) -> None:
        """Something is meant differently here."""
        self._changed[sentence] = None

    def secret(self, old: Path, variable: str, value: Any) -> None:
        """A secret that was written in the configuration goes to .env."""
        self.took(old)
        if value is None:
            return
        if not isinstance(value, str):  # 0123456 would be another number
            found = "a secret that YAML does not read as text (hidden)"
            self.faults.append(Fault(dotted(old), found, "Put it in quotes."))
            return
        if self.secrets.setdefault(variable, value) != value:
            found = f"another {variable} than above it (both are hidden)"
            self.faults.append(Fault(dotted(old), found, "Keep one of the two."))
        self.changes(
            f"The secret at {dotted(old)} goes to .env as {variable}; no configuration should hold "
            "it, so make a new one if the old file was ever shared."
        )
        if self.env.get(variable, value) != value:
            self.changes(f"{variable} is set to something else in the environment, which wins.")

    def variable(self, name: str, value: str) -> None:
        """An environment variable that is no secret goes to .env, too."""
        self.secrets[name] = value

    def written(self, new: Path) -> bool:
        """Whether something is written at `new` or below it."""
        return any(path[: len(new)] == new for path in self._origins)

    def imported(self) -> Imported:
        """All of it.

        Raises:
            FaultyInput: something in the old configuration can't be read.
        """
        if self.faults:
            raise FaultyInput(self.faults)
        return Imported(
            tree=self._tree,
            secrets=self.secrets,
            not_taken=[(dotted(old), why) for old, why in self._not_taken.items()],
            unknown=[dotted(path) for path in self._unasked(self.old, ())],
            changed=list(self._changed),
            taken=[dotted(path) for path in self._taken],
            origins=self._origins,
            defaults=frozenset(self._defaults),
        )

    def _has(self, old: Path) -> bool:
        found: Any = self.old
        for step in old:
            below = dict(items(found))
            if step not in below:
                return False
            found = below[step]
        return True

    def _set(self, new: Path, value: Any) -> None:
        below = self._tree
        for step in new[:-1]:
            below = below.setdefault(step, {})
        below[new[-1]] = value

    def _at(self, new: Path) -> Any:
        found: Any = self._tree
        for step in new:
            found = found[step]
        return found

    def _unasked(self, found: Any, path: Path) -> Iterator[Path]:
        """The highest keys for which, and for all above and below them, nobody asked."""
        if path in self._taken or path in self._not_taken:
            return
        known = [*self._taken, *self._not_taken, *self._sections]
        if not any(each[: len(path)] == path for each in known):
            yield path
            return
        for step, value in items(found):
            yield from self._unasked(value, (*path, step))
