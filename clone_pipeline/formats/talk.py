r"""A dialogue as template-free text: `SYSTEM\nOTHER: ..\nME: ..\nOTHER: ..\nME: ..`."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from clone_pipeline.formats.defusing import defuse, without_mark
from clone_pipeline.records import Dialogue

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n)+")
_ROLE_NAMES = {"user", "assistant", "system"}
_SEVERAL = "Others"


def speaker_name(name: str, *, unlike: str = "") -> str:
    """`name` as it stands before a colon: one line without colon, no role's name, not `unlike`."""
    plain = " ".join(defuse(name.replace(":", " ")).split()) or "Someone"
    while plain.casefold() in _ROLE_NAMES or plain.casefold() == unlike.casefold():
        plain += "_"
    return plain


def unforged(text: str, names: Iterable[str]) -> str:
    """What somebody said, without blank lines, template tokens and lines that read as a turn.

    Args:
        text: as written.
        names: the speakers; a line that begins with one of them and a colon gets a space between.
    """
    joined = _BLANK_LINES.sub("\n", _LINE_ENDS.sub("\n", text).strip())
    starts = "|".join(re.escape(name) for name in names)
    return re.sub(rf"^({starts}):", r"\1 :", defuse(joined), flags=re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Talk:
    """A dialogue's parts; `bodies` alternate between the other and the persona."""

    system_prompt: str
    other: str
    persona: str
    bodies: tuple[str, ...]
    bos: str
    eos: str

    def segments(self, first: int, last: int) -> list[dict[str, Any]]:
        """Turns `first` to `last` (an even number of them) as a row's segments, without marks."""
        made = []
        for place in range(first, last):
            labelled = (place - first) % 2 == 1
            text = f"{self.persona if labelled else self.other}: {self.bodies[place]}"
            if labelled:
                text = f"\n{text}" if place == last - 1 else f"\n{text}\n"
            made.append({"label": labelled, "text": text})
        made[0]["text"] = f"{self.system_prompt}\n{made[0]['text']}"
        return made

    def sections(
        self, max_tokens: int, count: Callable[[str], int]
    ) -> Iterator[tuple[int, int, bool]]:
        """Borders of the longest sections that fit in `max_tokens`, in order, and whether they do.

        Only a section of two turns may not fit.
        """
        first, end = 0, len(self.bodies)
        while first < end:
            last = end
            while last > first + 2 and self._tokens(first, last, count) > max_tokens:
                last -= 2
            yield first, last, self._tokens(first, last, count) <= max_tokens
            first = last

    def _tokens(self, first: int, last: int, count: Callable[[str], int]) -> int:
        """As axolotl counts: each segment by itself, with the marks of the exported file."""
        texts = [segment["text"] for segment in self.segments(first, last)]
        texts[0], texts[-1] = self.bos + texts[0], texts[-1] + self.eos
        return sum(map(count, texts))


def talk_of(dialogue: Dialogue, *, system_prompt: str, bos: str, eos: str) -> Talk | None:
    """The dialogue's parts as they may stand in a row; None if its turns are not in turn."""
    roles = [turn.role for turn in dialogue.turns]
    if not roles or roles != ["other", "persona"] * (len(roles) // 2):
        return None

    def unmarked(text: str) -> str:
        return without_mark(without_mark(defuse(text), bos), eos)

    others = list(dict.fromkeys(turn.name for turn in dialogue.turns[::2]))
    persona = speaker_name(unmarked(dialogue.turns[1].name))
    other = speaker_name(unmarked(others[0]) if len(others) == 1 else _SEVERAL, unlike=persona)
    bodies = tuple(unforged(unmarked(turn.text), (persona, other)) for turn in dialogue.turns)
    if not all(bodies):
        return None
    return Talk(unmarked(system_prompt.strip()), other, persona, bodies, bos, eos)
