"""A text that a model told again: whole, in other words, and not a refusal to tell it."""

import re
from typing import Literal

from clone_pipeline.qa import marks, suitability

# "copied": the source word for word, or nearly; "refused": the model declines, or asks for a text;
# "not_shorter": a summary as long as what it sums up.
Refusal = Literal["empty", "cut_off", "copied", "refused", "not_shorter"]
# "too_short": little but headings, or nothing to sum up, so no request is made.
Drop = Literal["too_short"] | Refusal

# A shorter text is not summed up: three sentences are no shorter.
MIN_SUMMED_UP = 400
# A reply is a copy if so large a share of its runs of so many words stands in the source.
COPIED = 0.9
RUN = 8

_WORD = re.compile(r"\w+")
_LEAD_IN = re.compile(
    r"\A(?:(?:sure|certainly|of course|absolutely)\b[^\n:]{0,20})?"
    r"(?:here(?:'s|’s| is| are)|below (?:is|are)|the following (?:is|are))\b[^\n]{0,80}"
    r"\b(?:text|article|summary|facts?|list|dialog(?:ue)?|conversation|version|rewrit\w+"
    r"|inferences?|conclusions?|statements?)\b[^\n]{0,80}:[*_ ]*\n+",
    re.IGNORECASE,
)
_TASK = (
    r"(?:help|assist|provide|write|create|generate|summari[sz]e|rewrite|rephrase|produce|comply"
    r"|fulfil?l|continue|complete|process|access|do that|discuss|share|make|turn)"
)
_DECLINED = re.compile(
    r"\A\W*(?:(?:i(?:'|’)?m|i am) (?:very |so |really )?sorry\b|sorry[,.!]|i apologi[sz]e\b"
    r"|unfortunately,? i\b|as an ai\b"
    r"|i (?:can(?:'|’)?t|can ?not|won(?:'|’)?t|am (?:unable|not able) to) (?:be able to )?"
    rf"{_TASK}\b"
    rf"|i(?:'|’)m (?:unable|not able) to {_TASK}\b"
    r"|(?:there is|there(?:'|’)s) no (?:text|content|passage)\b"
    r"|(?:no|the) (?:text|passage) (?:was|is|has) (?:not )?(?:been )?(?:provided|given|empty)\b"
    r"|(?:please|could you) (?:please )?(?:provide|share|paste|give)\b)",
    re.IGNORECASE,
)


def is_too_short(text: str, *, summed_up: bool = False) -> bool:
    """Whether the text is little but headings, or too short to be summed up."""
    return suitability.too_short(text) or (summed_up and len(text.strip()) < MIN_SUMMED_UP)


def retold(
    text: str, *, source: str, shorter: bool = False, cut_off: bool = False
) -> tuple[str, Refusal | None]:
    """The text that a reply is, and why it can't be used: None if it can.

    Left out are a reasoning model's thoughts, a code fence around all of it, a line that only leads
    in ("Here is the article:"), and a line drawn under it.

    Args:
        text: the reply.
        source: the text that was to be told again.
        shorter: what is told must be shorter than the source.
        cut_off: the reply ended at its token limit.
    """
    said = marks.tidy(_LEAD_IN.sub("", marks.unwrapped(marks.said(text)).strip()))
    if cut_off or marks.fence_left_open(said):
        return said, "cut_off"
    if not any(map(str.isalnum, said)):
        return said, "empty"
    if _DECLINED.match(said) and not _DECLINED.match(source):
        return said, "refused"
    if is_copy(said, source=source):
        return said, "copied"
    return said, "not_shorter" if shorter and len(said) >= len(source.strip()) else None


def is_copy(text: str, *, source: str) -> bool:
    """Whether `text` is the source or a part of it, or all but a few of its words stand there."""
    words, there = _WORD.findall(text.casefold()), _WORD.findall(source.casefold())
    if f" {' '.join(words)} " in f" {' '.join(there)} ":
        return True
    runs = {tuple(words[n : n + RUN]) for n in range(len(words) - RUN + 1)}
    known = {tuple(there[n : n + RUN]) for n in range(len(there) - RUN + 1)}
    return bool(runs) and len(runs & known) >= COPIED * len(runs)
