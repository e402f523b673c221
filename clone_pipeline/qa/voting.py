"""When a vote is decided, how many more answers are surely needed, and whether votes agree."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from clone_pipeline.records import Vote

# Saved beside the votes, but one judgment each.
NOT_VOTED = ("context", "rating", "grounding")


@dataclass(frozen=True, slots=True)
class Agreement:
    """Whether several votes of a check are worth their price.

    Attributes:
        pairs: pairs with a verdict.
        votes: readable votes on them.
        disagreed: pairs whose votes were not all the same.
        changed: pairs whose first vote alone would have decided otherwise.
    """

    pairs: int = 0
    votes: int = 0
    disagreed: int = 0
    changed: int = 0


def decided(passes: int, fails: int, *, votes: int) -> bool | None:
    """The verdict of `votes` votes as soon as those cast so far fix it, else None.

    A pair is kept only if passes > votes / 2; a tie tosses it.

    Raises:
        ValueError: `votes` is below 1, or more votes were cast than there are.
    """
    if votes < 1 or passes < 0 or fails < 0 or passes + fails > votes:
        raise ValueError(f"{passes} for and {fails} against can't come from {votes} votes")
    if 2 * passes > votes:
        return True
    return False if 2 * fails >= votes else None


def needed(passes: int, fails: int, *, votes: int) -> int:
    """How many more votes must be cast before any outcome is decided; 0 if one is.

    Asking for exactly so many at once never asks for a vote that a one-by-one count would not.
    """
    if decided(passes, fails, votes=votes) is not None:
        return 0
    return min(votes // 2 + 1 - passes, (votes + 1) // 2 - fails)


def agreement(votes: Iterable[Vote]) -> dict[str, Agreement]:
    """By check: how often its votes disagree, and how often that mattered.

    Checks of one judgment each (`NOT_VOTED`) are left out, and so are pairs with a vote that
    stayed unreadable.

    Args:
        votes: as saved, unreadable first tries too; in any order.
    """
    cast: defaultdict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    for vote in votes:
        if vote.check in NOT_VOTED:
            continue
        known = cast[vote.check, vote.pair_id]
        if known.get(vote.vote, "unreadable") == "unreadable":
            known[vote.vote] = vote.verdict
    found: dict[str, Agreement] = {}
    for (check, _), ballots in cast.items():
        if "unreadable" not in ballots.values() and 0 in ballots:
            found[check] = _with(found.get(check, Agreement()), ballots)
    return found


def _with(so_far: Agreement, ballots: dict[int, str]) -> Agreement:
    verdicts = list(ballots.values())
    kept = 2 * verdicts.count("pass") > len(verdicts)
    return Agreement(
        pairs=so_far.pairs + 1,
        votes=so_far.votes + len(verdicts),
        disagreed=so_far.disagreed + (len(set(verdicts)) > 1),
        changed=so_far.changed + ((ballots[0] == "pass") != kept),
    )
