"""Bold marks such as `**QUESTION:**` in a reply, outside of code."""

import re

# Code between a line of ``` and the next line of only ```, CommonMark's fenced blocks.
_FENCED = re.compile(r"^[ \t]*(`{3,12}|~{3,12})[^\n]*\n(.*?)^[ \t]*\1[ \t]*$", re.M | re.S)
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
    found = _FENCED.match(whole)
    return found[2] if found and found.end() == len(whole) else text


def split(text: str, mark: re.Pattern[str]) -> list[tuple[str, str]]:
    """The marks of `text` that stand outside of code, each with what follows it.

    Args:
        text: a model's reply; what precedes the first mark is left out.
        mark: exactly one of its groups takes part in a match: the mark's kind.

    Returns:
        (kind in upper case, text up to the next mark) in reading order.
    """
    text = unwrapped(said(text))
    code = [found.span() for found in _FENCED.finditer(text)]
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
