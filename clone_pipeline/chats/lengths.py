"""How long a dialogue may be: in characters, and in tokens of the model that is trained on it."""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from clone_pipeline.records import Dialogue

# What chat templates and template-free segments write around a turn, and around the system prompt
# (Llama 3's tells two dates there), in tokens.
TURN_TOKENS = 8
SYSTEM_TOKENS = 32


class Counting(Protocol):
    """A tokenizer, as far as lengths go; see `tokens.Tokenizer`."""

    def count(self, text: str) -> int:
        """How many tokens `text` has."""
        ...

    def at_most(self, text: str) -> int:
        """A number of tokens that `text` has at most."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """The longest dialogue.

    Attributes:
        max_chars: of all texts and the names before them.
        max_tokens: as `dialogue_tokens` counts; None sets no limit.
        tokenizer: called once it is needed, so never if characters decide.
    """

    max_chars: int
    max_tokens: int | None = None
    tokenizer: Callable[[], Counting] | None = None
    _kept: list[Counting] = field(default_factory=list)

    def allow(self, dialogue: Dialogue, system_prompt: str) -> bool:
        """Whether the dialogue has at most `max_tokens`; it is tokenised only if it may not."""
        if self.max_tokens is None:
            return True
        parts = list(_parts(dialogue, system_prompt))
        room = self.max_tokens - around(len(dialogue.turns))
        if sum(map(len, parts)) + len(parts) <= room and all(map(is_plain, parts)):
            return True
        counting = self._counting()
        return sum(map(counting.at_most, parts)) <= room or sum(map(counting.count, parts)) <= room

    def surely_allow(self, turns: int, chars: int, system_prompt: str) -> bool:
        """Whether any dialogue without context of so many plain characters is short enough."""
        if self.max_tokens is None:
            return True
        known = len(system_prompt) + chars + around(turns) + turns + 1
        return is_plain(system_prompt) and known <= self.max_tokens

    def _counting(self) -> Counting:
        if not self._kept:
            if self.tokenizer is None:
                raise ValueError("max_tokens needs a tokenizer")
            self._kept.append(_Remembering(self.tokenizer()))
        return self._kept[0]


class _Remembering:
    """A tokenizer that counts a text once; sections are measured again as they shrink."""

    def __init__(self, counting: Counting) -> None:
        self.count = functools.lru_cache(maxsize=4096)(counting.count)
        self.at_most = functools.lru_cache(maxsize=4096)(counting.at_most)


def is_plain(text: str) -> bool:
    """Whether `text` has no more tokens than characters in a row, which defuses template tokens."""
    return text.isascii() and "<" not in text and "[" not in text and "###" not in text


def around(turns: int) -> int:
    """The tokens that are set aside for what is written around `turns` turns."""
    return SYSTEM_TOKENS + TURN_TOKENS * turns


def dialogue_tokens(dialogue: Dialogue, *, system_prompt: str, count: Callable[[str], int]) -> int:
    """How many tokens the dialogue has in a training row of either form, at most.

    System prompt, context and each turn with its name are counted by themselves, and `around` is
    added.
    """
    return sum(map(count, _parts(dialogue, system_prompt))) + around(len(dialogue.turns))


def _parts(dialogue: Dialogue, system_prompt: str) -> Iterator[str]:
    yield f"{system_prompt}\n{dialogue.context}" if dialogue.context else system_prompt
    yield from (f"{turn.name}: {turn.text}" for turn in dialogue.turns)
