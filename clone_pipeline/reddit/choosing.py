"""Which of a day's threads, and which of a thread's comments, are used; the rest is counted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from clone_pipeline.reddit.things import Thing


@dataclass(frozen=True, slots=True)
class Rules:
    """What a subreddit's settings ask for; `terms` are in lower case, None is no bound."""

    type: Literal["new", "top"] = "new"
    limit: int | None = None
    min_score: int | None = None
    max_comments: int | None = None
    terms: tuple[str, ...] = ()


def choose(
    threads: Sequence[Thing], rules: Rules, *, vanished: int = 0
) -> tuple[list[Thing], dict[str, str]]:
    """The threads to use, in their order, and why each other one is not.

    Args:
        threads: a day's submissions; those that are gone have an empty text.
        rules: what to keep.
        vanished: how many were chosen once and are gone since; no other takes their place, so
            that a deletion never causes another thread to be fetched.

    Returns:
        The chosen, and by item_id the reason of every other: why it is gone, "below_min_score",
        "filtered" or "over_limit".
    """
    reasons = {t.item_id: reason for t in threads if (reason := _why_not(t, rules))}
    left = [t for t in threads if t.item_id not in reasons]
    if rules.limit is not None:
        ranked = sorted(left, key=lambda t: _rank(t, rules.type), reverse=True)
        over = ranked[max(0, rules.limit - vanished) :]
        reasons |= {t.item_id: "over_limit" for t in over}
    return [t for t in threads if t.item_id not in reasons], reasons


def cut(comments: Sequence[Thing], rules: Rules) -> tuple[list[Thing], Counter[str]]:
    """The comments to use, in their order, and how many are dropped for which reason.

    Of more than `max_comments` the best-scored are kept, each with all that it answers: what is
    kept of a thread stays connected.
    """
    dropped: Counter[str] = Counter()
    kept: list[Thing] = []
    for comment in comments:
        if reason := comment.gone or ("filtered" if matches(comment, rules.terms) else None):
            dropped[reason] += 1
        else:
            kept.append(comment)
    if rules.max_comments is None or len(kept) <= rules.max_comments:
        return kept, dropped
    best = _best_chains(kept, rules.max_comments)
    dropped["over_max_comments"] += len(kept) - len(best)
    return [comment for comment in kept if comment.item_id in best], dropped


def matches(thing: Thing, terms: Sequence[str]) -> bool:
    """Whether title or text contains one of these, which are in lower case, in whatever case."""
    texts = (thing.title.lower(), thing.text.lower())
    return any(term in text for term in terms for text in texts)


def _why_not(thread: Thing, rules: Rules) -> str | None:
    if thread.gone:
        return thread.gone
    if rules.min_score is not None and thread.score < rules.min_score:
        return "below_min_score"
    return "filtered" if matches(thread, rules.terms) else None


def _rank(thread: Thing, kind: Literal["new", "top"]) -> tuple[int, int, str]:
    return (thread.score if kind == "top" else 0, thread.created, thread.item_id)


def _best_chains(comments: Sequence[Thing], bound: int) -> set[str]:
    held = {comment.item_id: comment for comment in comments}
    best: set[str] = set()
    for comment in sorted(comments, key=lambda c: (-c.score, c.created, c.item_id)):
        chain: list[str] = []
        at: Thing | None = comment
        while at and at.item_id not in best and len(chain) <= bound - len(best):
            chain.append(at.item_id)
            at = held.get(at.parent_id or "")
        if len(chain) <= bound - len(best):
            best.update(chain)
    return best
