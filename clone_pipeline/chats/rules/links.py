"""Web addresses: a clone that learns them makes up addresses of its own."""

import re
from collections.abc import Callable

from clone_pipeline.chats.rules.rule import closed

# Brackets belong to an address in pairs, and signs after it to the sentence.
_PART = r"[^\s<>()]"
_REST = rf"://{_PART}+(?:\([^\s<>()]*\){_PART}*)*(?<![.,!?;:\]'\"*_|])"
_ADDRESS = re.compile(rf"https?{_REST}")
_OTHERS = re.compile(rf"\b[a-z][a-z0-9+.-]{{1,19}}{_REST}", re.IGNORECASE)
_NAMED = re.compile(r"\[([^\[\]\n]{1,300})\]\(<?https?://[^\s()<>]{1,2000}>?\)", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
_HOST = re.compile(r"://(?:[^/?#@\s]*@)?(?:www\.)?([^/?#:\s]+)", re.IGNORECASE)
_CALLING = (",", ":")  # "Ben: <address>"
# After these an address is a part of the sentence, even at its end.
_SENTENCE = (
    "a an and are at by for from in is of on or see the to under use via visit was with "
    "auf aus bei das der die ist mit oder und unter von zu à au dans de du est et la le ou par sur "
    "con del el en es por y"
)
_BOUND = frozenset(_SENTENCE.split())
_NEAR = 200  # characters before an address in which its sentence is looked at


def links_as(shown: str) -> Callable[[str], str]:
    """A change that puts `shown` in the place of addresses; "[a name](address)" keeps its name."""
    return _changing(lambda _: shown)


def shortened_links() -> Callable[[str], str]:
    """A change that leaves addresses out, but names the host of those that a sentence needs."""
    return _changing(_host_if_needed)


def _changing(shown: Callable[[re.Match[str]], str]) -> Callable[[str], str]:
    def change(text: str) -> str:
        if "://" not in text:
            return text
        found = _NAMED.sub(r"\1", text) if "](" in text else text
        found = _ADDRESS.sub(shown, found)
        if "://" in found:
            found = _OTHERS.sub(shown, found)
        if found == text:
            return text
        found = closed(found)
        return "" if found[-1:] in _CALLING and len(found.split()) == 1 else found

    return change


def _host_if_needed(found: re.Match[str]) -> str:
    start, end = found.span()
    text = found.string
    before = text[max(0, start - _NEAR) : start].rpartition("\n")[2].rstrip()
    after = text[end : end + _NEAR].partition("\n")[0] if end < len(text) else ""
    bound = before.rpartition(" ")[2].lower() in _BOUND
    if bound or (after and _LETTER.search(after) and _LETTER.search(before)):
        host = _HOST.search(found.group())
        return host.group(1) if host else ""
    return ""
