"""VTX's rates: how likely a message in a chat or in a thread is answered."""

import math
import random
from dataclasses import dataclass

from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.reasons import Reason


@dataclass(frozen=True, slots=True)
class Chance:
    """What a family of rules says of one message.

    Attributes:
        probability: of speaking, 0 to 1.
        reason: which rule said so.
        speaker: the persona that answers; "" for the bot's own.
        ranked: the score that the ranker must give, None if it is not asked.
        certain: no dice are rolled; `probability` is 0 or 1.
    """

    probability: float
    reason: Reason
    speaker: str = ""
    ranked: float | None = None
    certain: bool = False


def certainly(speaks: bool, reason: Reason) -> Chance:
    """A rule that leaves nothing to the dice."""
    return Chance(float(speaks), reason, certain=True)


def decayed(
    elapsed: float | None, *, frequency: float, max_frequency: float, decay_rate: float
) -> float:
    """VTX's rate of joining in: max(frequency, max_frequency * exp(-decay_rate * elapsed)).

    Args:
        elapsed: seconds since the bot last spoke in the channel, None if it never did; a clock
            that went backwards counts as 0.
        frequency: the rate in the long run.
        max_frequency: the rate just after the bot spoke.
        decay_rate: by how much the rate falls a second.
    """
    if elapsed is None:
        return frequency
    return max(frequency, max_frequency * math.exp(-decay_rate * max(0.0, elapsed)))


def in_chat(
    heard: Heard,
    *,
    elapsed: float | None,
    frequency: float,
    max_frequency: float,
    decay_rate: float,
    active_chance: float,
    mention_self_frequency: float,
    mention_any_frequency: float,
    followup_frequency: float,
) -> Chance:
    """VTX's rule for Discord, Telegram and the Source: the highest of the rates that apply.

    Where somebody else is mentioned and `mention_any_frequency` is above 0, the answer is that
    person's: `speaker` is the first id mentioned.
    """
    rate = decayed(elapsed, frequency=frequency, max_frequency=max_frequency, decay_rate=decay_rate)
    rates: list[tuple[float, Reason]] = [(rate, "frequency"), (active_chance, "active_chance")]
    if heard.parent_is_ours:
        rates.append((followup_frequency, "followup"))
    speaker = ""
    if heard.to_us:
        rates.append((mention_self_frequency, "mentioned"))
    elif heard.mentions and mention_any_frequency > 0:
        rates.append((mention_any_frequency, "mentions_another"))
        speaker = heard.mentions[0]
    return _highest(rates, speaker)


def in_thread(
    heard: Heard, *, chance: float, followup_frequency: float, mention_self_frequency: float
) -> Chance:
    """VTX's rule for Reddit: `followup_frequency` for what answers the bot, else `chance`.

    What names the bot is answered by `mention_self_frequency`, where that is higher.
    """
    rates: list[tuple[float, Reason]]
    rates = [(followup_frequency, "followup")] if heard.parent_is_ours else [(chance, "chance")]
    if heard.to_us:
        rates.append((mention_self_frequency, "mentioned"))
    return _highest(rates)


def remark_chance(seconds: float, *, passive_chance: float) -> float:
    """The probability that a die, rolled once a second with `passive_chance`, hit in `seconds`."""
    return 1.0 - math.pow(1.0 - passive_chance, max(0.0, seconds))


def sends_as_reply(*, reply_frequency: float, draw: random.Random) -> bool:
    """Whether an answer in a chat is sent as a reply to its message, not just into the channel."""
    return draw.random() < reply_frequency


def _highest(rates: list[tuple[float, Reason]], speaker: str = "") -> Chance:
    rate, reason = max(rates, key=lambda each: each[0])
    return Chance(rate, reason, speaker) if rate > 0 else certainly(False, "not_addressed")
