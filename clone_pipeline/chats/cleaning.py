"""Messages -> clean texts: what a clone should not learn is left out, and counted.

The rules are those of clean-discord, of the friend-clone recipe and of WeClone; docs/cleaning.md
shows each at work.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from itertools import compress
from typing import Any, NamedTuple, Self, get_args

import numpy as np

from clone_pipeline.chats.cleaning_settings import CleaningSettings
from clone_pipeline.chats.conversation_rules import AFTER_END, ENDED, SMALL_TALK
from clone_pipeline.chats.copied import Copies, Flags
from clone_pipeline.chats.rules.rule import Drop
from clone_pipeline.chats.text_rules import Cleaned, Shard, leave_out, text_rules
from clone_pipeline.records import Kind

__all__ = ["REASONS", "Batch", "Cleaner", "CleaningSettings", "cleaner"]

# Every reason under which a message can be counted; docs/cleaning.md says what each means.
REASONS = (
    *(kind for kind in get_args(Kind) if kind != "text"),
    *("empty", "ping_of_everybody", "ping", "too_short", "too_long", "bot_command"),
    *("command_prefix", "non_response", "welcome", "blocked_word", "repetition", "language"),
    *("profanity", "toxicity", "spam", "exact_duplicate", "near_duplicate"),
    *(SMALL_TALK, ENDED, AFTER_END),
)


class Batch(NamedTuple):
    """Columns of some thousand messages, in their order, of equal length."""

    kinds: Sequence[str]
    texts: Sequence[str]
    author_ids: Sequence[str]


class Cleaner:
    """Cleans a run's messages, batch by batch; where batches end makes no difference.

    Made by `cleaner`. It holds 8 bytes for each long text, 32 with near duplicates on.

    Attributes:
        rules: what is done to each message by itself, in any process.
        dropped: how many messages were left out, by one of `REASONS`.
    """

    def __init__(self, settings: CleaningSettings, names: Collection[str]) -> None:
        self.dropped: Counter[str] = Counter()
        self.rules = text_rules(settings, names)
        self._judges, self.close = _judges(settings)
        self._copies = Copies(
            repeats=settings.spam_repeats, window=settings.spam_window,
            exact=settings.exact_duplicates, near=settings.near_duplicates,
            least=settings.near_duplicate_chars,
        )  # fmt: skip

    def __enter__(self) -> Self:
        """The cleaner itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process of a classifier, if there is one."""
        self.close()

    def __call__(self, batch: Batch) -> tuple[list[int], list[str]]:
        """The places of the messages that are kept, ascending, and their cleaned texts."""
        unusual = [(place, kind) for place, kind in enumerate(batch.kinds) if kind != "text"]
        done = self.rules(Shard(batch.texts, unusual))
        left = self.left(done, [batch.author_ids[place] for place in done.places]).tolist()
        return list(compress(done.places, left)), list(compress(done.texts, left))

    def left(self, done: Cleaned, author_ids: Sequence[str]) -> Flags:
        """Which of the texts that the rules left are kept; shards must come in order.

        Args:
            done: what the rules made of the next shard.
            author_ids: who wrote each of `done.texts`.
        """
        self.dropped += done.dropped
        left = np.ones(len(done.texts), dtype=np.bool_)
        if self._judges:
            texts = list(done.texts)
            leave_out(texts, self._judges, self.dropped)
            left = np.fromiter(map(bool, texts), dtype=np.bool_, count=len(texts))
        for reason, found in self._copies(done.traces, author_ids, left):
            left &= ~found
            self.dropped[reason] += int(found.sum())
        self.dropped = +self.dropped
        return left


def cleaner(*, names: Collection[str] = (), **settings: Any) -> Cleaner:
    """A cleaner for one run; close it, or use it in a `with` block.

    Args:
        names: every author's shown name, in lower case.
        settings: those of `CleaningSettings`; what is left out has its default.

    Raises:
        ValidationError: a setting is wrong.
        FaultyInput: a classifier that is asked for can't be had.
    """
    return Cleaner(CleaningSettings(**settings), names)


def _judges(settings: CleaningSettings) -> tuple[list[Drop], Callable[[], None]]:
    """The rules that a classifier judges, and what ends its process."""
    if not (settings.languages or settings.profanity or settings.toxicity_classifier):
        return [], lambda: None
    from clone_pipeline.chats.rules import judged  # noqa: PLC0415

    return judged.judges(
        languages=settings.languages, letters=settings.language_chars,
        profane=settings.profanity, profane_words=settings.profane_words,
        classifier=settings.toxicity_classifier, threshold=settings.toxicity_threshold,
        labels=settings.toxicity_labels,
    )  # fmt: skip
