"""What a model is asked: from a row of the dataset, or a question of our own."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from clone_pipeline.formats.defusing import defuse
from clone_pipeline.formats.talk import speaker_name

Messages = list[dict[str, str]]

_ROLES = {"system": "system", "human": "user", "gpt": "assistant"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A prompt, and what a person would see of it.

    Attributes:
        prompt: chat messages, or a raw prompt that ends with "NAME:".
        stop: texts that end the reply.
        said: the last thing said to the speaker.
        real: what the speaker answered, None if nobody knows.
    """

    prompt: Messages | str
    stop: tuple[str, ...]
    said: str
    real: str | None


def from_row(content: str, form: str, *, system_prompt: str) -> Asked:
    """The prompt that a dataset row's last turn answers.

    Args:
        content: a row's content in `form`.
        form: "sharegpt" or "segments".
        system_prompt: the one that the row begins with.
    """
    stored = json.loads(content)
    if form == "sharegpt":
        turns = stored["conversations"]
        messages = [{"role": _ROLES[t["from"]], "content": t["value"]} for t in turns[:-1]]
        return Asked(messages, (), messages[-1]["content"], turns[-1]["value"])
    texts = [segment["text"] for segment in stored["segments"]]
    other, _, said = texts[-2].removeprefix(f"{defuse(system_prompt.strip())}\n").partition(": ")
    other = other.rpartition("\n")[2]  # below the system prompt there may be a line of context
    name, _, real = texts[-1].lstrip("\n").partition(": ")
    return Asked("".join(texts[:-1]) + f"\n{name}:", stops(name, [other]), said, real.rstrip())


def question(said: str, *, form: str, name: str, other: str, system_prompt: str) -> Asked:
    """A prompt that asks the speaker one thing, in the form that the model was taught in."""
    if form == "sharegpt":
        system = [{"role": "system", "content": system_prompt}] if system_prompt else []
        return Asked([*system, {"role": "user", "content": said}], (), said, None)
    me = speaker_name(name)
    them = speaker_name(other, unlike=me)
    prompt = segments_prompt([(them, said)], name=me, system_prompt=system_prompt)
    return Asked(prompt, stops(me, [them]), said, None)


def segments_prompt(turns: Sequence[tuple[str, str]], *, name: str, system_prompt: str) -> str:
    r"""`SYSTEM\nOTHER: ..\nNAME: ..\nNAME:`: what segments teach, nothing after the last colon.

    The names must be as `formats.talk.speaker_name` writes them.
    """
    lines = [f"{speaker}: {text}" for speaker, text in turns]
    return "\n".join([system_prompt, *lines, f"{name}:"])


def stops(name: str, others: Sequence[str]) -> tuple[str, ...]:
    """The line starts that end a raw reply: anyone's next turn."""
    return tuple(dict.fromkeys(f"\n{speaker}:" for speaker in [*others, name]))
