"""The strict base of every settings model, and the faults that a user's file can have."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError


class Settings(BaseModel):
    """Frozen; refuses keys that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with what the user wrote.

    Attributes:
        where: the key's path (`training.method.r`) or the file.
        found: what stands there.
        fix: what to do about it.
    """

    where: str
    found: str
    fix: str

    def __str__(self) -> str:
        """One line: where, what was found, the fix."""
        return f"{self.where}: found {self.found}. {self.fix}"


class FaultyInput(Exception):
    """What the user wrote can't be used; holds every fault at once."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        lines = "\n".join(f"  {number}. {fault}" for number, fault in enumerate(faults, 1))
        plural = "fault" if len(faults) == 1 else "faults"
        super().__init__(f"{len(faults)} {plural}:\n{lines}")

    def __reduce__(self) -> tuple[Any, ...]:
        """To another process it goes with its faults."""
        return type(self), (self.faults,)


def faults_of(error: ValidationError, model: type[BaseModel], *, prefix: str = "") -> list[Fault]:
    """Turn pydantic's errors into faults: key path, what was found, the fix.

    Args:
        error: what `model.model_validate` raised.
        model: the model that was validated; its fields give the suggestions for misspelt keys.
        prefix: put before every key path, such as the file's name.
    """
    return [_fault(item, model, prefix) for item in error.errors()]


def suggestion(word: str, known: list[str]) -> str:
    """The sentence that helps with a misspelt `word`, or the list of what is known."""
    if close := difflib.get_close_matches(word, known, n=1, cutoff=0.6):
        return f"Did you mean `{close[0]}`?"
    return f"Known here: {', '.join(known)}." if known else "Remove it."


def _fault(item: Mapping[str, Any], model: type[BaseModel], prefix: str) -> Fault:
    path = tuple(item["loc"])
    shown = prefix + ".".join(str(part) for part in path)
    if item["type"] == "extra_forbidden":
        known = _fields_at(model, path[:-1])
        return Fault(shown, f"an unknown key `{path[-1]}`", suggestion(str(path[-1]), known))
    if item["type"] == "missing":
        return Fault(shown, "nothing", "This key is required: add it.")
    if path and str(path[-1]).endswith("_env"):  # a key that was pasted there must not be shown
        fix = "Give the name of an environment variable that holds the key, not the key."
        return Fault(shown, "what is no variable's name (hidden: it may be a secret)", fix)
    return Fault(shown, _shown(item["input"]), f"{item['msg']}.")


def _shown(value: object) -> str:
    text = repr(value)
    return f"{text if len(text) <= 80 else text[:77] + '...'} ({type(value).__name__})"


def _fields_at(model: type[BaseModel], path: tuple[Any, ...]) -> list[str]:
    """Names of the keys allowed at `path`; steps that are dict keys or union tags are passed."""
    candidates: list[type[BaseModel]] = [model]
    for part in path:
        fields = [m.model_fields[part] for m in candidates if part in m.model_fields]
        if fields:
            candidates = [found for f in fields for found in _models_in(f.annotation)]
        elif tagged := [m for m in candidates if _tag(m) == part]:
            candidates = tagged
    return sorted({name for m in candidates for name in m.model_fields})


def _tag(model: type[BaseModel]) -> object:
    field = model.model_fields.get("name")
    values = get_args(field.annotation) if field else ()
    return values[0] if values else None


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    origin = get_origin(annotation)
    if origin in (Union, UnionType) or origin is not None:
        return [found for arg in get_args(annotation) for found in _models_in(arg)]
    return []
