"""Conversations -> persona dialogues: sections in which a persona answers the others."""

import random
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import groupby

from pydantic import Field, model_validator

from clone_pipeline.chats.exchanges import Exchange, runs_of, sections_of
from clone_pipeline.chats.partly import digest
from clone_pipeline.records import Dialogue, DialogueTurn, Turn
from clone_pipeline.settings import Settings

OTHERS = "Others"


class DialogueSettings(Settings):
    """How conversations become dialogues. Turns come in pairs, so odd numbers are rounded in."""

    min_turns: int = Field(2, ge=2, le=1000, description="fewest turns of a dialogue")
    max_turns: int = Field(
        10, ge=2, le=1000, description="most turns; longer ones are cut at random places"
    )
    max_chars: int = Field(
        8000, ge=100, le=1_000_000, description="most characters of a dialogue's texts together"
    )

    @model_validator(mode="after")
    def _in_order(self) -> "DialogueSettings":
        if self.max_turns // 2 < (self.min_turns + 1) // 2:
            raise ValueError("max_turns leaves no room for min_turns; turns come in pairs")
        return self


def persona_dialogues(
    turns: Sequence[Turn],
    *,
    personas: Collection[str],
    names: Mapping[str, str],
    min_turns: int,
    max_turns: int,
    max_chars: int,
    seed: int,
) -> tuple[list[Dialogue], Counter[str]]:
    """The sections of the conversations in which each persona answers someone.

    A section has `min_turns` to `max_turns` turns, the first the other's, the last the persona's.
    A longer conversation is cut into sections of random length, equal for equal seed and
    conversation. Other personas are others here. Where several others speak in a section, each
    of their lines begins with the speaker's name and the turn's name is "Others".

    The unit that enters is turns, once for each persona: `len(turns) * len(personas)` of them.

    Args:
        turns: of whole conversations, each conversation's in order and together.
        personas: keys of those who are cloned.
        names: the name of each persona, by key.
        min_turns: at least 2; odd values count as the next even one.
        max_turns: odd values count as the even one below.
        max_chars: of all texts of a section.
        seed: of the cuts.

    Returns:
        The dialogues, and turns that are in none: "persona_absent", "leading_persona",
        "trailing_other", "long_lead_in" (what others said long before an answer), "too_long" (an
        exchange above `max_chars` even without it), "too_short".
    """
    dialogues: list[Dialogue] = []
    dropped: Counter[str] = Counter()
    for conversation_id, group in groupby(turns, key=lambda turn: turn.conversation_id):
        listed = list(group)
        for persona in personas:
            rng = random.Random(f"{seed}:{conversation_id}:{persona}")
            pairs = _pairs(listed, persona, names, dropped)
            for run in runs_of(pairs, max_chars, dropped):
                for section in sections_of(run, min_turns, max_turns, max_chars, rng):
                    if 2 * len(section) < min_turns:
                        dropped["too_short"] += sum(pair.turns for pair in section)
                    else:
                        dialogues.append(_dialogue(section, persona, names[persona]))
    return dialogues, dropped


def _pairs(
    turns: Sequence[Turn], persona: str, names: Mapping[str, str], dropped: Counter[str]
) -> list[Exchange]:
    """The exchanges of a conversation; what stands before and behind them is counted."""
    if all(turn.persona != persona for turn in turns):
        dropped["persona_absent"] += len(turns)
        return []
    speakers = {_name(turn, names) for turn in turns} | {turn.author for turn in turns}
    forging = _forging(speakers | {names[persona], OTHERS})
    runs = [
        (own, [(turn, _name(turn, names), _defused(turn.text, forging)) for turn in run])
        for own, run in groupby(turns, key=lambda turn: turn.persona == persona)
    ]
    if runs and runs[0][0]:
        dropped["leading_persona"] += len(runs.pop(0)[1])
    if runs and not runs[-1][0]:
        dropped["trailing_other"] += len(runs.pop()[1])
    return [
        Exchange(other, own) for (_, other), (_, own) in zip(runs[::2], runs[1::2], strict=True)
    ]


def _name(turn: Turn, names: Mapping[str, str]) -> str:
    return names.get(turn.persona or "", turn.author) or turn.author_id


def _forging(names: Collection[str]) -> re.Pattern[str]:
    """A line that looks like the beginning of someone's turn."""
    listed = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True) if name)
    return re.compile(rf"^([^\S\n]*(?:{listed}))[^\S\n]*:", re.IGNORECASE | re.MULTILINE)


def _defused(text: str, forging: re.Pattern[str]) -> str:
    return forging.sub(r"\1 -", text) if ":" in text else text


def _dialogue(section: Sequence[Exchange], persona: str, name: str) -> Dialogue:
    others = {turn.author_id for pair in section for turn, _, _ in pair.other}
    first = section[0].other[0][0]
    turns: list[DialogueTurn] = []
    for pair in section:
        turns.append(_other_turn(pair.other, several=len(others) > 1))
        text = "\n".join(body for _, _, body in pair.persona)
        turns.append(DialogueTurn("persona", name, text, _ids(pair.persona)))
    return Dialogue(
        dialogue_id=f"{persona}:{digest(persona, first.conversation_id, first.message_ids[0])}",
        persona=persona,
        conversation_id=first.conversation_id,
        turns=turns,
        started=first.started,
        ended=section[-1].persona[-1][0].ended,
    )


def _other_turn(said: Sequence[tuple[Turn, str, str]], *, several: bool) -> DialogueTurn:
    lines = [f"{name}: {body}" if several else body for _, name, body in said]
    return DialogueTurn("other", OTHERS if several else said[0][1], "\n".join(lines), _ids(said))


def _ids(said: Sequence[tuple[Turn, str, str]]) -> list[str]:
    return [message_id for turn, _, _ in said for message_id in turn.message_ids]
