"""What the beginning of a file tells: whether it is a log of IRC, and whether it names its zone."""

from clone_pipeline.chats.parsers.irc_lines import Line, line_of
from clone_pipeline.chats.parsers.text_lines import text_of

_LOOKED_AT = 200
_HEAD = 1 << 16
_LONGEST_FIRST = 1 << 14
_LONGEST = 1 << 12
_FEW = 3
_KNOWN_SHARE = 0.6
_TELLING = frozenset({"said", "notice", "event"})
# `<li> something` without a closing tag is no nick.
_TAGS = frozenset(
    {"br", "dd", "div", "dt", "entry", "hr", "item", "li", "option", "p", "row", "td"}
)


def is_log(head: bytes) -> bool:
    """Whether most of the first lines are those of an IRC client, and somebody is in them."""
    lines = _first_lines(head)
    if not lines or len(lines[0]) > _LONGEST_FIRST or lines[0].lstrip()[:1] in ("{", '"'):
        return False
    found = _read(lines)
    if sum(line.kind != "other" for line in found) < _KNOWN_SHARE * len(lines):
        return False
    if any(line.stamp and line.kind in _TELLING for line in found):
        return True
    nicks = [line.nick for line in found if line.kind == "said"]
    if len(nicks) < _FEW or len(nicks) * 2 < len(lines) or len(set(nicks)) < 2:
        return False
    tags = sum(nick.lower() in _TAGS for nick in nicks)
    return tags * 2 < len(nicks) and "</" not in "".join(lines)


def tells_zone(head: bytes) -> bool:
    """Whether the first stamp says how far its clock is from UTC."""
    stamps = (line.stamp for line in _read(_first_lines(head)))
    first = next((stamp for stamp in stamps if stamp), None)
    return first is not None and first["zone"] is not None


def _first_lines(head: bytes) -> list[str]:
    text = text_of(head) or ""
    lines = [line for line in text.split("\n")[:_LOOKED_AT] if line.strip()]
    if text.count("\n") < _LOOKED_AT and len(lines) > 1 and len(head) >= _HEAD:
        lines.pop()
    return lines


def _read(lines: list[str]) -> list[Line]:
    return [line_of(line[:_LONGEST]) for line in lines]
