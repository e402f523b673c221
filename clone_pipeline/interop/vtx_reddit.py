"""VTX's `reddit`: what its bot does there, and what is fetched there to learn from."""

from typing import Any

from clone_pipeline.interop.account import Account
from clone_pipeline.interop.paths import Path, dotted
from clone_pipeline.interop.vtx_rates import inline_secrets, rate
from clone_pipeline.interop.vtx_speakers import Speakers
from clone_pipeline.interop.yaml_text import flow

# VTX's default files say so; in its code both are 300.
DELAY = (120, 600)
STALK_DELAY = (300, 900)
FOLLOWUP = 0.333
LIMIT, TYPE = 5, "top"

_SECRETS = {
    "REDDITCLIENT": ("client", "clientid", "redditclient"),
    "REDDITSECRET": ("secret", "clientsecret", "redditsecret"),
    "REDDITAGENT": ("agent", "username", "user", "redditagent"),
    "REDDITPASSWORD": ("password", "redditpassword"),
}
_FURTHER = ("followup_frequency", "proximal_frequency", "vote")
_STALK = ("frequency", "chance", "stalker", "min", "max", *_FURTHER)
_LEFT = {
    "tags": "not taken: VTX hands new submissions with these tags to Discord webhooks",
    "submissions": "not taken: VTX never looks at it",
}


_CHANCE = ("frequency", "chance")
_UNWATCHED = "not taken: VTX watches no subreddit without a chance"


def read(account: Account, bot: str, speakers: Speakers) -> None:
    """Take all of it; nothing if there is no `reddit`."""
    if "reddit" not in account.old:
        return
    given, old = account.section("reddit"), ("reddit",)
    here: Path = ("bots", bot, "reddit")
    inline_secrets(account, old, _SECRETS)
    account.put((*old, "enabled"), (*here, "enabled"), given.get("enabled"))
    rate(account, old, (*here, "rules", "followup_frequency"), ("followup_frequency",), FOLLOWUP)
    _delay(account, here)
    account.put((*old, "filter"), (*here, "rules", "filter"), given.get("filter"))
    account.default((*here, "rules", "allow_dms"), False)
    account.default((*here, "rules", "mention_self_frequency"), 0.0)
    account.default((*here, "inbox"), False)
    for sub in account.section("reddit", "subs"):
        _sub(account, sub, here, speakers)
    _data(account)
    for user in account.section("reddit", "stalk"):
        _stalk(account, user, bot, speakers)
    account.changes(
        f"Replies are heard in the subreddits that are watched, as by VTX: bots.{bot}.reddit.inbox "
        "hears them, and mentions, wherever the account is."
    )


def _delay(account: Account, here: Path) -> None:
    given = account.section("reddit", "delay")
    new = (*here, "rules", "delay")
    low: Any = given.get("min")
    high: Any = given.get("max")
    account.put(("reddit", "delay", "min"), (*new, "min"), low)
    account.put(("reddit", "delay", "max"), (*new, "max"), high)
    if low is None and (not _number(high) or high >= DELAY[0]):
        account.default((*new, "min"), DELAY[0])
    if high is None and (not _number(low) or low <= DELAY[1]):
        account.default((*new, "max"), DELAY[1])


def _sub(account: Account, sub: str, here: Path, speakers: Speakers) -> None:
    """A subreddit where the bot may speak; one without a chance is only read."""
    old = ("reddit", "subs", sub)
    given = account.section(*old)
    new = (*here, "subs", _bare(sub))
    for key, why in _LEFT.items():
        account.leave((*old, key), why)
    chance = next((given[each] for each in _CHANCE if given.get(each) is not None), None)
    if chance is None or (_number(chance) and chance <= 0):
        for key in (*_CHANCE, "followup_frequency", "persona"):
            account.leave((*old, key), _UNWATCHED)
        return
    rate(account, old, (*new, "chance"), _CHANCE, None)
    rate(account, old, (*new, "followup_frequency"), ("followup_frequency",), None)
    speakers.put((*old, "persona"), (*new, "persona"))
    own, all_subs = given.get("filter"), account.get("reddit", "filter")
    if isinstance(own, list) and isinstance(all_subs, list):  # here the nearest alone would count
        own = [*all_subs, *(term for term in own if term not in all_subs)]
    account.put((*old, "filter"), (*new, "filter"), own)


def _data(account: Account) -> None:
    """What is fetched: the project's `reddit`."""
    subs, filtered = account.section("reddit", "subs"), account.get("reddit", "filter")
    for sub in subs:
        old, new = ("reddit", "subs", sub), ("reddit", "subs", _bare(sub))
        given = account.section(*old)
        for key in ("skip", "limit", "type", "filter"):
            account.put((*old, key), (*new, key), given.get(key))
        if given.get("skip") is not True:
            account.default((*new, "limit"), LIMIT)
            account.default((*new, "type"), TYPE)
    account.put(("reddit", "filter"), ("reddit", "filter"), filtered if subs else None)
    for user in account.section("reddit", "replacers"):
        linked = account.get("reddit", "replacers", user)
        linked = str(linked) if isinstance(linked, int) and linked is not True else linked
        account.put(("reddit", "replacers", user), ("reddit", "replacers", user), linked)
    if not subs:
        return
    account.default(("reddit", "training_texts"), ["bias"])
    account.changes(
        "reddit.subs.NAME.limit counts threads a day here; VTX fetches so many once, 5 of the best "
        "where nothing is said."
    )
    if filtered or any(isinstance(each, dict) and each.get("filter") for each in subs.values()):
        account.changes(
            "A `filter` is found in whatever case here; VTX never finds a term with a capital. It "
            "keeps such texts from what the model learns, too: remove `filter` from `reddit` in "
            "clone.yaml if you don't want that."
        )


def _stalk(account: Account, user: str, bot: str, speakers: Speakers) -> None:
    """Nobody is followed who did not agree, which a configuration can't say: lines to paste."""
    old = ("reddit", "stalk", user)
    given = account.section(*old)
    lines: dict[str, Any] = {"agreed": True}
    chance = given.get("frequency", given.get("chance"))
    lines["chance"] = 0.0 if chance is None else chance
    if (stalker := given.get("stalker")) not in (None, []):
        several = stalker if isinstance(stalker, list) else [stalker]
        lines["persona"] = [speakers.key(str(each), (*old, "stalker")) for each in several]
    low = STALK_DELAY[0] if given.get("min") is None else given["min"]
    high = STALK_DELAY[1] if given.get("max") is None else given["max"]
    lines["delay"] = {"min": low, "max": high}
    for key in _FURTHER:
        if given.get(key) is not None:
            lines[key] = given[key]
    why = (
        f"nobody is followed without having agreed: ask u/{user}, then put this into "
        f"bots.{bot}.reddit.follow:\n  {flow(user)}: {flow(lines)}"
    )
    left: list[Path] = [(*old, key) for key in given if key in _STALK] or [old]
    account.leave(left[0], why)
    for each in left[1:]:
        account.leave(each, f"see {dotted(left[0])}")


def _bare(sub: str) -> str:
    """A subreddit's name without r/."""
    return sub.strip().removeprefix("/").removeprefix("r/")


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
