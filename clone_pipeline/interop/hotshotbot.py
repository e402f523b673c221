"""HotShotBot's configuration as a bot of clone.yaml.

The keys of its version of April 2022, which its README describes, and the later ones. It has no
defaults: what is left out is this project's default.
"""

from collections.abc import Mapping
from typing import Any

from clone_pipeline.interop import hotshotbot_models, hotshotbot_posts, names, old_tree
from clone_pipeline.interop.account import Account, Imported
from clone_pipeline.interop.hotshotbot_keys import key_variable
from clone_pipeline.interop.paths import Path
from clone_pipeline.settings import Fault

FILE = "bot_config.yaml"

_RULES = (
    "force_top_reply", "followup_only", "linkpost_only", "reply_chance", "trigger_boost",
    "min_reply_score",
)  # fmt: skip
_TOPICS = "not taken: no zero-shot classifier chooses what to answer; use trigger_words, "
_TOPICS += "trigger_boost and reply_chance"
_LEFT = {
    "topic_list": _TOPICS, "topic_classifier": _TOPICS, "topic_threshold": _TOPICS,
    "dynamic_prompt": "not taken: nobody changes by a message who the bot is; its operators may "
    "pause it and regenerate replies (bots.{bot}.reddit.operators)",
}  # fmt: skip
_SENTENCES = (
    "Answers wait 300 to 900 seconds here, HotShotBot's none: bots.{bot}.reddit.rules.delay.",
    "A budget may be used up to its last character here, HotShotBot stops one before; the day is "
    "the project's (time_zone).",
)
_PATTERN = set(".^$*+?{}[]\\|()")


def read_hotshotbot(text: str, *, name: str, env: Mapping[str, str]) -> Imported:
    """HotShotBot's configuration as the bot `name`.

    Args:
        text: of its YAML file.
        name: the bot's key in clone.yaml.
        env: the environment; its keys tell names of variables from secrets.

    Raises:
        FaultyInput: no YAML, no bot_username or bot_subreddit, or `name` is no bot's name.
    """
    bot = names.bot_key(name)
    account = Account(old_tree.read(text, name=FILE), system="HotShotBot", env=env)
    here = ("bots", bot)
    _identity(account, here)
    _rules(account, here)
    hotshotbot_models.read(account, bot)
    hotshotbot_posts.read(account, bot, subs=_subs(account))
    account.put(
        ("character_budget",), (*here, "budget", "characters"), account.get("character_budget")
    )
    for key, why in _LEFT.items():
        account.leave((key,), why.format(bot=bot))
    for sentence in _SENTENCES:
        account.changes(sentence.format(bot=bot))
    return account.imported()


def _identity(account: Account, here: Path) -> None:
    """Who it is, and where."""
    user = _required(account, "bot_username")
    key = names.key(user)
    voice = (*here, "voices", key)
    account.put(("bot_username",), (*voice, "name"), user)
    account.put(("bot_backstory",), (*voice, "backstory"), account.get("bot_backstory"))
    account.default((*here, "persona"), key, why="bot_username")
    reddit = (*here, "reddit")
    variable = names.variable(here[1], "REDDIT_USER")
    account.default((*reddit, "username_env"), variable, why="bot_username")
    if user:
        account.variable(variable, user)
    for old, new, made in (
        ("reddit_pass_var", "password_env", "REDDIT_PASSWORD"),
        ("reddit_ID_var", "client_id_env", "REDDIT_CLIENT"),
        ("reddit_secret_var", "client_secret_env", "REDDIT_SECRET"),
    ):
        key_variable(account, (old,), (*reddit, new), names.variable(here[1], made))
    _required(account, "bot_subreddit")
    for sub in _subs(account):
        account.put(("bot_subreddit",), (*reddit, "subs", sub), {})


def _rules(account: Account, here: Path) -> None:
    rules = (*here, "reddit", "rules")
    account.default((*rules, "style"), "hotshot", why="HotShotBot's rules")
    account.default((*rules, "allow_dms"), False)
    account.default((*rules, "mention_self_frequency"), 0.0)
    if "followup_only" in account.old:  # the version that reads its subreddits and nothing else
        account.default((*here, "reddit", "inbox"), False)
    for key in _RULES:
        account.put((key,), (*rules, key), account.get(key))
    words = account.get("trigger_words")
    words = words.split() if isinstance(words, str) else words
    account.put(("trigger_words",), (*rules, "trigger_words"), words)
    keywords = account.get("negative_keywords")
    account.put(("negative_keywords",), (*rules, "negative_keywords"), keywords)
    account.put(("negative_keywords",), (*here, "brain", "never_say"), keywords)
    if isinstance(keywords, list) and any(_PATTERN & set(str(each)) for each in keywords):
        account.changes("negative_keywords are taken literally; HotShotBot takes them as patterns.")
    levels = account.get("max_levels")
    if isinstance(levels, int) and not isinstance(levels, bool):  # the answered one counts there
        levels = max(0, levels - 1)
    account.put(("max_levels",), (*here, "brain", "most_lines"), levels)
    if account.get("min_reply_score") is not None:
        account.default((*here, "ranker", "model"), "microsoft/DialogRPT-width")
        account.changes(
            "DialogRPT is not asked at Hugging Face: its weights are needed here, or "
            f"{'.'.join(here)}.ranker.base_url; without either min_reply_score is not asked."
        )
    _read_posts(account, rules)


def _read_posts(account: Account, rules: Path) -> None:
    """Later versions have no followup_only, but may leave submissions alone."""
    wanted, followup = account.get("read_posts"), account.get("followup_only")
    if wanted is not None and followup is None:
        account.put(("read_posts",), (*rules, "followup_only"), not wanted)
    elif wanted or followup or wanted is None:
        account.took(("read_posts",))
    else:
        account.leave(("read_posts",), "not taken: followup_only: true leaves submissions alone")


def _required(account: Account, key: str) -> str:
    found: Any = account.get(key)
    if found is None or not str(found).strip():
        account.faults.append(Fault(key, "nothing", "HotShotBot needs this key: add it."))
        return ""
    return str(found)


def _subs(account: Account) -> list[str]:
    """Subreddits without r/; praw takes several with a plus."""
    written = str(account.get("bot_subreddit") or "")
    return [
        each.strip().removeprefix("/").removeprefix("r/") for each in written.split("+") if each
    ]
