"""HotShotBot's comment loop and submission loop."""

from collections.abc import Sequence

from clone_pipeline.bots.chances import Chance, certainly
from clone_pipeline.bots.heard import Heard

# What DialogRPT reads, and how much of it HotShotBot gave it.
SEPARATOR = "<|endoftext|>"
MAX_RANKED_WORDS = 1000


def reply_probability(
    text: str, *, reply_chance: float, trigger_words: Sequence[str], trigger_boost: float
) -> float:
    """`reply_chance` and `trigger_boost` for each trigger word found, at most 1.

    A trigger word is found anywhere in the text, in whatever case, inside other words too, and
    counts once however often it stands there.
    """
    folded = text.casefold()
    hits = sum(word in folded for word in {word.casefold() for word in trigger_words})
    return min(1.0, reply_chance + trigger_boost * hits)


def for_submission(
    heard: Heard,
    *,
    probability: float,
    followup_only: bool,
    linkpost_only: int,
    mention_self_frequency: float,
) -> Chance:
    """The submission loop; with `followup_only` no submission is read at all.

    One rule is added to HotShotBot's: what names the bot is rolled for by
    `mention_self_frequency`, if that is higher, whatever kinds of submission are left out.

    Args:
        heard: a submission.
        probability: `reply_probability` of its title and body.
        followup_only: speak only where the bot is answered or named.
        linkpost_only: 0 all, 1 only links and images, 2 links and images always.
        mention_self_frequency: for what names the bot.
    """
    if followup_only and not heard.to_us:
        return certainly(False, "followup_only")
    if linkpost_only == 2 and heard.is_link:
        return certainly(True, "link_post")
    if linkpost_only == 1 and not heard.is_link and not heard.to_us:
        return certainly(False, "self_post")
    if heard.to_us and mention_self_frequency >= probability:
        return Chance(mention_self_frequency, "mentioned")
    return Chance(probability, "reply_chance")


def for_answer(
    heard: Heard,
    *,
    probability: float,
    followup_only: bool,
    force_top_reply: bool,
    min_reply_score: float | None,
    mention_self_frequency: float,
    followup_frequency: float,
) -> Chance:
    """The comment loop, for comments and for messages in a chat.

    Two rules are added to HotShotBot's: what names the bot counts as following up and is rolled
    for by `mention_self_frequency`; where there is no ranker or no tree (a chat), what answers
    the bot is rolled for by `followup_frequency`; both where they are higher.

    Args:
        heard: a comment or a message.
        probability: `reply_probability` of its text.
        followup_only: speak only where the bot is answered or named.
        force_top_reply: always answer comments on a submission.
        min_reply_score: what the ranker must give a deeper comment, None without a ranker.
        mention_self_frequency: for what names the bot.
        followup_frequency: for what answers the bot.
    """
    if followup_only and not (heard.parent_is_ours or heard.to_us):
        return certainly(False, "followup_only")
    top = heard.kind == "comment" and heard.depth <= 1
    if top and force_top_reply:
        return certainly(True, "top_reply")
    if heard.to_us and mention_self_frequency >= probability:
        return Chance(mention_self_frequency, "mentioned")
    if heard.kind == "comment" and not top and min_reply_score is not None:
        return _ranked(heard, min_reply_score)
    if heard.parent_is_ours and not top and followup_frequency >= probability:
        return Chance(followup_frequency, "followup")
    return Chance(probability, "reply_chance")


def ranker_input(heard: Heard) -> str:
    """What microsoft/DialogRPT-width scores: what is answered, a separator, the message."""
    answered = heard.context[-1].text if heard.context else ""
    return answered + SEPARATOR + heard.text


def _ranked(heard: Heard, min_reply_score: float) -> Chance:
    if len(ranker_input(heard).split()) > MAX_RANKED_WORDS:
        return certainly(False, "too_long_to_rank")
    return Chance(1.0, "ranker", ranked=min_reply_score, certain=True)
