"""HotShotBot's `..._var` keys: names of variables, in whose place secrets are written at times."""

from clone_pipeline.interop import names
from clone_pipeline.interop.account import Account
from clone_pipeline.interop.paths import Path, dotted


def key_variable(account: Account, old: Path, new: Path, made: str) -> str:
    """Write which variable holds a secret; a secret itself goes to .env under the name `made`.

    Returns:
        The variable's name, "" if the key says nothing.
    """
    found = account.get(*old)
    if found is None or not str(found).strip():
        account.took(old)
        return ""
    if not names.is_variable(found, account.env):
        account.secret(old, made, found.strip() if isinstance(found, str) else found)
        account.write(old, new, made)
        account.changes(f"If {dotted(old)} names a variable: set that variable, and import again.")
        return made
    account.put(old, new, found)
    if found not in account.env:
        account.changes(f"The variable {found} is not set: put it into .env.")
    return str(found)
