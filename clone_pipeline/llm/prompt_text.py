"""A prompt, and what it says once its {fields} are filled: chat messages, or one string."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from clone_pipeline.llm.sampling import Sampling
from clone_pipeline.settings import Fault, FaultyInput

PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
# A chat prompt as one string: Alpaca's headings, which the seed's stop texts end an answer at.
INSTRUCTION, RESPONSE = "### Instruction:", "### Response:"


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt as read from `path`.

    Attributes:
        name: the step's name: the file's name without its ending.
        messages: {"role", "content"}, at least one.
        sampling: how the answer is drawn.
        path: the file it was read from.
        fields: the placeholders that its messages hold.
        strict: a placeholder that is not given is a fault; other files leave it as it is.
        digest: of messages and sampling: changes when the answers may.
        completion: it is sent as one string, for completion mode.
        whole: its one message is that string already, without headings (a `.txt` file).
    """

    name: str
    messages: tuple[dict[str, str], ...]
    sampling: Sampling
    path: Path
    fields: frozenset[str]
    strict: bool
    digest: str
    completion: bool = False
    whole: bool = False


def render(prompt: Prompt, **fields: str) -> list[dict[str, str]]:
    """The messages with `{name}` replaced by the field of that name, in one pass.

    What a value holds is never filled again, and other braces stay as they are.

    Raises:
        FaultyInput: the prompt is strict and uses a field that is not given.
    """
    if prompt.strict and not prompt.fields <= fields.keys():
        raise FaultyInput([unknown_fields(prompt, sorted(fields))])
    known = prompt.fields & fields.keys()

    def filled(match: re.Match[str]) -> str:
        return fields[match[1]] if match[1] in known else match[0]

    return [
        {"role": message["role"], "content": PLACEHOLDER.sub(filled, message["content"])}
        for message in prompt.messages
    ]


def as_one_string(messages: Sequence[dict[str, str]], *, headed: bool = True) -> str:
    """Chat messages as the text that a completion continues.

    A system message stands as it is; a user's has the heading `### Instruction:`, an assistant's
    `### Response:`; blank lines between, and the last line is `### Response:`.

    Args:
        messages: {"role", "content"}.
        headed: False: the first message is a whole text that ends where the answer begins; an
            answer after it follows without a heading.
    """
    heads = {"system": "", "user": f"{INSTRUCTION}\n", "assistant": f"{RESPONSE}\n"}
    parts = [heads[message["role"]] + message["content"].strip() for message in messages]
    if not headed:
        begun = 2 if [message["role"] for message in messages[1:2]] == ["assistant"] else 1
        parts[:begun] = ["".join(message["content"] for message in messages[:begun])]
        if len(messages) == 1:
            return parts[0]
    return "\n\n".join([*parts, f"{RESPONSE}\n"])


def unknown_fields(prompt: Prompt, given: Sequence[str]) -> Fault:
    """The fault of a prompt that uses fields which its step does not give."""
    wanted = ", ".join(f"{{{name}}}" for name in sorted(prompt.fields - set(given)))
    offered = ", ".join(f"{{{name}}}" for name in given) or "no field"
    fix = f"This step gives {offered}: use these, or list the file's own under `fields:`."
    return Fault(f"{prompt.path}: messages", wanted, fix)
