"""The effects of VTX's keys: a configuration with a hole, how it shows, what is to be seen."""

import random
from datetime import timedelta

import pytest

from clone_pipeline.bots.chances import sends_as_reply
from clone_pipeline.bots.history import History
from clone_pipeline.defs import partitions
from clone_pipeline.project import Project
from clone_pipeline.reddit.choosing import Rules, choose
from clone_pipeline.reddit.things import Thing
from clone_pipeline_tests.bots.rule_rows import NOON, comment, heard
from clone_pipeline_tests.interop.observing import (
    High,
    Low,
    Sees,
    answers,
    bot_of,
    is_on,
    odds,
    place,
    prompt,
    reason,
    speaks_as,
    waits,
)

JUST = History(last_spoke=NOON)
A_WHILE = History(last_spoke=NOON - timedelta(seconds=10))
THERE = comment(channel="NoRules")
MINE = comment(channel="NoRules", parent_is_ours=True)
NAMED = comment(channel="NoRules", to_us=True)
WHO = "personas: {anna: {bias: 159985870458322944, persona: I am Anna.}}\n"
BIASED = "personas:\n  anna: {persona: I like tea., bias: %s}\n"


def last_line(given: Project) -> object:
    return prompt(given, heard(), voice="anna").text.splitlines()[-1]


def first_line(given: Project) -> object:
    return prompt(given, heard(), voice="anna").text.splitlines()[0]


def replies(given: Project) -> object:
    share = place(given, heard()).reply_frequency
    draw = random.Random(1)
    return sum(sends_as_reply(reply_frequency=share, draw=draw) for _ in range(10))


def blocked(given: Project) -> object:
    assert bot_of(given).discord
    return bot_of(given).discord.banned_servers  # type: ignore[union-attr]


def musing(key: str) -> Sees:
    def seen(given: Project) -> object:
        chat = bot_of(given).discord
        assert chat
        return getattr(chat.musing[0], key)

    return seen


def tag(given: Project) -> object:
    return bot_of(given).matrix.tag  # type: ignore[union-attr]


def watched(given: Project) -> object:
    reddit = bot_of(given).reddit
    return list(reddit.subs) if reddit else None


def fetched(given: Project) -> object:
    return partitions._fetched(given)


def chosen(given: Project) -> object:
    """Which of three threads of r/NoRules are used."""
    sub = given.reddit.subs["NoRules"]
    terms = tuple(term.lower() for term in (*given.reddit.filter, *sub.filter))
    rules = Rules(sub.type, sub.limit, sub.min_score, sub.max_comments, terms)
    threads = [
        thing(each, title, score)
        for each, title, score in (("a", "Old", 9), ("b", "Mid", 5), ("c", "New", 1))
    ]
    kept, _ = choose(threads, rules)
    return [each.title for each in kept]


def thing(item_id: str, title: str, score: int) -> Thing:
    return Thing(
        item_id=item_id, thread_id=item_id, parent_id=None, subreddit="NoRules",
        created=ord(item_id), score=score, author="x", title=title, text="", url="",
        permalink="", edited=None, gone=None,
    )  # fmt: skip


def linked(given: Project) -> object:
    return given.reddit_users().get("friend")


REDDIT = WHO + "reddit: {%s}"
SUB = WHO + "reddit: {subs: {NoRules: {%s}}}"
DISCORD = WHO + "discord: {%s}"
TELEGRAM = WHO + "telegram: {%s}"
MATRIX = WHO + "matrix: {%s}"
MUSE = "{channels: [%s], frequency: %s, persona: %s, instruction: %s, prompts: [%s]}"
MUSING = WHO + "discord: {musing: [" + MUSE + "]}"
SOMEBODY = heard(mentions=("806051627198709760",))
CHAT = heard(platform="telegram", channel="7")
TOLD = heard(platform="matrix", to_us=True)
LATE = "chance: 1, followup_frequency: 1"

