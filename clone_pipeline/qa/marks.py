"""Bold marks such as `**QUESTION:**` in a reply, outside of code."""

import re
from bisect import bisect_right
from collections import defaultdict

_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})([^\n]*)", re.M)
# What a reasoning model thinks before it speaks; some servers leave the first tag out.
_TAG = r"(?:think|thinking|thought|reasoning)>"
_THOUGHT = re.compile(rf"\A\s*<{_TAG}.*?</{_TAG}", re.S | re.I)
_THOUGHT_END = re.compile(rf"\A(?:(?!```).)*?</{_TAG}[ \t]*$", re.S | re.I | re.M)
_THOUGHT_OPEN = re.compile(rf"\A\s*<{_TAG}.*\Z", re.S | re.I)
_RULE = re.compile(r"(?:\n\s*(?:[-*_=]{3,}|\*\*)\s*)+\Z")


def said(text: str) -> str:
    """`text` without a reasoning model's thoughts (`<think>...</think>`); "" if they never end."""
    if "<" not in text:
        return text
    spoken = _THOUGHT.sub("", text)
    if spoken == text:
        spoken = _THOUGHT_END.sub("", text)
    return _THOUGHT_OPEN.sub("", spoken)


def unwrapped(text: str) -> str:
    """`text`, or what is inside if one code fence holds all of it."""
    whole = text.strip()
    code = fenced(whole) if whole.startswith(("```", "~~~")) else []
    if not code or (code[0][0], code[0][3]) != (0, len(whole)):
        return text
    return whole[code[0][1] : code[0][2]]


def fenced(text: str) -> list[tuple[int, int, int, int]]:
    """Where code stands between a line of ``` and the next line of only ```, in reading order.

    Returns:
        Of each block its start, the start and end of what is inside, its end. A fence that is
        closed by none as long is closed by a shorter one; one that nothing closes is no block.
    """
    lines = list(_FENCE.finditer(text))
    closing: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for line in lines:
        if not line[2].strip(" \t"):
            closing[line[1]].append(line.span())
    found: list[tuple[int, int, int, int]] = []
    for line in lines:
        if found and line.start() < found[-1][3]:
            continue
        for length in range(min(12, len(line[1])), 2, -1):
            ends = closing.get(line[1][:length], [])
            place = bisect_right(ends, line.span())
            if place < len(ends):
                found.append((line.start(), line.end() + 1, *ends[place]))
                break
    return found


def split(text: str, mark: re.Pattern[str]) -> list[tuple[str, str]]:
    """The marks of `text` that stand outside of code, each with what follows it.

    Args:
        text: a model's reply; what precedes the first mark is left out.
        mark: exactly one of its groups takes part in a match: the mark's kind.

    Returns:
        (kind in upper case, text up to the next mark) in reading order.
    """
    text = unwrapped(said(text))
    code = [(start, end) for start, _, _, end in fenced(text)]
    found = [m for m in mark.finditer(text) if not _inside(m.start(), code)]
    if not found:
        return []
    ends = [m.start() for m in found[1:]] + [len(text)]
    return [
        (str(m[m.lastindex or 0]).upper(), tidy(text[m.end() : end]))
        for m, end in zip(found, ends, strict=True)
    ]


def tidy(text: str) -> str:
    """`text` without blank ends and without the line drawn under it."""
    return _RULE.sub("", text.strip()).strip()


def fence_left_open(text: str) -> bool:
    """Whether a code fence begins that never ends: the reply was cut short."""
    return len(re.findall(r"^[ \t]*```", text, re.M)) % 2 == 1


def _inside(place: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in spans)
