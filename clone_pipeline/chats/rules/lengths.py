"""Messages that are too short or too long."""

from collections.abc import Sequence

from clone_pipeline.chats.rules.rule import Drop


def too_short(least: int) -> Drop:
    """Messages of fewer than `least` characters."""

    def places(texts: Sequence[str]) -> list[int]:
        return [place for place, text in enumerate(texts) if 0 < len(text) < least]

    return Drop("too_short", places)


def too_long(most: int) -> Drop:
    """Messages of more than `most` characters."""

    def places(texts: Sequence[str]) -> list[int]:
        if max(map(len, texts), default=0) <= most:
            return []
        return [place for place, text in enumerate(texts) if len(text) > most]

    return Drop("too_long", places)
