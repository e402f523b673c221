"""From a caller's chat messages to the prompt that a version was taught to answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clone_pipeline.evaluation.prompts import Messages, segments_prompt, stops
from clone_pipeline.formats.defusing import defuse
from clone_pipeline.formats.talk import speaker_name, unforged

EXPERT = "expert"
_OTHER = "Friend"


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a caller; `name` is who a user message is from, where the caller says so."""

    role: str
    content: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """Chat messages or a raw prompt, and the texts that end the reply."""

    prompt: Messages | str
    stop: tuple[str, ...]


def speakers(card: Mapping[str, Any]) -> list[str]:
    """Who answers with this version: persona keys, then "expert" if it is one."""
    expert = [EXPERT] if card.get("expert") and EXPERT not in card["personas"] else []
    return [*card["personas"], *expert]


def speaker_of(card: Mapping[str, Any], model: str) -> str | None:
    """Who is meant by a request's `model`; the version's own name means the first speaker."""
    known = speakers(card)
    if model in known:
        return model
    return known[0] if known and model == card["name"] else None


def build(card: Mapping[str, Any], *, speaker: str, said: Sequence[Said]) -> Prompt:
    """The prompt that asks `speaker` to answer the last of `said`.

    The card's system prompt comes first, as in training; a caller's own system messages are put
    below it, so that a client's standing "You are a helpful assistant" can't unmake the persona.
    Turns of one side in a row are joined by a newline, as in training.

    Args:
        card: a version's card.
        speaker: one of `speakers(card)`.
        said: at least one user message, which is last.
    """
    persona = card["personas"].get(speaker)
    taught = persona or card["expert"]
    system = "\n".join([taught["system_prompt"], *_texts(said, "system")]).strip()
    turns = [each for each in said if each.role != "system"]
    if persona is None or card["form"] == "sharegpt":
        return Prompt(_chat(system, turns), ())
    return _segments(system, turns, name=persona["name"], other=persona.get("other", _OTHER))


def without_oldest(said: Sequence[Said]) -> list[Said] | None:
    """`said` without its oldest exchange, system messages kept; None if only the last is left."""
    turns = [place for place, each in enumerate(said) if each.role != "system"]
    if len(turns) <= 1:
        return None
    first = turns[0]
    following = [place for place in turns[1:] if said[place].role == "user"]
    gone = {place for place in turns if first <= place < following[0]}
    return [each for place, each in enumerate(said) if place not in gone]


def _texts(said: Sequence[Said], role: str) -> list[str]:
    return [defuse(each.content) for each in said if each.role == role]


def _chat(system: str, turns: Sequence[Said]) -> Messages:
    messages: Messages = [{"role": "system", "content": system}] if system else []
    for turn in turns:
        if messages and messages[-1]["role"] == turn.role:
            messages[-1]["content"] += "\n" + defuse(turn.content)
        else:
            messages.append({"role": turn.role, "content": defuse(turn.content)})
    return messages


def _segments(system: str, turns: Sequence[Said], *, name: str, other: str) -> Prompt:
    me = speaker_name(name)
    them = [speaker_name(turn.name or other, unlike=me) for turn in turns if turn.role == "user"]
    others = list(dict.fromkeys(them))
    names = iter(them)
    lines: list[tuple[str, str]] = []
    for turn in turns:
        speaker = me if turn.role == "assistant" else next(names)
        text = unforged(turn.content, [me, *others])
        if lines and lines[-1][0] == speaker:
            lines[-1] = (speaker, f"{lines[-1][1]}\n{text}")
        else:
            lines.append((speaker, text))
    return Prompt(segments_prompt(lines, name=me, system_prompt=system), stops(me, others))
