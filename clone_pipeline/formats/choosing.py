"""A share of named things, the same ones each time."""

from clone_pipeline.records import content_id

_DIGITS = 13  # hexadecimal ones, 52 bits: a float holds them exactly


def chosen(name: str, share: float) -> bool:
    """Whether the thing `name` is among the `share` of all things that are chosen.

    What is chosen at one share is chosen at every larger one, too.

    Args:
        name: an id; what else there is plays no part.
        share: 0 chooses nothing, 1 everything.
    """
    return int(content_id(name)[:_DIGITS], 16) < share * (1 << 4 * _DIGITS)
