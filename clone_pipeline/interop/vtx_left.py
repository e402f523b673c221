"""What VTX's configuration holds besides bots: models, training data, other services."""

from collections.abc import Mapping

from clone_pipeline.interop.account import Account
from clone_pipeline.interop.paths import Path
from clone_pipeline.interop.yaml_text import flow

MODELS = frozenset(
    {"soul", "mind", "core", "heart", "src", "toe", "genus", "chaos", "malice", "pain", "rot",
     "sick", "frame"}
)  # fmt: skip
_BASE = "not taken yet: which base model is trained, and how, is `training` in clone.yaml"
_LOADING = "not taken: how a model is loaded is its server's business"
_MODEL = {
    "info": "not taken: a description; write it as a comment",
    "model": _BASE, "class": _BASE, "mode": _BASE, "adapters": _BASE, "tokenizer": _BASE,
    "token_map": _BASE, "training": _BASE,
    "to_gpu": _LOADING, "to_fp16": _LOADING, "device_map": _LOADING, "precision": _LOADING,
    "petals": _LOADING, "low_memory": _LOADING, "gpu_index": _LOADING, "assistant": _LOADING,
    "reload_interval": "not taken: bots take up a promoted model by themselves",
    "max_new_tokens": "not taken yet: write it to bots.{bot}.brain.model.max_tokens",
    "truncate_length": "not taken yet: write it to bots.{bot}.brain.context_tokens",
    "context_length": "not taken yet: write it to bots.{bot}.brain.context_tokens",
    "generation_profile": "not taken yet: see bots.{bot}.brain.model.temperature and .extra_body",
    "profile": "not taken: every reply's time stands in `clone-pipeline bot explain`",
    "focus": "not taken: VTX's own name of the model",
}  # fmt: skip
# Keys that only a model has.
_TELLING = frozenset(_MODEL) - {"info", "class", "mode", "focus", "profile"}

_SECTIONS = {
    "collections": "not taken yet: what a model is trained on is put into raw_input/ and weighed "
    "by datasets.weights",
    "disposition": "not taken: weights of single tokens; an endpoint that has them takes "
    "`logit_bias` by bots.{bot}.brain.model.extra_body",
    "twitch": "not taken yet: no bot speaks on Twitch",
    "x": "not taken yet: no bot speaks on X",
    "twitter": "not taken yet: no bot speaks on X",
    "horde": "not taken: images are drawn by bots.{bot}.reddit.images",
    "book": "not taken: no books are written",
    "api": "not taken: `clone-pipeline serve` is the endpoint",
    "smtp": "not taken: no bot writes mail",
    "ipfs": "not taken: nothing is put on IPFS",
    "urbit": "not taken: no bot speaks on Urbit",
}
_SOURCE = "not taken yet: the Source's websocket rooms; use Discord instead"


def read(account: Account, bot: str, *, focus: str) -> None:
    """Say of each of them what to use instead.

    Args:
        account: of the configuration.
        bot: the bot's key.
        focus: the model in use, by VTX's name; "" if nobody knows.
    """
    _source(account, bot)
    for key, given in account.old.items():
        if why := _SECTIONS.get(key):
            account.leave((key,), why.format(bot=bot))
        elif key in {*MODELS, focus} or (isinstance(given, Mapping) and _TELLING & set(given)):
            _model(account, key, bot)


def _model(account: Account, name: str, bot: str) -> None:
    given = account.old[name]
    if not isinstance(given, Mapping) or not given:
        account.leave((name,), "not taken yet: a model of VTX; see `training` in clone.yaml")
        return
    for key in given:
        if why := _MODEL.get(key):
            account.leave((name, key), why.format(bot=bot))


def _source(account: Account, bot: str) -> None:
    """The Source's rooms, each with the lines that give its chances to a channel on Discord."""
    if "source" not in account.old:
        return
    if not isinstance(account.get("source"), Mapping):
        account.leave(("source",), _SOURCE)
        return
    for room in _rooms(account):
        given = account.get(*room)
        rates = {}
        for key in ("passive", "active"):
            found = _first(given, f"{key}_chance", f"{key}_frequency")
            if found is not None:
                rates[f"{key}_chance"] = found
        lines = f": bots.{bot}.discord.channels takes  ID: {flow(rates)}" if rates else ""
        account.leave(room, f"{_SOURCE}{lines}")
    account.leave(("source", "enabled"), _SOURCE)


def _rooms(account: Account) -> list[Path]:
    given = account.section("source")
    below = given.get("focus")
    nested: list[Path] = (
        [("source", "focus", room) for room in below] if isinstance(below, Mapping) else []
    )
    if "focus" in given and not nested:
        nested = [("source", "focus")]
    return [*nested, *(("source", room) for room in given if room not in ("focus", "enabled"))]


def _first(given: object, *keys: str) -> object:
    if not isinstance(given, Mapping):
        return None
    return next((given[key] for key in keys if given.get(key) is not None), None)
