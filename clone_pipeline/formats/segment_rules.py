"""The rules S1 to S12 of template-free segments, each checked by its name.

Source: My-Simulacrum's dataset notes, and axolotl's `type: input_output`, which tokenizes every
segment by itself.
"""

import re
from collections.abc import Callable, Collection, Iterator
from typing import Any

from clone_pipeline.formats.defusing import defuse
from clone_pipeline.formats.talk import speaker_name, unforged

_NAME = re.compile(r"([^\n:]+): ")


def check(
    examples: Any,
    *,
    system_prompts: Collection[str],
    bos: str = "<s>",
    eos: str = "</s>",
    max_tokens: int | None = None,
    count: Callable[[str], int] | None = None,
    max_turns: int | None = None,
    untaught: bool = False,
) -> list[str]:
    """The rules that a segments file breaks: "S3: example 4: ..."; none if it is right.

    Args:
        examples: the file's JSON.
        system_prompts: those that its examples begin with; one line of context without a colon
            may stand below.
        bos: the mark before the first text; "" for rows that have none.
        eos: the mark behind the last text, likewise.
        max_tokens: longest example, in tokens counted by `count` segment by segment.
        count: needed for `max_tokens`.
        max_turns: most segments of an example.
        untaught: what the persona says before its last turn may be there unlabelled (of S2 and
            S10, only the label); all other rules hold for it as for what is taught.
    """
    if not isinstance(examples, list):
        return ["S1: the file is not an array"]
    broken = []
    for number, example in enumerate(examples):
        rules = _shape(example, untaught) or [
            *_lengths(example["segments"], max_tokens, count, max_turns),
            *_layout(example["segments"], system_prompts, bos, eos),
        ]
        broken += [rule.replace(": ", f": example {number}: ", 1) for rule in rules]
    return broken


def _shape(example: Any, untaught: bool) -> list[str]:
    segments = example.get("segments") if isinstance(example, dict) else None
    if not isinstance(segments, list) or example.keys() != {"segments"}:
        return ["S1: not an object with the one key `segments`"]
    for segment in segments:
        whole = isinstance(segment, dict) and segment.keys() == {"label", "text"}
        if not whole or type(segment["label"]) is not bool or not isinstance(segment["text"], str):
            return ["S1: a segment is not {label: bool, text: str}"]
    labels = [segment["label"] or (untaught and 0 < place < len(segments) - 1 and place % 2 == 1)
              for place, segment in enumerate(segments)]  # fmt: skip
    if not labels or labels != [False, True] * (len(labels) // 2):
        return ["S2: labels not in turn, first false and last true"]
    return []


def _lengths(
    segments: list[dict[str, Any]],
    max_tokens: int | None,
    count: Callable[[str], int] | None,
    max_turns: int | None,
) -> Iterator[str]:
    if max_turns is not None and len(segments) > max_turns:
        yield f"S9: {len(segments)} segments, more than {max_turns}"
    if count is None:
        return
    tokens = [count(segment["text"]) for segment in segments]
    if max_tokens is not None and sum(tokens) > max_tokens:
        yield f"S8: {sum(tokens)} tokens, more than {max_tokens}"
    if not all(tokens[1::2]):
        yield "S10: a labelled segment without tokens"


def _layout(
    segments: list[dict[str, Any]], system_prompts: Collection[str], bos: str, eos: str
) -> Iterator[str]:
    texts = [segment["text"] for segment in segments]
    if not texts[0].startswith(bos) or (bos and "".join(texts).count(bos) != 1):
        yield f"S3: {bos} not at the beginning only"
    if not texts[-1].endswith(eos) or (eos and "".join(texts).count(eos) != 1):
        yield f"S4: {eos} not at the end only"
    texts[0], texts[-1] = texts[0].removeprefix(bos), texts[-1].removesuffix(eos)
    begun = [prompt for prompt in system_prompts if texts[0].startswith(f"{prompt}\n")]
    if not begun:
        yield "S3: does not begin with a system prompt and a newline"
        return
    prompt = max(begun, key=len)
    said = [_without_context(texts[0][len(prompt) + 1 :]), *texts[1:]]
    other, persona = _NAME.match(said[0]), _NAME.match(said[1][1:])
    if not other or not persona:
        yield "S3: no name and colon before what was said"
        return
    yield from _turns(said, other.group(1), persona.group(1))
    if any(text != defuse(text) for text in texts):
        yield "S11: a template token"


def _without_context(text: str) -> str:
    """What is said below the line of context that may stand below the system prompt."""
    context, _, said = text.partition("\n")
    return said if said and ":" not in context else text


def _turns(said: list[str], other: str, persona: str) -> Iterator[str]:
    """What is wrong with the turns; `said` is the texts without marks and system prompt."""
    bodies = []
    for place, text in enumerate(said):
        name, before, behind = (persona, "\n", "\n") if place % 2 else (other, "", "")
        if place == len(said) - 1:
            behind = ""
        body = text.removeprefix(f"{before}{name}: ").removesuffix(behind)
        if text != f"{before}{name}: {body}{behind}" or body != body.strip("\n"):
            yield f"{'S4' if place % 2 else 'S5'}: segment {place} not between the right newlines"
        bodies.append(body)
    if any(not body.strip() or re.search(r"\n\s*\n", body) for body in bodies):
        yield "S6: an empty body, or a blank line in one"
    lines = [f"{(other, persona)[place % 2]}: {body}" for place, body in enumerate(bodies)]
    if "".join(said) != "\n".join(lines):
        yield "S7: not exactly one newline between the turns"
    if speaker_name(other, unlike=persona) != other or speaker_name(persona) != persona:
        yield "S11: a role's name, or one name for both"
    if any(unforged(body, (persona, other)) != body for body in bodies):
        yield "S12: a line reads as another's turn"
