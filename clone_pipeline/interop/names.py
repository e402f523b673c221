"""Names of other systems as keys and variables of ours."""

import re
from collections.abc import Collection, Mapping

from clone_pipeline.settings import Fault, FaultyInput

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_UPPER = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
# What the names of such variables say; the short ones only as a word by themselves.
_TELLING = ("PASS", "SECRET", "KEY", "TOKEN", "REDDIT")
_TELLING_WORDS = frozenset({"ID", "VAR", "HF"})
_LONGEST_WORD = 20  # of one that is all capitals and has no _; longer ones are keys


def bot_key(name: str) -> str:
    """`name`, which is to be the bot's.

    Raises:
        FaultyInput: it can't be one.
    """
    if not _KEY.fullmatch(name):
        fix = "Use a-z, 0-9, - and _, at most 40 of them, such as `main`."
        raise FaultyInput([Fault("the bot's name", f"`{name}`", fix)])
    return name


def key(name: str, taken: Collection[str] = ()) -> str:
    """A key made of a name, which none of `taken` is."""
    bare = re.sub(r"[^a-z0-9_-]+", "-", name.lower()).strip("-_")[:36] or "somebody"
    number, made = 1, bare
    while made in taken:
        number += 1
        made = f"{bare}-{number}"
    return made


def variable(*parts: str) -> str:
    """The name of an environment variable, made of `parts`."""
    made = "_".join(re.sub(r"[^A-Z0-9]+", "_", part.upper()).strip("_") for part in parts)
    return made if made[:1].isalpha() else f"BOT_{made}"


def is_variable(value: object, env: Mapping[str, str]) -> bool:
    """Whether `value` names an environment variable; if in doubt it is a secret, which is hidden.

    A name is one that is set, or is written in capitals and says what it is: BOT_PASS, HF_KEY.
    """
    if not isinstance(value, str) or not value:
        return False
    if value in env:
        return True
    if len(value) > 60 or not _UPPER.fullmatch(value) or not _few_digits(value):
        return False
    if "_" not in value and len(value) > _LONGEST_WORD:
        return False
    telling = any(word in value for word in _TELLING)
    return telling or not _TELLING_WORDS.isdisjoint(value.split("_"))


def _few_digits(value: str) -> bool:
    return sum(each.isdigit() for each in value) <= min(4, len(value) // 3)