# key: the configuration with a hole, how the key is seen, {value: what is to be seen}
EFFECTS: dict[str, tuple[str, Sees, dict[str, object]]] = {
    "personas.NAME.bias": (
        BIASED, last_line,
        {"159985870458322944": f"¶{159985870458322944}:>", "17" * 9: f"¶{'17' * 9}:>"},
    ),
    "personas.NAME.persona": (
        "personas: {anna: {bias: 159985870458322944, persona: %s}}", first_line,
        {"I am tea.": "¶159985870458322944:> I am tea.", "No.": "¶159985870458322944:> No."},
    ),
    "reddit": (WHO + "%s", is_on("reddit"), {"reddit:": True, "telegram:": False}),
    "reddit.enabled": (REDDIT % "enabled: %s", is_on("reddit"), {"True": True, "False": False}),
    "reddit.delay.min": (
        REDDIT % "delay: {min: %s, max: 700}, subs: {NoRules: {chance: 1}}",
        waits(THERE, Low()), {"50": 50, "60": 60},
    ),
    "reddit.delay.max": (
        REDDIT % "delay: {min: 5, max: %s}, subs: {NoRules: {chance: 1}}",
        waits(THERE, High()), {"500": 500, "600": 600},
    ),
    "reddit.filter": (
        REDDIT % "filter: [%s], subs: {NoRules: {chance: 1}}", reason(THERE),
        {"Basil": "filter", "Bees": "chance"},
    ),
    "reddit.followup_frequency": (
        REDDIT % "followup_frequency: %s, subs: {NoRules: {chance: 0.1}}", odds(MINE),
        {"0.2": 0.2, "0.4": 0.4},
    ),
    "reddit.replacers": (
        REDDIT % "replacers: {Friend: %s}", linked,
        {"159985870458322944": "anna", "806051627198709760": None},
    ),
    "reddit.subs.NAME.chance": (SUB % "chance: %s", odds(THERE), {"0.1": 0.1, "0.2": 0.2}),
    "reddit.subs.NAME.frequency": (SUB % "frequency: %s", odds(THERE), {"0.1": 0.1, "0.2": 0.2}),
    "reddit.subs.NAME.followup_frequency": (
        REDDIT % "followup_frequency: 0.9, subs: {NoRules: {chance: 0.1, followup_frequency: %s}}",
        odds(MINE), {"0.2": 0.2, "0.4": 0.4},
    ),
    "reddit.subs.NAME.persona": (
        SUB % "chance: 1, persona: %s", speaks_as(THERE), {"anna": ("anna",), "ben": ("ben",)},
    ),
    "reddit.subs.NAME.filter": (
        REDDIT % "filter: [xyzzy], subs: {NoRules: {chance: 1, filter: [%s]}}", reason(THERE),
        {"Basil": "filter", "Bees": "chance"},
    ),
    "reddit.filter beside a sub's own": (
        REDDIT % "filter: [%s], subs: {NoRules: {chance: 1, filter: [xyzzy]}}", reason(THERE),
        {"basil": "filter", "Bees": "chance"},
    ),
    "reddit.subs.NAME.skip": (SUB % "skip: %s", fetched, {"True": [], "False": ["NoRules"]}),
    "reddit.subs.NAME.limit": (
        SUB % "type: new, limit: %s", chosen, {"1": ["New"], "2": ["Mid", "New"]},
    ),
    "reddit.subs.NAME.type": (
        SUB % "limit: 1, type: %s", chosen, {"new": ["New"], "top": ["Old"]},
    ),
    "reddit.subs.NAME.filter, data": (
        SUB % "filter: [%s]", chosen, {"Mid": ["Old", "New"], "New": ["Old", "Mid"]},
    ),
    "reddit.filter, data": (
        REDDIT % "filter: [%s], subs: {NoRules: }", chosen,
        {"Mid": ["Old", "New"], "New": ["Old", "Mid"]},
    ),
    "discord": (WHO + "%s", is_on("discord"), {"discord:": True, "telegram:": False}),
    "discord.enabled": (DISCORD % "enabled: %s", is_on("discord"), {"True": True, "False": False}),
    "discord.frequency": (DISCORD % "frequency: %s", odds(heard()), {"0.1": 0.1, "0.2": 0.2}),
    "discord.max_frequency": (
        DISCORD % "max_frequency: %s", odds(heard(), JUST), {"0.3": 0.3, "0.4": 0.4},
    ),
    "discord.decay_rate": (
        DISCORD % "max_frequency: 1, decay_rate: %s", odds(heard(), A_WHILE),
        {"0": 1.0, "50": 0.01},
    ),
    "discord.reply_frequency": (DISCORD % "reply_frequency: %s", replies, {"0": 0, "1": 10}),
    "discord.mention_self_frequency": (
        DISCORD % "mention_self_frequency: %s", odds(heard(to_us=True)), {"0.5": 0.5, "0.6": 0.6},
    ),
    "discord.mention_any_frequency": (
        DISCORD % "mention_any_frequency: %s", odds(SOMEBODY), {"0.5": 0.5, "0.6": 0.6},
    ),
    "discord.bannedUsers": (
        DISCORD % "frequency: 1, bannedUsers: [%s]", reason(heard(author="1151877222035116113")),
        {"1151877222035116113": "blocked_user", "7": "frequency"},
    ),
    "discord.bannedServers": (DISCORD % "bannedServers: [%s]", blocked, {"7": ("7",), "8": ("8",)}),
    "discord.servers.ID.persona": (
        DISCORD % "servers: {77: {persona: %s}}", speaks_as(heard(server="77")),
        {"anna": ("anna",), "ben": ("ben",)},
    ),
    "discord.musing.channels": (
        MUSING % ("%s", 0.5, "anna", "Go.", "Tea"), musing("channels"), {"7": ("7",), "8": ("8",)},
    ),
    "discord.musing.frequency": (
        MUSING % ("7", "%s", "anna", "Go.", "Tea"), musing("frequency"), {"0.1": 0.1, "0.2": 0.2},
    ),
    "discord.musing.persona": (
        MUSING % ("7", 0.5, "%s", "Go.", "Tea"), musing("persona"),
        {"anna": ("anna",), "ben": ("ben",)},
    ),
    "discord.musing.instruction": (
        MUSING % ("7", 0.5, "anna", "%s", "Tea"), musing("instruction"),
        {"Go.": "Go.", "Say.": "Say."},
    ),
    "discord.musing.prompts": (
        MUSING % ("7", 0.5, "anna", "Go.", "%s"), musing("prompts"),
        {"Tea": ("Tea",), "Wall": ("Wall",)},
    ),
    "telegram": (WHO + "%s", is_on("telegram"), {"telegram:": True, "reddit:": False}),
    "telegram.enabled": (
        TELEGRAM % "enabled: %s", is_on("telegram"), {"True": True, "False": False},
    ),
    "telegram.frequency": (TELEGRAM % "frequency: %s", odds(CHAT), {"0.1": 0.1, "0.2": 0.2}),
    "telegram.persona": (
        TELEGRAM % "persona: %s", speaks_as(CHAT), {"anna": ("anna",), "ben": ("ben",)},
    ),
    "matrix": (WHO + "%s", is_on("matrix"), {"matrix:": True, "reddit:": False}),
    "matrix.enabled": (MATRIX % "enabled: %s", is_on("matrix"), {"True": True, "False": False}),
    "matrix.personas": (
        MATRIX % "personas: [%s]", speaks_as(TOLD), {"anna": ("anna",), "ben": ("ben",)},
    ),
    "matrix.profiles.persona": (
        MATRIX % "profiles: [{persona: %s}]", speaks_as(TOLD), {"anna": ("anna",), "ben": ("ben",)},
    ),
    "matrix.profiles.tag": (
        MATRIX % "profiles: [{tag: %s}]", tag, {'"[A]"': "[A]", '"[B]"': "[B]"},
    ),
}  # fmt: skip
# What VTX does where its configuration is silent.
DEFAULTS: dict[str, tuple[str, Sees, object]] = {
    "frequency": ("discord:", odds(heard()), 0.01),
    "max_frequency": ("discord:", odds(heard(), JUST), 0.5),
    "decay_rate": ("discord:", odds(heard(), A_WHILE), pytest.approx(0.5 * 2.718281828 ** -1)),
    "mention_self_frequency": ("discord:", odds(heard(to_us=True)), 0.88),
    "mention_any_frequency": ("discord:", odds(SOMEBODY), 0.08),
    "reply_frequency": ("discord:", lambda given: place(given, heard()).reply_frequency, 0.333),
    "telegram.frequency": ("telegram:", odds(CHAT), 0.9),
    "matrix, unasked": ("matrix:", answers(heard(platform="matrix")), False),
    "matrix, mentioned": ("matrix:", odds(TOLD), 1.0),
    "matrix, answered": ("matrix:", odds(heard(platform="matrix", parent_is_ours=True)), 1.0),
    "matrix.profiles.tag": ("matrix: {profiles: [{username: a}]}", tag, "[BOT]"),
    "chance": ("reddit: {subs: {NoRules: {persona: anna}}}", watched, []),
    "chance 0": ("reddit: {subs: {NoRules: {frequency: 0, filter: [a]}}}", watched, []),
    "a chance": ("reddit: {subs: {NoRules: {chance: 0.1}}}", watched, ["NoRules"]),
    "inbox": ("reddit:", lambda given: bot_of(given).reddit.inbox, False),  # type: ignore[union-attr]
    "named": ("reddit: {subs: {NoRules: {chance: 0.1}}}", odds(NAMED), 0.1),
    "followup_frequency": ("reddit: {subs: {NoRules: {chance: 0.1}}}", odds(MINE), 0.333),
    "delay.min": ("reddit: {subs: {NoRules: {chance: 1}}}", waits(THERE, Low()), 120),
    "delay.max": ("reddit: {subs: {NoRules: {chance: 1}}}", waits(THERE, High()), 600),
    "reddit, direct": ("reddit:", answers(heard(platform="reddit", kind="direct")), False),
    "limit and type": (
        "reddit: {subs: {NoRules: }}",
        lambda given: (given.reddit.subs["NoRules"].limit, given.reddit.subs["NoRules"].type),
        (5, "top"),
    ),
    "persona": ("discord:", speaks_as(heard()), ("Anyone",)),
    "no budget": ("discord:", lambda given: bot_of(given).budget.characters, None),
}  # fmt: skip
BRAIN = {"form": "bias", "attempts": 10, "max_seconds": 360, "hottest": 1.65, "most_lines": 100}
