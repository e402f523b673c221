"""Conversations -> persona dialogues: sections in which a persona answers the others."""

import random
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from itertools import groupby

from clone_pipeline.chats.company import Acquaintance, Telling
from clone_pipeline.chats.dialogue_settings import DialogueSettings as DialogueSettings
from clone_pipeline.chats.exchanges import OTHERS as OTHERS
from clone_pipeline.chats.exchanges import Exchange, Made, Said, exchanges_of, runs_of
from clone_pipeline.chats.lengths import Counting, Limits
from clone_pipeline.chats.partly import digest
from clone_pipeline.chats.windows import Windows, sections_of, windows_of
from clone_pipeline.records import Dialogue, DialogueTurn, Turn

_NOBODY: Mapping[str, Acquaintance] = {}


@dataclass(frozen=True, slots=True)
class _View:
    """What a conversation's dialogues have in common: whose they are, and how they are told."""

    persona: str
    name: str
    system_prompt: str
    telling: Telling
    limits: Limits
    sliding: bool

    def fits(self, section: Sequence[Exchange]) -> bool:
        chars = sum(pair.chars for pair in section)
        if chars > self.limits.max_chars:
            return False
        if self.telling.silent and all(pair.is_plain for pair in section):
            chars += len(section) * (len(self.name) + len(OTHERS) + 4)
            if self.limits.surely_allow(2 * len(section), chars, self.system_prompt):
                return True
        return self.limits.allow(_dialogue(section, self), self.system_prompt)


def persona_dialogues(
    turns: Iterable[Turn],
    *,
    personas: Collection[str],
    names: Mapping[str, str],
    min_turns: int,
    max_turns: int,
    max_chars: int,
    seed: int,
    windows: Windows = "sections",
    max_tokens: int | None = None,
    tokenizer: Callable[[], Counting] | None = None,
) -> tuple[list[Dialogue], Counter[str]]:
    """All of `each_dialogue`, and turns that are in none, by reason."""
    dropped: Counter[str] = Counter()
    made = each_dialogue(
        turns, personas=personas, names=names, min_turns=min_turns, max_turns=max_turns,
        max_chars=max_chars, seed=seed, windows=windows, max_tokens=max_tokens,
        tokenizer=tokenizer, dropped=dropped,
    )  # fmt: skip
    return [each.dialogue for each in made], dropped


def each_dialogue(
    turns: Iterable[Turn],
    *,
    personas: Collection[str],
    names: Mapping[str, str],
    min_turns: int,
    max_turns: int,
    max_chars: int,
    seed: int,
    dropped: Counter[str],
    windows: Windows = "sections",
    max_tokens: int | None = None,
    tokenizer: Callable[[], Counting] | None = None,
    system_prompts: Mapping[str, str] | None = None,
    people: Mapping[str, Acquaintance] = _NOBODY,
    time_context: bool = False,
    zone: tzinfo = UTC,
) -> Iterator[Made]:
    """The parts of the conversations in which each persona answers someone.

    A dialogue has `min_turns` to `max_turns` turns, the first the other's, the last the persona's.
    Other personas are others here. Where several others speak in a dialogue, each of their lines
    begins with the speaker's name and the turn's name is "Others".

    The unit that enters is turns, once for each persona: `len(turns) * len(personas)` of them. A
    turn is used once or counted in `dropped` once, in however many windows it stands.

    Args:
        turns: of whole conversations, each conversation's in order and together; one conversation
            at a time is held.
        personas: keys of those who are cloned.
        names: the name of each persona, by key.
        min_turns: at least 2; odd values count as the next even one.
        max_turns: odd values count as the even one below.
        max_chars: of all texts of a dialogue.
        seed: of the cuts; they are equal for equal seed and conversation.
        dropped: filled while the dialogues are drawn, with turns that are in none:
            "persona_absent", "leading_persona", "trailing_other", "long_lead_in" (what others
            said long before an answer), "too_long" (an exchange that is over the limits even
            without it), "too_short".
        windows: how long conversations are cut; see `windows.sections_of` and `windows_of`.
        max_tokens: as `lengths.dialogue_tokens` counts; None: no limit.
        tokenizer: of the model that is trained; called only if characters can't decide.
        system_prompts: by persona key; they are a part of the tokens.
        people: those whom the context shall name, by author id.
        time_context: whether the context tells when a dialogue began.
        zone: in which it tells that.
    """
    limits = Limits(max_chars, max_tokens, tokenizer)
    telling = Telling(people, time_context, zone)
    prompts = system_prompts or {}
    for conversation_id, group in groupby(turns, key=lambda turn: turn.conversation_id):
        listed = list(group)
        for persona in personas:
            rng = random.Random(f"{seed}:{conversation_id}:{persona}")
            prompt = prompts.get(persona, "")
            view = _View(persona, names[persona], prompt, telling, limits, windows == "sliding")
            pairs = exchanges_of(listed, persona, names, dropped)
            for run in runs_of(pairs, view.fits, dropped):
                for section in _long_enough(run, view, min_turns, max_turns, rng, dropped):
                    yield Made(_dialogue(section, view), _turns_in(section))


def _long_enough(
    run: Sequence[Exchange],
    view: _View,
    min_turns: int,
    max_turns: int,
    rng: random.Random,
    dropped: Counter[str],
) -> list[Sequence[Exchange]]:
    """The run's sections or windows; exchanges in none that is long enough are counted."""
    if view.sliding:
        cut = windows_of(run, max_turns, view.fits)
    else:
        cut = sections_of(run, min_turns, max_turns, view.fits, rng)
    kept = [section for section in cut if 2 * len(section) >= min_turns]
    used = {id(pair) for section in kept for pair in section}
    if left := sum(pair.turns for pair in run if id(pair) not in used):
        dropped["too_short"] += left
    return kept


def _turns_in(section: Sequence[Exchange]) -> frozenset[str]:
    said = (each for pair in section for each in (*pair.other, *pair.persona))
    return frozenset(turn.message_ids[0] for turn, _, _ in said)


def _dialogue(section: Sequence[Exchange], view: _View) -> Dialogue:
    others = {turn.author_id: name for pair in section for turn, name, _ in pair.other}
    first = section[0].other[0][0]
    turns: list[DialogueTurn] = []
    for pair in section:
        turns.append(_other_turn(pair.other, several=len(others) > 1))
        text = "\n".join(body for _, _, body in pair.persona)
        turns.append(DialogueTurn("persona", view.name, text, _ids(pair.persona)))
    facts = [view.persona, first.conversation_id, first.message_ids[0]]
    if view.sliding:
        facts.append(turns[-1].message_ids[-1])
    return Dialogue(
        dialogue_id=f"{view.persona}:{digest(*facts)}",
        persona=view.persona,
        conversation_id=first.conversation_id,
        turns=turns,
        started=first.started,
        ended=section[-1].persona[-1][0].ended,
        context=view.telling.of(others, first.started),
    )


def _other_turn(said: Sequence[Said], *, several: bool) -> DialogueTurn:
    lines = [f"{name}: {body}" if several else body for _, name, body in said]
    return DialogueTurn("other", OTHERS if several else said[0][1], "\n".join(lines), _ids(said))


def _ids(said: Sequence[Said]) -> list[str]:
    return [message_id for turn, _, _ in said for message_id in turn.message_ids]
