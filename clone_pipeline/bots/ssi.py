"""ssi-bot's probability of a reply, with its weights by the names of its configuration."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import Field

from clone_pipeline.bots.chances import Chance, certainly
from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.keywords import Term, first_hit
from clone_pipeline.bots.loops import looks_like_bot
from clone_pipeline.settings import Settings

INTERROGATIVES = ("?", " you", "what", "how", "when", "why")
# Hours after which a thread is not answered any more.
MAX_AGE = 24.0


class SsiSettings(Settings):
    """Weights of the style ssi; they add up to the probability of a reply."""

    base_reply_probability: float = Field(
        -0.1, ge=-1, le=1, description="style ssi: where the sum begins"
    )
    comment_depth_reply_penalty: float = Field(
        0.05, ge=0, le=1, description="style ssi: taken off for each level below the first"
    )
    positive_keywords: tuple[Term, ...] = Field(
        (), description="style ssi: words, by their beginnings, that raise the probability"
    )
    positive_keyword_reply_boost: float = Field(
        0.5, ge=0, le=1, description="style ssi: added where a positive keyword stands"
    )
    human_author_reply_boost: float = Field(
        0.3, ge=-1, le=1, description="style ssi: added for a writer who seems to be a person"
    )
    bot_author_reply_boost: float = Field(
        -0.1, ge=-1, le=1, description="style ssi: added for a writer who seems to be a bot"
    )
    new_submission_reply_boost: float = Field(
        0.1, ge=-1, le=1, description="style ssi: added for a submission"
    )
    own_comment_reply_boost: float = Field(
        0.3, ge=-1, le=1, description="style ssi: added for an answer to the bot"
    )
    interrogative_reply_boost: float = Field(
        0.4,
        ge=-1,
        le=1,
        description="style ssi: added for a question in a submission or to the bot",
    )
    own_submission_reply_boost: float = Field(
        0.5, ge=-1, le=1, description="style ssi: added in a thread that the bot began"
    )
    message_mention_reply_probability: float = Field(
        1.0, ge=0, le=1, description="style ssi: for direct messages and what names the bot"
    )


def chance(
    heard: Heard,
    *,
    now: datetime,
    positive_keywords: Sequence[str],
    message_mention_reply_probability: float,
    **weights: float,
) -> Chance:
    """The style ssi: nothing under an announcement, mentions by their own probability.

    Args:
        heard: a message that passed the gates; of a thread `thread_started` gives the age.
        now: UTC; the age of a thread counts up to it.
        positive_keywords: found by their beginnings.
        message_mention_reply_probability: for direct messages and what names the bot.
        weights: the rest of `SsiSettings`, by name.
    """
    if heard.flair.strip().casefold() == "announcement":
        return certainly(False, "announcement")
    if heard.kind == "direct" or heard.to_us:
        return Chance(message_mention_reply_probability, "mentioned")
    age = (now - (heard.thread_started or heard.heard)).total_seconds() / 3600
    probability = reply_probability(
        heard, age=age, positive_keywords=positive_keywords, weights=weights
    )
    return Chance(probability, "reply_probability")


def reply_probability(
    heard: Heard, *, age: float, positive_keywords: Sequence[str], weights: Mapping[str, float]
) -> float:
    """The sum of the weights that apply, at most 1, less with the age of the thread; 0 to 1.

    Args:
        heard: neither a direct message nor one that names the bot.
        age: of the thread, in hours; from 24 on the result is 0.
        positive_keywords: found by their beginnings.
        weights: as `SsiSettings` names them.

    Returns:
        A probability, rounded to two places.
    """
    times = _times(heard, positive_keywords)
    total = sum(weights[name] * count for name, count in times.items())
    fresh = max(0.0, 1.0 - max(0.0, age) / MAX_AGE)
    return round(max(0.0, min(1.0, total)) * fresh, 2)


def _times(heard: Heard, positive_keywords: Sequence[str]) -> dict[str, int]:
    """How often each weight counts."""
    submission = heard.kind == "submission"
    text = f"{heard.title} {heard.text}" if submission else heard.text
    bot = heard.author_is_bot or looks_like_bot(heard)
    below = max(0, heard.depth - 1) if heard.kind == "comment" else 0
    asked = (submission or heard.parent_is_ours) and _asks(text)
    return {
        "base_reply_probability": 1,
        "comment_depth_reply_penalty": -below,
        "bot_author_reply_boost": int(bot),
        "human_author_reply_boost": int(not bot),
        "positive_keyword_reply_boost": int(
            bool(first_hit([text], positive_keywords, match="prefix"))
        ),
        "new_submission_reply_boost": int(submission),
        "own_comment_reply_boost": int(heard.parent_is_ours),
        "interrogative_reply_boost": int(asked),
        "own_submission_reply_boost": int(heard.thread_is_ours),
    }


def _asks(text: str) -> bool:
    folded = text.casefold()
    return any(word in folded for word in INTERROGATIVES)
