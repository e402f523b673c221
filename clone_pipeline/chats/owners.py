"""Which persona or person an account belongs to, however its name is written."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from clone_pipeline.settings import Fault, FaultyInput

# {persona's key: {platform: [author ids, login names or display names]}}
Accounts = Mapping[str, Mapping[str, Sequence[str]]]
# Which part of clone.yaml somebody stands in, "personas" or "people", and the key there.
Owner = tuple[str, str]
# By platform and name as it is `compared`.
Owners = dict[tuple[str, str], Owner]

_PHONE = re.compile(r"\+?[\d\s().\-\u2010-\u2015]{7,}")
_SIGIL = re.compile(r"^(?:/?u/|@|~\s*)(?=.)")


def owners_of(parts: Mapping[str, Accounts]) -> Owners:
    """Whose each account is.

    Args:
        parts: the accounts in each part of clone.yaml.

    Raises:
        FaultyInput: an account is claimed twice.
    """
    owners: Owners = {}
    faults = []
    claims = [
        (part, key, platform, name)
        for part, accounts in parts.items()
        for key, by_platform in accounts.items()
        for platform, names in by_platform.items()
        for name in names
    ]
    for part, key, platform, name in claims:
        other = owners.setdefault((platform, compared(name)), (part, key))
        if other != (part, key):
            where = f"{part}.{key}.accounts.{platform}"
            found = f"`{name}`, which is `{other[1]}`'s too"
            faults.append(Fault(where, found, "Give each account to one persona or person."))
    if faults:
        raise FaultyInput(faults)
    return owners


def linked(owners: Owners, replacers: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """Reddit users without an owner and their ids elsewhere.

    Args:
        owners: gets the users whose id elsewhere has an owner, unless they have one already.
        replacers: {Reddit user: the same person's id elsewhere}.
    """
    anywhere = {name: owner for (_, name), owner in reversed(owners.items())}
    others = {}
    for user, other in replacers.items():
        account = ("reddit", compared(user))
        if owner := anywhere.get(compared(other)):
            owners.setdefault(account, owner)
        else:
            others[account] = other
    return others


def compared(name: str) -> str:
    """A name or id as it is compared: without capitals, marks of direction, `@`, `u/` and `~`.

    A phone number is its digits, however they are set apart.
    """
    visible = "".join(c for c in unicodedata.normalize("NFKC", name) if not _is_format(c))
    plain = " ".join(visible.split()).casefold()
    if _PHONE.fullmatch(plain) and (plain.startswith("+") or not plain.isdecimal()):
        return "+" + "".join(c for c in plain if c.isdecimal())
    return _SIGIL.sub("", plain)


def _is_format(char: str) -> bool:
    return unicodedata.category(char) == "Cf"
