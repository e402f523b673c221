"""Each setting of the rules has its effect: a key that is ignored fails here."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pydantic import BaseModel

from clone_pipeline.bots.chances import sends_as_reply
from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.history import History
from clone_pipeline.bots.rule_settings import RuleSettings
from clone_pipeline.bots.rules import decide, may_post, volunteer
from clone_pipeline_tests.bots.rule_rows import NOON, comment, heard, said, submission

SPOKE = History(last_spoke=NOON - timedelta(seconds=5))
LONG = "Put the basil where it gets sun in the morning."


def odds(message: Heard, history: History | None = None) -> Callable[[RuleSettings], object]:
    """What is decided of `message`, the luck of the dice apart."""

    def seen(settings: RuleSettings) -> object:
        decision = decide(
            message,
            settings=settings,
            history=history or History(),
            now=NOON,
            draw=random.Random(7),
        )
        reason = decision.reason if decision.probability is None else ""
        return decision.probability, decision.speak, decision.ranked, decision.speaker, reason

    return seen


def wait(message: Heard) -> Callable[[RuleSettings], object]:
    def seen(settings: RuleSettings) -> object:
        return decide(
            message, settings=settings, history=History(), now=NOON, draw=random.Random(7)
        ).delay

    return seen


def remark(history: History) -> Callable[[RuleSettings], object]:
    def seen(settings: RuleSettings) -> object:
        draw = random.Random(7)
        decision = volunteer(
            "garden", settings=settings, history=history, seconds=1, now=NOON, draw=draw
        )
        return decision.speak

    return seen


def post(settings: RuleSettings) -> object:
    return may_post("garden", settings=settings, history=History(), now=NOON).speak


def reply(settings: RuleSettings) -> object:
    draw = random.Random(7)
    share = settings.reply_frequency
    return sum(sends_as_reply(reply_frequency=share, draw=draw) for _ in range(50))


HOT: dict[str, Any] = {"style": "hotshot", "followup_only": False, "reply_chance": 0.2}
SSI: dict[str, Any] = {"style": "ssi"}
ALWAYS: dict[str, Any] = {"chance": 1.0, "active_chance": 1.0}
ASKED = comment(depth=3, parent_is_ours=True, text="Why?", context=(said("No.", ours=True),))
# key: how it is seen, settings that stand, two values of the key that must be told apart
EFFECTS: dict[str, tuple[Callable[[RuleSettings], object], dict[str, Any], Any, Any]] = {
    "style": (odds(comment()), {"chance": 0.5}, "vtx", "ssi"),
    "chance": (odds(submission()), {}, 0.1, 0.2),
    "passive_chance": (remark(History()), {}, 0.0, 1.0),
    "active_chance": (odds(heard()), {}, 0.1, 0.2),
    "frequency": (odds(heard()), {}, 0.1, 0.2),
    "max_frequency": (odds(heard(), SPOKE), {}, 0.3, 0.4),
    "decay_rate": (odds(heard(), SPOKE), {"max_frequency": 0.5}, 0.1, 0.2),
    "reply_frequency": (reply, {}, 0.2, 0.8),
    "mention_self_frequency": (odds(heard(to_us=True)), {}, 0.5, 0.6),
    "mention_any_frequency": (odds(heard(mentions=("7",))), {}, 0.5, 0.6),
    "followup_frequency": (odds(comment(parent_is_ours=True)), {}, 0.5, 0.6),
    "delay.min": (wait(comment()), ALWAYS | {"delay": {"max": 100}}, 10, 20),
    "delay.max": (wait(comment()), ALWAYS | {"delay": {"min": 10}}, 100, 200),
    "force_top_reply": (odds(comment()), HOT, False, True),
    "followup_only": (odds(comment()), HOT, False, True),
    "linkpost_only": (odds(submission(is_link=True)), HOT, 0, 2),
    "reply_chance": (odds(comment()), HOT, 0.1, 0.3),
    "trigger_words": (odds(comment()), HOT, [], ["basil"]),
    "trigger_boost": (odds(comment()), HOT | {"trigger_words": ["basil"]}, 0.1, 0.2),
    "min_reply_score": (odds(comment(depth=2)), HOT, 0.4, 0.5),
    "ssi.base_reply_probability": (odds(comment()), SSI, 0.0, 0.1),
    "ssi.comment_depth_reply_penalty": (odds(comment(depth=2)), SSI, 0.05, 0.1),
    "ssi.positive_keywords": (odds(comment()), SSI, [], ["basi"]),
    "ssi.positive_keyword_reply_boost": (
        odds(comment()), {"style": "ssi", "ssi": {"positive_keywords": ["basi"]}}, 0.1, 0.2,
    ),
    "ssi.human_author_reply_boost": (odds(comment()), SSI, 0.3, 0.4),
    "ssi.bot_author_reply_boost": (odds(comment(author="abot")), SSI, 0.3, 0.4),
    "ssi.new_submission_reply_boost": (odds(submission()), SSI, 0.1, 0.2),
    "ssi.own_comment_reply_boost": (odds(comment(parent_is_ours=True)), SSI, 0.1, 0.2),
    "ssi.interrogative_reply_boost": (odds(ASKED), SSI, 0.1, 0.2),
    "ssi.own_submission_reply_boost": (odds(comment(thread_is_ours=True)), SSI, 0.1, 0.2),
    "ssi.message_mention_reply_probability": (odds(comment(to_us=True)), SSI, 0.1, 0.2),
    "call_words": (odds(heard()), {}, [], ["basil"]),
    "negative_keywords": (odds(heard()), ALWAYS, [], ["basil"]),
    "default_negative_keywords": (odds(heard(text="heil hitler")), ALWAYS, True, False),
    "keyword_match": (
        odds(heard(text="baseball")), ALWAYS | {"negative_keywords": ["base"]}, "word", "prefix",
    ),
    "filter": (odds(heard()), ALWAYS, [], ["asil"]),
    "ignored_starts": (odds(heard(text="!roll 6")), ALWAYS, [], ["!"]),
    "allow_users": (odds(heard()), ALWAYS, ["anna"], ["ben"]),
    "max_age": (odds(heard(heard=NOON - timedelta(hours=9))), ALWAYS, 10.0, 8.0),
    "block_users": (odds(heard()), ALWAYS, [], ["anna"]),
    "allow_channels": (odds(heard()), ALWAYS, ["garden"], ["kitchen"]),
    "block_channels": (odds(heard()), ALWAYS, [], ["garden"]),
    "allow_dms": (odds(heard(kind="direct")), {}, True, False),
    "limits.user_hour": (odds(heard(), History(to_author_hour=5)), ALWAYS, 5, 6),
    "limits.user_day": (odds(heard(), History(to_author_day=5)), ALWAYS, 5, 6),
    "limits.channel_hour": (odds(heard(), History(in_channel_hour=5)), ALWAYS, 5, 6),
    "limits.channel_day": (odds(heard(), History(in_channel_day=5)), ALWAYS, 5, 6),
    "loops.max_depth": (odds(comment(depth=5)), ALWAYS, 4, 5),
    "loops.answer_bots": (odds(heard(author_is_bot=True)), ALWAYS, False, True),
    "loops.max_bot_turns": (
        odds(heard(author="xbot", context=(said("a", ours=True),))), ALWAYS, 1, 2,
    ),
    "loops.max_similarity": (
        odds(heard(text=LONG, context=(said(LONG + " Or not.", ours=True),))), ALWAYS, 0.5, 1.0,
    ),
    "loops.max_unanswered": (remark(History(unanswered=1)), {"passive_chance": 1.0}, 1, 2),
    "quiet_hours": (odds(heard()), ALWAYS, [], ["11:00-13:00"]),
    "after_quiet_hours": (
        odds(heard(kind="direct")), {"quiet_hours": ["11:00-13:00"]}, True, False,
    ),
    "time_zone": (
        odds(heard()), ALWAYS | {"quiet_hours": ["11:00-13:00"]}, "UTC", "Asia/Tokyo",
    ),
    "post_frequency": (post, {}, 0, 24),
    "post_schedule": (post, {}, {}, {"wed": ["11:30"]}),
}  # fmt: skip


def keys(model: type[BaseModel], path: str = "") -> set[str]:
    found: set[str] = set()
    for name, field in model.model_fields.items():
        below = field.annotation
        if isinstance(below, type) and issubclass(below, BaseModel):
            found |= keys(below, f"{path}{name}.")
        else:
            found.add(path + name)
    return found


def configured(standing: dict[str, Any], key: str, value: Any) -> RuleSettings:
    outer, _, inner = key.partition(".")
    given = {**standing.get(outer, {}), inner: value} if inner else value
    return RuleSettings.model_validate({**standing, outer: given})


def test_every_setting_has_its_effect_below() -> None:
    assert set(EFFECTS) == keys(RuleSettings)


@pytest.mark.parametrize("key", EFFECTS)
def test_a_setting_changes_what_is_decided(key: str) -> None:
    seen, standing, one, other = EFFECTS[key]
    assert seen(configured(standing, key, one)) != seen(configured(standing, key, other))


def test_every_setting_is_described() -> None:
    def undescribed(model: type[BaseModel]) -> list[str]:
        missing = []
        for name, field in model.model_fields.items():
            if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
                missing += undescribed(field.annotation)
            elif not field.description:
                missing.append(name)
        return missing

    assert undescribed(RuleSettings) == []
