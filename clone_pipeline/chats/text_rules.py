"""The rules of cleaning that look at one message at a time: pure, for any number of processes."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from clone_pipeline.chats import kinds
from clone_pipeline.chats.cleaning_settings import CleaningSettings
from clone_pipeline.chats.conversation_rules import goodbyes
from clone_pipeline.chats.copied import Traces, traces_of
from clone_pipeline.chats.rules import chosen
from clone_pipeline.chats.rules.rule import Change, Drop, bring_to_rest, marked


class Shard(NamedTuple):
    """Some thousand messages.

    Attributes:
        texts: of all of them.
        unusual: the places, ascending, and kinds of those that are no plain text.
    """

    texts: Sequence[str]
    unusual: Sequence[tuple[int, str]]


class Cleaned(NamedTuple):
    """What the rules made of a shard: `len(places) + dropped.total()` messages came.

    Attributes:
        places: of the messages that are left, ascending.
        texts: theirs.
        goodbyes: the places in `texts` of those that may end a conversation, ascending.
        traces: what copies of them are known by.
        dropped: how many were left out, by reason.
    """

    places: list[int]
    texts: list[str]
    goodbyes: list[int]
    traces: Traces
    dropped: Counter[str]


class TextRules:
    """The rules; made by `text_rules`."""

    def __init__(self, settings: CleaningSettings, names: frozenset[str]) -> None:
        self._given = settings, names
        on = {name for name, value in settings if value is True}
        self._policies = settings.kinds.model_dump()
        self._changes = chosen.changes(
            on=on, link=settings.links, custom_emoji=settings.custom_emoji
        )
        self._after_calls = chosen.changes_of_calls(on=on)
        self._calls = chosen.drops_of_calls(on=on, names=names)
        self._drops = chosen.drops(
            on=on, prefixes=settings.command_prefixes, unsaid=settings.non_responses,
            blocked=settings.blocked_words, least=settings.min_chars, most=settings.max_chars,
        )  # fmt: skip
        self._goodbyes = goodbyes(settings)
        self._marks = bool(settings.spam_repeats) or settings.exact_duplicates
        self._near = settings.near_duplicate_chars if settings.near_duplicates else None

    def __reduce__(self) -> tuple[Any, ...]:
        """Other processes make the rules themselves."""
        return TextRules, self._given

    def __call__(self, shard: Shard) -> Cleaned:
        """The clean texts of the shard."""
        dropped: Counter[str] = Counter()
        texts = self._of_kinds(shard, dropped)
        self._change(texts, dropped)
        leave_out(texts, self._drops, dropped)
        places = [place for place, text in enumerate(texts) if text]
        left = list(filter(None, texts))
        traces = traces_of(left, marks=self._marks, near=self._near)
        return Cleaned(places, left, self._goodbyes(left), traces, +dropped)

    def _of_kinds(self, shard: Shard, dropped: Counter[str]) -> list[str]:
        """The stripped texts; one that is dropped is "" from here on."""
        texts = list(map(str.strip, shard.texts))
        gone = 0
        for place, kind in shard.unusual:
            texts[place] = kinds.shown(kind, texts[place], self._policies.get(kind, "drop"))
            if not texts[place]:
                dropped[kind] += 1
                gone += 1
        dropped["empty"] += texts.count("") - gone
        return texts

    def _change(self, texts: list[str], dropped: Counter[str]) -> None:
        """Apply the changes; texts that call somebody are judged before the call is taken out."""
        places = marked(texts, self._changes)
        some = [texts[place] for place in places]
        _rest(some, self._changes, dropped)
        calling = [place for place, text in enumerate(some) if "@" in text or "<" in text]
        called = [some[place] for place in calling]
        leave_out(called, self._calls, dropped)
        _rest(called, self._after_calls, dropped)
        _rest(called, self._changes + self._after_calls, dropped)
        leave_out(called, self._calls, dropped)
        _put(called, some, calling)
        _put(some, texts, places)


def text_rules(settings: CleaningSettings, names: Collection[str]) -> TextRules:
    """The rules that `settings` switch on.

    Args:
        settings: of the project.
        names: every author's shown name, in lower case.
    """
    return TextRules(settings, frozenset(names))


def leave_out(texts: list[str], rules: Sequence[Drop], dropped: Counter[str]) -> None:
    """Make the texts "" that a rule leaves out, and count them."""
    for reason, places in rules:
        for place in (found := places(texts)):
            texts[place] = ""
        dropped[reason] += len(found)


def _rest(texts: list[str], changes: Sequence[Change], dropped: Counter[str]) -> None:
    blank = texts.count("")
    bring_to_rest(texts, changes)
    dropped["empty"] += texts.count("") - blank


def _put(texts: Sequence[str], into: list[str], places: Sequence[int]) -> None:
    for place, text in zip(places, texts, strict=True):
        into[place] = text
