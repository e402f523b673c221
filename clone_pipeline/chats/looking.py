"""What can be found out about messages in any process: whose text is personal, or a link only."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol, Self, TypeVar

from clone_pipeline.chats.columns import Columns, strings
from clone_pipeline.chats.personal_places import ChatMasks, Look
from clone_pipeline.scale.mapping import Map

# Texts by which a chat's language is judged.
SAMPLE = 2000

Shard = TypeVar("Shard")
Given = TypeVar("Given", bound="Part")

_LINK_STARTS = frozenset("hHwW< \t\n\r\v\f")
_ONLY_LINKS = re.compile(r"(?:<?(?:https?://|www\.)\S+(?:\s+|\Z))+\Z", re.IGNORECASE)


class Part(Protocol):
    """What a parser makes of a shard of a file: a tuple with columns among others."""

    @property
    def columns(self) -> Columns:
        """The messages."""

    def _replace(self, *, columns: Columns) -> Self: ...


def looked(batch: Columns, look: Look) -> Columns:
    """The messages with what is `personal` in them; where nothing is, links are known by kind."""
    if batch.personal is not None:
        return batch
    texts = batch.text.to_pylist()
    personal = look(texts)
    kinds = batch.kind.to_pylist()
    changed = False
    apart = {place for place, _ in personal}
    for place in _linked(texts):
        if kinds[place] == "text" and place not in apart:
            kinds[place], changed = "link", True
    kind = strings(kinds) if changed else batch.kind
    return replace(batch, personal=personal, kind=kind)


def only_links(text: str) -> bool:
    """Whether a text is nothing but links."""
    return text[:1] in _LINK_STARTS and bool(_ONLY_LINKS.match(text.strip()))


class Looking:
    """A map for one file that looks at the messages too, where they are decoded.

    The first shards are not looked at, and done here: by their texts the chat is judged.

    Args:
        mapped: where the others are done.
        judge: the masks of a chat with such texts.

    Attributes:
        masks: None before `judged`.
    """

    def __init__(self, mapped: Map, judge: Callable[[Sequence[str]], ChatMasks]) -> None:
        self._mapped = mapped
        self._judge = judge
        self.masks: ChatMasks | None = None

    def judged(self, batch: Columns) -> ChatMasks:
        """The masks of the chat whose first messages these are, or were when first asked."""
        if self.masks is None:
            self.masks = self._judge(batch.text.slice(0, SAMPLE).to_pylist())
        return self.masks

    def __call__(
        self, function: Callable[[Shard], Given], shards: Iterable[Shard]
    ) -> Iterator[Given]:
        """The part of each shard, in their order."""
        rest = iter(shards)
        for shard in rest:
            yield function(shard)
            if self.masks is not None:
                yield from self._mapped(partial(_looked, function, self.masks.look), rest)


def _looked(function: Callable[[Shard], Given], look: Look, shard: Shard) -> Given:
    part = function(shard)
    return part._replace(columns=looked(part.columns, look))


def _linked(texts: Sequence[str]) -> Iterator[int]:
    for place, text in enumerate(texts):
        if text[:1] in _LINK_STARTS and _ONLY_LINKS.match(text.strip()):
            yield place
