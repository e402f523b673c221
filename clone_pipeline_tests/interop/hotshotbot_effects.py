"""The effects of HotShotBot's keys: a configuration with a hole, how it shows, what is seen."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from clone_pipeline.bots.budget import Budget, Cost
from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.history import History
from clone_pipeline.bots.queue_file import open_file
from clone_pipeline.bots.toxicity import ToxicitySettings
from clone_pipeline.bots.trying import Written
from clone_pipeline.project import Project
from clone_pipeline_tests.bots.model_server import Scores, running
from clone_pipeline_tests.bots.quick_folder import quick_folder
from clone_pipeline_tests.bots.rule_rows import NOON, comment, said, submission
from clone_pipeline_tests.interop.observing import (
    Sees,
    answers,
    bot_of,
    decided,
    odds,
    posts,
    prompt,
    reason,
    thought,
)

DEEP = comment(depth=2, context=(said("Why?"),))
THREAD = comment(
    depth=5, title="Beans", text="five",
    context=tuple(said(text) for text in ("body", "one", "two", "three", "four")),
)  # fmt: skip
PLAN = Heard("reddit", "post", "garden", "", "", NOON, kind="submission")
POST = "<|sot|>A bean<|eot|><|sost|>It grew over night.<|eost|>"


def user(given: Project) -> object:
    return prompt(given, DEEP, voice="hotbot").text.splitlines()[-1]


def named(given: Project) -> object:
    (voice,) = bot_of(given).voices
    return prompt(given, DEEP, voice=voice).text.splitlines()[-1]


def backstory(given: Project) -> object:
    return prompt(given, DEEP, voice="hotbot").text.splitlines()[0]


def shown(given: Project) -> object:
    """How many comments of the thread are in the prompt, the answered one included."""
    return prompt(given, THREAD, voice="hotbot").text.count("\nComment by u/")


def reddit(key: str) -> Sees:
    return lambda given: getattr(bot_of(given).reddit, key)


def subs(given: Project) -> object:
    found = bot_of(given).reddit
    return list(found.subs) if found else []


def ranked(given: Project) -> object:
    assert bot_of(given).ranker
    return decided(given, DEEP).ranked


def asked(key: str, *, post: bool = False) -> Sees:
    """What a request for a reply, or for a post, says at `key`."""

    def seen(given: Project) -> object:
        models = ("big", "small", "m1", "m2")
        with running(answer=lambda body: POST if post else "Good.", models=models) as server:
            message = PLAN if post else DEEP
            found = thought(given, server, message, voice="hotbot", post=post)
            assert isinstance(found, Written)
            return server.bodies[0][key]

    return seen


def key_of(which: str) -> Sees:
    return lambda given: getattr(bot_of(given).brain, which).api_key_env


def says(text: str, *, post: bool = False, **more: Any) -> Sees:
    """Whether the bot says what the model writes."""

    def seen(given: Project) -> object:
        with running(answer=lambda body: text, models=("big", "small"), **more) as server:
            toxicity = bot_of(given).brain.toxicity
            changes: dict[str, Any] = {}
            if toxicity:
                gate = ToxicitySettings(base_url=server.base_url, threshold=toxicity.threshold,
                                        thresholds=toxicity.thresholds)  # fmt: skip
                changes["toxicity"] = gate
            message = PLAN if post else DEEP
            found = thought(
                given, server, message, voice="hotbot", post=post, attempts=1, **changes
            )
            return isinstance(found, Written)

    return seen


def scored(category: str) -> Callable[[str], Scores]:
    return lambda text: {category: 0.85}


def affords(characters: int) -> Sees:
    def seen(given: Project) -> object:
        with quick_folder() as folder, open_file(folder / "bots.sqlite") as file:
            limits = bot_of(given).budget
            purse = Budget(file, name="main", zone=ZoneInfo("UTC"), limits=limits)
            return purse.allows(Cost(characters), now=NOON)

    return seen


BASE = "bot_username: HotBot\nbot_subreddit: garden\nreply_textgen_model: big\n"
OPEN = BASE + "followup_only: False\n"
POSTS = BASE + "post_textgen_model: small\n"
REPLY = BASE + "reply_textgen_parameters: {%s: %s}\n"
WRITE = POSTS + "post_textgen_parameters: {%s: %s}\n"
EARLY = "bot_username: HotBot\nbot_subreddit: garden\npost_textgen_model: small\n"
EARLY += "reply_textgen_model: big\ntext_generation_parameters: {temperature: %s}\n"
YESTERDAY = History(last_post=NOON - timedelta(hours=20))
QUESTION = comment(text="Why is the basil so small?")

EFFECTS: dict[str, tuple[str, Sees, dict[str, object]]] = {
    "bot_username": (
        "bot_subreddit: garden\nreply_textgen_model: big\nbot_username: %s", named,
        {"HotBot": 'Reply by u/HotBot: "', "Other_SSI": 'Reply by u/Other_SSI: "'},
    ),
    "bot_subreddit": (
        "bot_username: HotBot\nbot_subreddit: %s", subs,
        {"garden": ["garden"], "r/a+b": ["a", "b"]},
    ),
    "bot_backstory": (
        BASE + "bot_backstory: %s", backstory, {"I dig.": "I dig.", "I rest.": "I rest."},
    ),
    "reddit_pass_var": (
        BASE + "reddit_pass_var: %s", reddit("password_env"),
        {"PASS_A": "PASS_A", "PASS_B": "PASS_B"},
    ),
    "reddit_ID_var": (
        BASE + "reddit_ID_var: %s", reddit("client_id_env"), {"A_ID": "A_ID", "B_ID": "B_ID"},
    ),
    "reddit_secret_var": (
        BASE + "reddit_secret_var: %s", reddit("client_secret_env"),
        {"SECRET_A": "SECRET_A", "SECRET_B": "SECRET_B"},
    ),
    "HF_key_var": (BASE + "HF_key_var: %s", key_of("model"), {"HF_A": "HF_A", "HF_B": "HF_B"}),
    "HF_key_var, posts": (
        POSTS + "HF_key_var: %s", key_of("post_model"), {"HF_A": "HF_A", "HF_B": "HF_B"},
    ),
    "azure_token_var": (
        BASE + "azure_token_var: %s", key_of("captions"), {"A_KEY": "A_KEY", "B_KEY": "B_KEY"},
    ),
    "reply_textgen_model": (
        "bot_username: HotBot\nbot_subreddit: garden\nreply_textgen_model: %s", asked("model"),
        {"m1": "m1", "m2": "m2"},
    ),
    "reply_textgen_parameters.max_new_tokens": (
        REPLY % ("max_new_tokens", "%s"), asked("max_tokens"), {"90": 90, "91": 91},
    ),
    "reply_textgen_parameters.temperature": (
        REPLY % ("temperature", "%s"), asked("temperature"), {"0.4": 0.4, "0.5": 0.5},
    ),
    "reply_textgen_parameters.top_p": (
        REPLY % ("top_p", "%s"), asked("top_p"), {"0.4": 0.4, "0.5": 0.5},
    ),
    "reply_textgen_parameters.top_k": (
        REPLY % ("top_k", "%s"), asked("top_k"), {"40": 40, "50": 50},
    ),
    "reply_textgen_parameters.repetition_penalty": (
        REPLY % ("repetition_penalty", "%s"), asked("repetition_penalty"),
        {"1.1": 1.1, "1.2": 1.2},
    ),
    "post_textgen_model": (
        BASE + "post_textgen_model: %s", asked("model", post=True), {"m1": "m1", "m2": "m2"},
    ),
    "post_textgen_parameters.max_new_tokens": (
        WRITE % ("max_new_tokens", "%s"), asked("max_tokens", post=True), {"90": 90, "91": 91},
    ),
    "post_textgen_parameters.temperature": (
        WRITE % ("temperature", "%s"), asked("temperature", post=True), {"0.4": 0.4, "0.5": 0.5},
    ),
    "post_textgen_parameters.top_p": (
        WRITE % ("top_p", "%s"), asked("top_p", post=True), {"0.4": 0.4, "0.5": 0.5},
    ),
    "post_textgen_parameters.top_k": (
        WRITE % ("top_k", "%s"), asked("top_k", post=True), {"40": 40, "50": 50},
    ),
    "post_textgen_parameters.repetition_penalty": (
        WRITE % ("repetition_penalty", "%s"), asked("repetition_penalty", post=True),
        {"1.1": 1.1, "1.2": 1.2},
    ),
    "text_generation_parameters.temperature": (
        EARLY, asked("temperature", post=True), {"0.4": 0.4, "0.5": 0.5},
    ),
    "post_frequency": (
        POSTS + "post_frequency: %s", posts("garden", history=YESTERDAY),
        {"24": False, "12": True, "0": False, "-1": False},
    ),
    "post_schedule": (  # noon of a Wednesday
        POSTS + "post_schedule: {%s: ['11:30']}", posts("garden"), {"wed": True, "mon": False},
    ),
    "post_schedule, a list": (
        POSTS + "post_schedule: [%s]", posts("garden"), {"11:30": True, "'15:00'": False},
    ),
    "post_flair": (BASE + "post_flair: %s", reddit("flair"), {"a1": "a1", "7": "7"}),
    "linkpost_share": (
        BASE + "linkpost_share: %s", reddit("image_share"), {"0.2": 0.2, "0.5": 0.5},
    ),
    "force_top_reply": (OPEN + "force_top_reply: %s", answers(comment()), {"1": True, "0": False}),
    "followup_only": (
        BASE + "reply_chance: 0.2\nfollowup_only: %s", answers(comment()),
        {"True": False, "False": True},
    ),
    "followup_only, inbox": (
        BASE + "%s", reddit("inbox"), {"followup_only: False": False, "read_posts: True": True},
    ),
    "bot_username, named": (  # by which nothing changes
        OPEN + "reply_chance: %s", odds(comment(to_us=True)), {"0.1": 0.1, "0.2": 0.2},
    ),
    "read_posts": (
        BASE + "reply_chance: 1\nread_posts: %s", reason(submission()),
        {"False": "followup_only", "True": "reply_chance"},
    ),
    "linkpost_only": (
        OPEN + "reply_chance: 0.1\nlinkpost_only: %s", reason(submission()),
        {"True": "self_post", "False": "reply_chance", "2": "reply_chance"},
    ),
    "linkpost_only, links": (
        OPEN + "linkpost_only: %s", answers(submission(is_link=True)), {"2": True, "0": False},
    ),
    "reply_chance": (OPEN + "reply_chance: %s", odds(submission()), {"0.1": 0.1, "0.3": 0.3}),
    "trigger_words": (
        OPEN + "trigger_boost: 0.2\ntrigger_words: [%s]", odds(QUESTION),
        {"why": 0.2, "'why', '?'": 0.4},
    ),
    "trigger_boost": (
        OPEN + "trigger_words: [why]\ntrigger_boost: %s", odds(QUESTION), {"0.2": 0.2, "0.3": 0.3},
    ),
    "min_reply_score": (OPEN + "min_reply_score: %s", ranked, {"0.4": 0.4, "0.6": 0.6}),
    "max_levels": (BASE + "max_levels: %s", shown, {"1": 1, "3": 3, "5": 5}),
    "character_budget": (
        BASE + "character_budget: %s", affords(20_000), {"20000": True, "19999": False},
    ),
    "negative_keywords": (
        OPEN + "reply_chance: 1\nnegative_keywords: [%s]", reason(QUESTION),
        {"basil": "negative_keyword", "basi": "reply_chance"},
    ),
    "negative_keywords, written": (
        BASE + "negative_keywords: [%s]", says("It is a bean."), {"bean": False, "pea": True},
    ),
    "negative_keywords, posted": (
        POSTS + "negative_keywords: [%s]", says(POST, post=True), {"bean": False, "pea": True},
    ),
    "toxicity_threshold": (
        BASE + "toxicity_threshold: %s", says("Fine.", scores=scored("harassment")),
        {"0.9": True, "0.8": False},
    ),
    "threshold_map.hate": (
        BASE + "threshold_map: {hate: %s}", says("Fine.", scores=scored("hate")),
        {"0.9": True, "0.8": False},
    ),
    "threshold_map.nsfw": (
        BASE + "threshold_map: {nsfw: %s}", says("Fine.", scores=scored("sexual")),
        {"0.9": True, "0.8": False},
    ),
    "threshold_map.threat": (
        BASE + "threshold_map: {threat: %s}",
        says("Fine.", scores=scored("harassment/threatening")), {"0.9": True, "0.8": False},
    ),
}  # fmt: skip
