"""Messages -> clean texts: what a clone should not learn is left out, and counted.

The rules are those of clean-discord, of the friend-clone recipe and of WeClone; docs/cleaning.md
shows each at work.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple, Self, get_args

from clone_pipeline.chats import kinds
from clone_pipeline.chats.cleaning_settings import CleaningSettings
from clone_pipeline.chats.conversation_rules import AFTER_END, ENDED, SMALL_TALK
from clone_pipeline.chats.copied import Copies
from clone_pipeline.chats.rules import chosen
from clone_pipeline.chats.rules.rule import Change, Drop, bring_to_rest, marked
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
        dropped: how many messages were left out, by one of `REASONS`.
    """

    def __init__(self, settings: CleaningSettings, names: Collection[str]) -> None:
        self.dropped: Counter[str] = Counter()
        on = {name for name, value in settings if value is True}
        self._policies = settings.kinds.model_dump()
        self._changes = chosen.changes(
            on=on, link=settings.links, custom_emoji=settings.custom_emoji
        )
        self._after_calls = chosen.changes_of_calls(on=on)
        self._calls = chosen.drops_of_calls(on=on, names=frozenset(names))
        self._drops = chosen.drops(
            on=on, prefixes=settings.command_prefixes, unsaid=settings.non_responses,
            blocked=settings.blocked_words, least=settings.min_chars, most=settings.max_chars,
        )  # fmt: skip
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
        texts = self._of_kinds(batch)
        self._change(texts)
        self._drop(texts, self._drops)
        self._drop(texts, self._judges)
        for reason, places in self._copies(texts, batch.author_ids):
            self._leave_out(reason, texts, places)
        kept = [place for place, text in enumerate(texts) if text]
        return kept, list(filter(None, texts))

    def _of_kinds(self, batch: Batch) -> list[str]:
        """The stripped texts; one that is dropped is "" from here on."""
        texts = list(map(str.strip, batch.texts))
        gone = 0
        for place in [place for place, kind in enumerate(batch.kinds) if kind != "text"]:
            kind = batch.kinds[place]
            texts[place] = kinds.shown(kind, texts[place], self._policies.get(kind, "drop"))
            if not texts[place]:
                self.dropped[kind] += 1
                gone += 1
        self._count("empty", texts.count("") - gone)
        return texts

    def _change(self, texts: list[str]) -> None:
        """Apply the changes; texts that call somebody are judged before the call is taken out."""
        places = marked(texts, self._changes)
        some = [texts[place] for place in places]
        self._rest(some, self._changes)
        calling = [place for place, text in enumerate(some) if "@" in text or "<" in text]
        called = [some[place] for place in calling]
        self._drop(called, self._calls)
        self._rest(called, self._after_calls)
        self._rest(called, self._changes + self._after_calls)
        self._drop(called, self._calls)
        _put(called, some, calling)
        _put(some, texts, places)

    def _rest(self, texts: list[str], changes: Sequence[Change]) -> None:
        blank = texts.count("")
        bring_to_rest(texts, changes)
        self._count("empty", texts.count("") - blank)

    def _drop(self, texts: list[str], rules: Sequence[Drop]) -> None:
        for reason, places in rules:
            self._leave_out(reason, texts, places(texts))

    def _leave_out(self, reason: str, texts: list[str], places: Sequence[int]) -> None:
        for place in places:
            texts[place] = ""
        self._count(reason, len(places))

    def _count(self, reason: str, count: int) -> None:
        if count:
            self.dropped[reason] += count


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


def _put(texts: Sequence[str], into: list[str], places: Sequence[int]) -> None:
    for place, text in zip(places, texts, strict=True):
        into[place] = text


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
