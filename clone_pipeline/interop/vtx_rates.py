"""What VTX's platforms have in common: rates in two spellings, and secrets out of place."""

import re
from collections.abc import Mapping, Sequence

from clone_pipeline.interop.account import Account
from clone_pipeline.interop.paths import Path


def rate(
    account: Account, old: Path, new: Path, spellings: Sequence[str], usual: float | None
) -> None:
    """Write the rate that stands below `old`, or else VTX's usual one; None: it has none.

    Args:
        account: of the configuration.
        old: of the section.
        new: where the rate belongs.
        spellings: of the key; the first that is there counts.
        usual: what VTX does without it.
    """
    given = account.section(*old)
    found = [each for each in spellings if given.get(each) is not None]
    for spelling in spellings:
        if spelling in given and spelling not in found[:1]:
            account.leave((*old, spelling), f"`{found[0]}` says it" if found else "it says nothing")
    if found:
        account.put((*old, found[0]), new, given[found[0]])
    elif usual is not None:
        account.default(new, usual)


def inline_secrets(account: Account, old: Path, variables: Mapping[str, Sequence[str]]) -> None:
    """Move secrets that stand below `old` to .env, by the variables that our platforms read."""
    for key, value in account.section(*old).items():
        bare = re.sub(r"[^a-z]", "", key.lower())
        for variable, spellings in variables.items():
            if bare in spellings and not isinstance(value, Mapping | list):
                account.secret((*old, key), variable, value)
