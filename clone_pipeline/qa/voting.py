"""When a vote is decided, and how many more answers are surely needed."""


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
