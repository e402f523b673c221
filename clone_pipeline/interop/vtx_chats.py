"""VTX's `discord`, `telegram` and `matrix`."""

from collections.abc import Mapping
from typing import Any

from clone_pipeline.interop.account import Account
from clone_pipeline.interop.paths import Path, dotted
from clone_pipeline.interop.vtx_rates import inline_secrets, rate
from clone_pipeline.interop.vtx_speakers import Speakers
from clone_pipeline.settings import Fault

DISCORD = {
    "frequency": 0.01, "max_frequency": 0.5, "decay_rate": 0.1, "reply_frequency": 0.333,
    "mention_self_frequency": 0.88, "mention_any_frequency": 0.08,
}  # fmt: skip
TELEGRAM = 0.9
TAG = "[BOT]"

_EXPORT = "not taken: messages to learn from are exported with DiscordChatExporter into "
_EXPORT += "raw_input/chats"
_EVENTS = "not taken: news of subreddits are not handed to Discord's webhooks"
_SELF = "refused: Discord's terms forbid programs that use a person's account; export with a bot's "
_SELF += "token, or by hand"
_LEFT = {
    "use_self_token": _SELF,
    "export_dms": f"{_EXPORT} by its `exportdm`",
    "debug": "not taken: `clone-pipeline bot explain ID` and `bot --rehearse` tell every decision",
    "horde_enabled": "not taken: no images are drawn on Discord",
}
_SERVER = {
    "past": f"{_EXPORT}, with --after", "after": f"{_EXPORT}, with --after",
    "before": f"{_EXPORT}, with --before", "skip": f"{_EXPORT}, server by server",
    "subscribe": _EVENTS, "author": _EVENTS, "logo": _EVENTS, "avatar": _EVENTS,
    "webhook": _EVENTS, "link": _EVENTS, "tags": _EVENTS,
}  # fmt: skip


def read(account: Account, bot: str, speakers: Speakers) -> None:
    """Take what there is of the three."""
    if "discord" in account.old:
        _discord(account, ("bots", bot, "discord"), speakers)
    if "telegram" in account.old:
        _telegram(account, ("bots", bot, "telegram"), speakers)
    if "matrix" in account.old:
        _matrix(account, ("bots", bot, "matrix"), speakers)


def _discord(account: Account, new: Path, speakers: Speakers) -> None:
    old, given, rules = ("discord",), account.section("discord"), (*new, "rules")
    inline_secrets(account, old, {"DISCORDTOKEN": ("token", "bottoken", "discordtoken")})
    account.put((*old, "enabled"), (*new, "enabled"), given.get("enabled"))
    for key, usual in DISCORD.items():
        spellings = (key, "chance") if key == "frequency" else (key,)
        rate(account, old, (*rules, key), spellings, usual)
    account.put((*old, "bannedUsers"), (*rules, "block_users"), _ids(given.get("bannedUsers")))
    servers = _ids(given.get("bannedServers"))
    account.put((*old, "bannedServers"), (*new, "banned_servers"), servers)
    if given.get("bannedUsers"):
        account.changes("Who is in bannedUsers gets no answer; VTX reads another spelling of it.")
    for key in given:
        if key.lower().replace("_", "") in ("selftoken", "discordselftoken"):
            account.leave((*old, key), _SELF)
        elif key in _LEFT:
            account.leave((*old, key), _LEFT[key])
    for server in account.section("discord", "servers"):
        _server(account, server, new, speakers)
    _musing(account, new, speakers)
    account.changes(
        "In Discord's direct messages the bot speaks as itself, not as the one it talks with; what "
        "calls it by name counts as a mention (VTX: always answered), and an answer to it is "
        "answered by followup_frequency. VTX leaves messages alone that begin with its bullets: "
        f"name such beginnings in {'.'.join(new)}.rules.ignored_starts."
    )


def _server(account: Account, server: str, new: Path, speakers: Speakers) -> None:
    old = ("discord", "servers", server)
    given = account.section(*old)
    speakers.put((*old, "persona"), (*new, "servers", server, "persona"))
    for key, why in _SERVER.items():
        account.leave((*old, key), why)
    if not given:
        account.put(old, (*new, "servers", server), {})


