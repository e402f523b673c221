"""What a model is shown before it answers: one form a kind of model, cut to what it can hold."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from clone_pipeline.bots import (
    context_backstory,
    context_bias,
    context_chat,
    context_tags,
)
from clone_pipeline.bots.context_tags import Dialect
from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.transcript import Line, lines_of
from clone_pipeline.bots.voices import VoiceSettings
from clone_pipeline.settings import Fault, FaultyInput

Form = Literal["chat", "bias", "backstory", "tags"]

# Messages shown before the answered one where the settings do not say: VTX 100, the others 6.
MOST_LINES: dict[Form, int] = {"chat": 24, "bias": 100, "backstory": 6, "tags": 6}
SHARE = 0.8  # of the model's context that a prompt may take; the rest is the reply's


@dataclass(frozen=True, slots=True)
class Shape:
    """How a model is asked.

    Attributes:
        form: what it was taught.
        most_lines: messages shown before the answered one; None takes the form's own number.
        context_tokens: how much it can hold, the reply included.
        reply_tokens: longest reply; a prompt leaves room for it.
        dialect: of the tags.
        count: how many tokens a text has for it; None estimates them.
    """

    form: Form
    most_lines: int | None = None
    context_tokens: int = 2048
    reply_tokens: int = 0
    dialect: Dialect = "ssi"
    count: Callable[[str], int] | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is asked, and what is needed to read the answer.

    Attributes:
        form: which of the four.
        messages: of a chat model; empty for raw text.
        text: of a raw completion; empty for a chat.
        stop: texts that end the answer.
        lines: what is shown in it, oldest first.
    """

    form: Form
    messages: tuple[dict[str, str], ...]
    text: str
    stop: tuple[str, ...]
    lines: tuple[Line, ...]

    def whole(self) -> str:
        """All that is sent, in one text."""
        return self.text or "\n".join(message["content"] for message in self.messages)


def build(
    heard: Heard, *, speaker: VoiceSettings, shape: Shape, captions: Sequence[str] = ()
) -> Prompt:
    """The prompt that asks `speaker` to answer `heard`, within `SHARE` of what the model holds.

    Where it is too long the oldest messages go first; then the texts that are left are cut: an
    opening keeps its beginning, the others their ends. What the speaker is told always stays.

    Args:
        heard: what is answered.
        speaker: whom it speaks as.
        shape: form and size of the prompt.
        captions: what the images of `heard` show.

    Raises:
        FaultyInput: what the speaker is told leaves no room for anything else.
    """
    form, counted = shape.form, shape.count or estimated_tokens
    most = MOST_LINES[form] if shape.most_lines is None else shape.most_lines
    lines = lines_of(heard, captions=captions, most=most)

    def size(shown: Sequence[Line]) -> int:
        return counted(_made(shown, heard, speaker, shape).whole())

    room = min(int(shape.context_tokens * SHARE), shape.context_tokens - shape.reply_tokens)
    fitting = fit(lines, size=size, limit=room)
    if fitting is None:
        fix = "Shorten its texts, or raise context_tokens if the model can hold more."
        raise FaultyInput([Fault(f"persona `{speaker.name}`", "no room for what was said", fix)])
    return _made(fitting, heard, speaker, shape)


def _made(shown: Sequence[Line], heard: Heard, speaker: VoiceSettings, shape: Shape) -> Prompt:
    form = shape.form
    if form == "chat":
        name, system = speaker.name, speaker.system_prompt
        messages = context_chat.messages(shown, name=name, system_prompt=system)
        return Prompt(form, tuple(messages), "", (), tuple(shown))
    if form == "bias":
        text, stop = context_bias.prompt(shown, heard=heard, speaker=speaker)
    elif form == "backstory":
        text, stop = context_backstory.prompt(shown, speaker=speaker, link=heard.is_link)
    else:
        text, stop = context_tags.prompt(shown, heard=heard, speaker=speaker, dialect=shape.dialect)
    return Prompt(form, (), text, stop, tuple(shown))


def estimated_tokens(text: str) -> int:
    """Tokens of `text`, rather too many: a third of its bytes; ordinary English has a fourth."""
    return (len(text.encode("utf-8", "replace")) + 2) // 3


def fit(
    lines: Sequence[Line], *, size: Callable[[Sequence[Line]], int], limit: int
) -> list[Line] | None:
    """As much of `lines` as is at most `limit`: see `build`; None if there is no room at all.

    Args:
        lines: at least one; the last is what is answered.
        size: of a prompt with these lines; grows with them.
        limit: in the unit of `size`.
    """
    head = list(lines[:1]) if lines[0].opening and len(lines) > 1 else []
    rest = [_capped(line, 16 * limit) for line in lines[len(head) :]]
    head = [_capped(line, 16 * limit) for line in head]
    low, high = 0, len(rest) - 1  # how many of the oldest go
    while low < high:
        middle = (low + high) // 2
        fits = size([*head, *rest[middle:]]) <= limit
        low, high = (low, middle) if fits else (middle + 1, high)
    kept = [*head, *rest[low:]]
    if size(kept) <= limit:
        return kept
    low, high = 0, max(max(len(line.text), len(line.title)) for line in kept)  # longest text
    while low < high:
        middle = (low + high + 1) // 2
        fits = size([_capped(line, middle) for line in kept]) <= limit
        low, high = (middle, high) if fits else (low, middle - 1)
    capped = [_capped(line, low) for line in kept]
    return capped if low and size(capped) <= limit else None


def _capped(line: Line, most: int) -> Line:
    if len(line.text) <= most and len(line.title) <= most:
        return line
    text = line.text[:most] if line.opening else line.text[len(line.text) - most :]
    if len(line.text) <= most:
        text = line.text
    return replace(line, text=text, title=line.title[:most])
