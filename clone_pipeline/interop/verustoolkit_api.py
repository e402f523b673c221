"""Who is asked, in Verustoolkit's configuration (`API`, `MODE`), as `llm`.

Augmentoolkit's later spelling names two endpoints (SMALL_*, LARGE_*); a project has one.
"""

from typing import Any
from urllib.parse import urlsplit

from clone_pipeline.interop import names, verustoolkit_left
from clone_pipeline.interop.account import Account
from clone_pipeline.llm.hosts import is_local
from clone_pipeline.settings import Fault

VARIABLE = "LLM_API_KEY"
_OLDER = ("API_KEY", "BASE_URL", "LOGICAL_MODEL", "LARGE_LOGICAL_MODEL")
_SMALL = ("SMALL_MODEL", "SMALL_BASE_URL", "SMALL_API_KEY", "SMALL_MODE")
_LARGE = ("LARGE_MODEL", "LARGE_BASE_URL", "LARGE_API_KEY", "LARGE_MODE")
_PLACEHOLDERS = frozenset(
    {"", "your key here", "your-key-here", "key-here", "key", "your api key", "your_api_key",
     "api key here", "dummy", "none", "notused", "not used", "xxx", "..."}
)  # fmt: skip


def read(account: Account) -> None:
    """Both models, their address, the key, and the protocol."""
    given = account.section("API")
    newer = any(key in given for key in (*_LARGE, *_SMALL))
    start = "SMALL_" if newer else ""
    mode = ("API", "SMALL_MODE") if newer else ("SYSTEM", "MODE")
    cohere = _mode(account, mode)
    _address(account, f"{start}BASE_URL", cohere=cohere)
    _key(account, f"{start}API_KEY", url=str(given.get(f"{start}BASE_URL") or ""))
    if not newer:
        _model(account, "LOGICAL_MODEL", "model")
        _model(account, "LARGE_LOGICAL_MODEL", "large_model")
        return
    for old in (("SYSTEM", "MODE"), *(("API", key) for key in _OLDER)):
        account.leave(old, "not taken: the keys SMALL_* and LARGE_* say it")
    _model(account, "SMALL_MODEL", "model")
    if _is_elsewhere(account):
        verustoolkit_left.other_endpoint(account, _LARGE)
        return
    _model(account, "LARGE_MODEL", "large_model")
    for key in _LARGE[1:]:
        account.took(("API", key))


def _mode(account: Account, old: tuple[str, str]) -> bool:
    """Whether it is Cohere's protocol."""
    mode = account.get(*old)
    if mode is None:
        account.took(old)
    elif mode in ("api", "cohere"):
        account.put(old, ("llm", "mode"), mode)
    elif mode in ("aphrodite", "llamacpp"):
        account.leave(
            old,
            f"not taken: start the server of {mode} by itself and name it in llm.base_url; it "
            "speaks OpenAI's protocol",
        )
    else:
        account.took(old)
        account.faults.append(Fault(".".join(old), "another mode", "Write `api` or `cohere`."))
    return str(mode) == "cohere"


def _address(account: Account, key: str, *, cohere: bool) -> None:
    old, url = ("API", key), account.get("API", key)
    if cohere:
        account.leave(old, "not taken: it does nothing in the mode `cohere`")
    elif not url:  # without one it would be the embedded model that is asked
        account.took(old)
        fix = "Name the endpoint, such as http://127.0.0.1:5000/v1."
        account.faults.append(Fault(".".join(old), "nothing", fix))
    elif _holds_a_key(str(url)):
        account.took(old)
        fix = "Take it out of the address, and put the key into API_KEY."
        account.faults.append(Fault(".".join(old), "an address with a key in it (hidden)", fix))
    else:
        account.put(old, ("llm", "base_url"), url)


def _key(account: Account, key: str, *, url: str) -> None:
    """The key itself goes to .env; a placeholder is none."""
    old, value = ("API", key), account.get("API", key)
    new = ("llm", "api_key_env")
    if isinstance(value, str) and names.is_variable(value, account.env):
        account.put(old, new, value)
        return
    if value is None or (isinstance(value, str) and value.strip().lower() in _PLACEHOLDERS):
        account.leave(old, f"not taken: no key; put yours into .env as {VARIABLE}")
        if not _is_local(url):
            account.default(new, VARIABLE, why=".".join(old))
        return
    account.secret(old, VARIABLE, value)
    account.default(new, VARIABLE, why=".".join(old))


def _model(account: Account, key: str, new: str) -> None:
    old, name = ("API", key), account.get("API", key)
    if new == "model" and not name:
        account.took(old)
        account.faults.append(Fault(".".join(old), "nothing", "Name the model."))
        return
    account.put(old, ("llm", new), name or None)


def _is_elsewhere(account: Account) -> bool:
    """Whether the large model has an address, a key or a protocol of its own."""
    return any(
        _differ(account.get("API", f"SMALL_{key}"), account.get("API", f"LARGE_{key}"))
        for key in ("BASE_URL", "API_KEY", "MODE")
    )


def _differ(one: Any, other: Any) -> bool:
    return other is not None and one != other


def _is_local(url: str) -> bool:
    try:
        return is_local(url)
    except ValueError:
        return False


def _holds_a_key(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:  # no address: told when it is settings
        return False
    return bool(parts.username or parts.password or parts.query)