def _musing(account: Account, new: Path, speakers: Speakers) -> None:
    given, made = account.get("discord", "musing"), []
    if not (isinstance(given, list) and given and all(isinstance(m, Mapping) for m in given)):
        account.put(("discord", "musing"), (*new, "musing"), given)
        return
    for place, each in enumerate(given):
        old = ("discord", "musing", f"[{place}]")
        channels = _ids(each.get("channels"))
        muse: dict[str, Any] = {"channels": channels, "frequency": _shared(account, each, channels)}
        if (persona := each.get("persona")) not in (None, []):
            several = persona if isinstance(persona, list) else [persona]
            muse["persona"] = [speakers.key(str(name), (*old, "persona")) for name in several]
        muse |= {key: each[key] for key in ("instruction", "prompts") if each.get(key) is not None}
        made.append(muse)
        if isinstance(each.get("frequency"), bool):
            fix = "Write a number there, or leave it out."
            fault = Fault(dotted((*old, "frequency")), f"{each['frequency']}, no number", fix)
            account.faults.append(fault)
        for key in ("channels", "frequency", "persona", "instruction", "prompts"):
            account.took((*old, key))
    account.write(("discord", "musing"), (*new, "musing"), made)
    account.changes("A musing is one remark; VTX makes six to eight in a row.")


def _shared(account: Account, muse: Mapping[str, Any], channels: Any) -> Any:
    """VTX rolls for one of the channels, this project for each."""
    frequency = muse.get("frequency", 0.0)
    if not (isinstance(channels, list) and len(channels) > 1):
        return frequency
    if not isinstance(frequency, int | float) or isinstance(frequency, bool) or not frequency:
        return frequency
    account.changes(
        "The frequency of a musing with several channels is shared among them: VTX rolls for one "
        "of them, this project for each."
    )
    return round(frequency / len(channels), 9)


def _telegram(account: Account, new: Path, speakers: Speakers) -> None:
    old, given = ("telegram",), account.section("telegram")
    spellings = ("token", "bottoken", "key", "apikey", "botapikey", "telegrambotapikey")
    inline_secrets(account, old, {"TELEGRAMBOTAPIKEY": spellings})
    account.put((*old, "enabled"), (*new, "enabled"), given.get("enabled"))
    rate(account, old, (*new, "rules", "frequency"), ("frequency", "chance"), TELEGRAM)
    speakers.put((*old, "persona"), (*new, "rules", "persona"))
    account.changes("On Telegram direct messages are always answered; VTX rolls for them, too.")


def _matrix(account: Account, new: Path, speakers: Speakers) -> None:
    """VTX answers there only who mentions or answers it, but these always."""
    old, given = ("matrix",), account.section("matrix")
    names = {"MATRIXUSER": ("user", "username", "userid", "matrixuser")}
    inline_secrets(account, old, names | {"MATRIXPASSWORD": ("password", "matrixpassword")})
    account.put((*old, "enabled"), (*new, "enabled"), given.get("enabled"))
    account.default((*new, "rules", "mention_self_frequency"), 1.0)
    account.default((*new, "rules", "followup_frequency"), 1.0)
    account.changes(
        "On Matrix everything is answered in rooms for two (whose invitation, or the account, "
        "calls them direct), of which VTX answers what mentions or answers it: "
        f"{'.'.join(new)}.rules.allow_dms: false is silent there."
    )
    profiles = given.get("profiles")
    if not isinstance(profiles, list) or not all(isinstance(each, Mapping) for each in profiles):
        account.leave((*old, "profiles"), "no list of profiles")
        speakers.put((*old, "personas"), (*new, "rules", "persona"))
        return
    user = account.env.get("MATRIXUSER", "")
    if not profiles:
        speakers.put((*old, "personas"), (*new, "rules", "persona"))
    mine = [at for at, each in enumerate(profiles) if str(each.get("username", "-")) in user]
    for place, profile in enumerate(profiles):
        at = (*old, "profiles", f"[{place}]")
        if place != (mine[0] if mine else 0):
            account.leave(at, "a bot has one account: give this profile a bot of its own")
            continue
        account.leave((*at, "username"), "the account is the one that MATRIXUSER names")
        _speaks(account, at, new, speakers)
        account.put((*at, "tag"), (*new, "tag"), profile.get("tag"))
        account.default((*new, "tag"), TAG)


def _speaks(account: Account, profile: Path, new: Path, speakers: Speakers) -> None:
    """The profile's persona, or else those of all profiles."""
    everybody: Path = ("matrix", "personas")
    if account.get(*profile, "persona") in (None, []):
        account.took((*profile, "persona"))
        speakers.put(everybody, (*new, "rules", "persona"))
    else:
        speakers.put((*profile, "persona"), (*new, "rules", "persona"))
        account.leave(everybody, f"`{dotted(profile)}.persona` says it")


def _ids(found: Any) -> Any:
    """Ids as strings; what is no list stays as it is."""
    if not isinstance(found, list):
        return found
    return [str(each) if isinstance(each, int) and each is not True else each for each in found]
