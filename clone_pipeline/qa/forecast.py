"""What a run will ask and cost, told before it asks: a trial's sizes times what the work needs.

The shares of pairs that pass are those counted over 89,870 recorded calls of Llama-3-70B
(questions 89.6 %, answers 97.7 %, context 99.4 %), whose votes disagreed in 2 % of questions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clone_pipeline.qa import dialogue, generation, rating, repair, suitability, writing
from clone_pipeline.qa.verification import CHECKS
from clone_pipeline.qa.voting import needed

PASS = {"question": 0.896, "accuracy": 0.977, "relevancy": 0.9}
PASS_CONTEXT = 0.994
PASSED = PASS["question"] * PASS["accuracy"] * PASS_CONTEXT
FURTHER_VOTES = 0.02  # share of the checks that need one vote more than the first majority


@dataclass(frozen=True, slots=True)
class Size:
    """Mean tokens of a prompt's request and of its reply."""

    prompt_tokens: float
    completion_tokens: float


@dataclass(frozen=True, slots=True)
class Expected:
    """What a step will ask: requests, tokens, and money at the settings' prices."""

    step: str
    requests: int
    prompt_tokens: int
    completion_tokens: int
    cost: float


def forecast(
    sizes: Mapping[str, Size],
    *,
    chunks: int,
    styles: int,
    pairs_per_chunk: float,
    votes: int,
    checks: Sequence[str],
    repairs: bool,
    rounds: int = 0,
    price: tuple[float, float],
    large_price: tuple[float, float],
    more: Mapping[str, float] | None = None,
) -> list[Expected]:
    """The requests of the QA part, each step that `sizes` knows.

    Every vote counts as a request of its own: an endpoint that gives several choices is cheaper.

    Args:
        sizes: by prompt, as a trial found them.
        chunks: how many are asked about.
        styles: how often each is.
        pairs_per_chunk: of one style, as the trial found them.
        votes: of a check.
        checks: in the order in which a pair has to pass them.
        repairs: whether the context check is made.
        rounds: of top-up, at most; each counts, though rounds may end before.
        price: money for a million prompt tokens and for a million tokens of answers.
        large_price: likewise, of the model that writes conversations.
        more: further steps, with how many requests each makes.
    """
    units = chunks * styles
    counts: dict[str, float] = {
        suitability.PROMPT: chunks, generation.PROMPT: units, writing.MORE_PROMPT: units * rounds,
    }  # fmt: skip
    pairs = units * pairs_per_chunk
    for check in checks:
        counts[CHECKS[check].prompt] = pairs * (needed(0, 0, votes=votes) + FURTHER_VOTES)
        pairs *= PASS[check]
    if repairs:
        counts[repair.PROMPT] = pairs
        pairs *= PASS_CONTEXT
    counts[rating.PROMPT] = pairs
    counts[dialogue.PROMPT] = min(units, pairs)
    counts |= more or {}
    return [
        _expected(step, count, sizes[step], large_price if step == dialogue.PROMPT else price)
        for step, count in counts.items()
        if step in sizes
    ]


def sentence(expected: Sequence[Expected]) -> str:
    """All steps in one line: "about 1,740 requests, 3.1 M + 0.5 M tokens, money 0.77"."""
    requests = sum(each.requests for each in expected)
    told = sum(each.prompt_tokens for each in expected)
    written = sum(each.completion_tokens for each in expected)
    cost = sum(each.cost for each in expected)
    money = f", which costs {cost:,.2f}" if cost else " (llm.prompt_price is 0, so no cost)"
    return f"about {requests:,} requests, {_short(told)} + {_short(written)} tokens{money}"


def step_sentence(each: Expected) -> str:
    """One step: "check_question: 698 requests, 1.2 M + 192 k tokens, 0.30"."""
    tokens = f"{_short(each.prompt_tokens)} + {_short(each.completion_tokens)} tokens"
    cost = f", {each.cost:,.{2 if each.cost >= 0.1 else 4}f}" if each.cost else ""
    return f"{each.step}: {each.requests:,} requests, {tokens}{cost}"


def _expected(step: str, count: float, size: Size, price: tuple[float, float]) -> Expected:
    told, written = count * size.prompt_tokens, count * size.completion_tokens
    cost = (told * price[0] + written * price[1]) / 1e6
    return Expected(step, round(count), round(told), round(written), cost)


def _short(tokens: int) -> str:
    if tokens >= 1_000_000:
        return f"{tokens / 1e6:.1f} M"
    return f"{tokens / 1e3:.0f} k" if tokens >= 10_000 else f"{tokens:,}"
