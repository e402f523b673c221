"""Phone numbers: with a country code anywhere, else as they are dialled where the chat is.

Presidio's PhoneRecognizer asks the library phonenumbers, which knows what is assigned; here
reserved and made-up numbers count too, so a number is one by its shape. Numbering plans: ITU-T
E.164, E.123 and the national plans.
"""

import functools
import re
from typing import NamedTuple

from clone_pipeline.chats.personal_data.finding import (
    Finder,
    Span,
    compiled,
    free_digits,
    many_digits,
)
from clone_pipeline.chats.personal_data.hints import DIGITS, LINK
from clone_pipeline.chats.personal_data.units import counts_something
from clone_pipeline.chats.personal_data.words import is_of_a_phone, is_of_a_thing
from clone_pipeline.chats.regions import ANYWHERE, Regions, calling_code

# Digits in groups, and what may stand before them.
_RUN = compiled(
    r"(?<![\w/=#@<+$€£¥&,!\-])(?<![0-9][.:])(?:\+ ?|\(\+?)?[0-9]+(?:[ .\-/()]{1,3}[0-9]+)*"
)
_GROUP = re.compile("[0-9]+")
_MORE = compiled(r"[\w>]")
# More groups in a row are a table of numbers; a phone number has no more than so many.
_MANY = 12
_GROUPS = 7
_LINKED = compiled(r"(?<=[@:/=+])[1-9][0-9]{8,14}(?![\w>])")
_LINK = compiled(
    r"(?:(?i:wa\.me/|whatsapp\.com/send/?\?phone=|(?<!\w)(?:tel|sms):|t\.me/)\+?|(?<![\w<@.])@)\Z"
)
_DAY = compiled(
    r"(?:(?:0?[1-9]|[12][0-9]|3[01])([./\- ])(?:0?[1-9]|1[0-2])\1(?:19|20)?[0-9]{2}"
    r"|(?:19|20)[0-9]{2}([./\- ])(?:0?[1-9]|1[0-2])\2(?:0?[1-9]|[12][0-9]|3[01]))(?![0-9])"
)
_DAY_IN_A_ROW = compiled(
    r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:[0-9]{4,6})?"
)
_YEARS = compiled(r"(?:19|20)[0-9]{2}\W+(?:19|20)[0-9]{2}")


class Plan(NamedTuple):
    """Numbers as dialled within a region, without a leading 0: their digits and their groups."""

    digits: re.Pattern[str]
    groups: frozenset[str]
    anywhere: bool = False


def _plan(digits: str, groups: str, *, anywhere: bool = False) -> Plan:
    return Plan(compiled(digits), frozenset(groups.split()), anywhere)


_AMERICA = _plan("1?[2-9][0-9]{9}", "3-3-4 1-3-3-4 3-7 10 11", anywhere=True)
_EIGHT = _plan("[2-9][0-9]{7}", "4-4 2-2-2-2 3-2-3 8")
_PLANS: dict[str, Plan] = {
    "US": _AMERICA,
    "CN": _plan("1[3-9][0-9]{9}", "3-4-4 11 3-8", anywhere=True),
    "IN": _plan("[6-9][0-9]{9}", "5-5 10 3-3-4 4-3-3 4-6", anywhere=True),
    "RU": _plan(
        "[78][3489][0-9]{9}|9[0-9]{9}", "1-3-3-2-2 1-3-3-4 3-3-2-2 11 10 1-10", anywhere=True
    ),
    "BR": _plan("[1-9]{2}9?[0-9]{8}|9[0-9]{8}", "2-5-4 2-4-4 2-1-4-4 5-4 2-9 2-8 11 10 9"),
    "ES": _plan("[6-9][0-9]{8}", "3-3-3 3-2-2-2 2-3-2-2 3-6 9"),
    "PT": _plan("[29][0-9]{8}", "3-3-3 2-3-4 2-7 9"),
    "IT": _plan("3[0-9]{8,9}", "3-3-4 3-7 3-6 3-3-3 3-2-2-3 3-4-3 10 9"),
    "GR": _plan("[26][0-9]{9}", "3-3-4 3-7 4-6 2-4-4 10"),
    "PL": _plan("[1-9][0-9]{8}", "3-3-3 2-3-2-2 9"),
    "CZ": _plan("[2-9][0-9]{8}", "3-3-3 9"),
    "TR": _plan("5[0-9]{9}", "3-3-2-2 3-3-4 3-7 10"),
    "MX": _plan("[2-9][0-9]{9}", "2-4-4 3-3-4 2-2-2-2-2 3-3-2-2 10"),
    "AR": _plan("(?:11|15|[23][0-9])[0-9]{8}", "2-4-4 2-8 3-3-4 4-6 10"),
    "CO": _plan("[36][0-9]{9}", "3-3-4 3-7 3-3-2-2 10"),
    "CL": _plan("[29][0-9]{8}", "1-4-4 2-4-3 1-8 9"),
    "PE": _plan("9[0-9]{8}", "3-3-3 9"),
    "NO": _EIGHT, "DK": _EIGHT, "HK": _EIGHT, "SG": _EIGHT,
}  # fmt: skip
_SAME = {"CA": "US", "KZ": "RU"}


def _phone(match: re.Match[str], regions: Regions) -> Span:
    """The first phone number in a row of groups of digits; behind the row, if there is none."""
    text, (start, end) = match.string, match.span()
    groups = [group.span() for group in _GROUP.finditer(text, start, end)]
    if _MORE.match(text, end):
        groups.pop()
    if len(groups) > _MANY:
        return end, end
    for place, (first, _) in enumerate(groups):
        begin = first if place else start
        if place and text[first - 1] not in " (":
            continue
        single = (n for n, (one, two) in enumerate(groups) if n > place + 1 and two - one == 1)
        last = min(next(single, len(groups)), place + _GROUPS)
        for stop in range(last, place, -1):
            piece = text[begin : groups[stop - 1][1]]
            written = _GROUP.findall(piece)
            one_digit = stop - place > 1 and len(written[-1]) == 1
            if not one_digit and _is_phone(piece, written, text, begin, regions):
                opened = piece.startswith("(") and piece.count("(") > piece.count(")")
                return begin + opened, begin + len(piece)
    return end, end


def _is_phone(piece: str, groups: list[str], text: str, start: int, regions: Regions) -> bool:
    digits = "".join(groups)
    if not 6 < len(digits) < 18 or len(set(digits)) < 2:
        return False
    if piece.startswith(("+", "(+")):
        return 8 <= len(digits) <= 15 and digits[0] != "0"
    if _DAY.match(piece) and not _in_pairs(piece, groups):
        return False
    if _YEARS.fullmatch(piece) or counts_something(text, start + len(piece)):
        return False
    shaped = _is_shaped(piece, groups, digits, regions)
    if not shaped:
        plausible = 7 <= len(digits) <= 13 and not _DAY_IN_A_ROW.fullmatch(digits)
        grouped = all(len(group) > 1 for group in groups[1:])
        if not (plausible and grouped and is_of_a_phone(text, start)):
            return False
    return not is_of_a_thing(text, start)


def _is_shaped(piece: str, groups: list[str], digits: str, regions: Regions) -> bool:
    """Whether its digits and groups alone say that it is dialled from where the chat is."""
    if digits.startswith("00"):
        own = len(digits) - 2 - len(calling_code(digits[2:]))
        return groups[0].startswith("00") and bool(calling_code(digits[2:])) and 8 <= own <= 12
    if digits.startswith("0"):
        return _has_trunk_zero(piece, groups, digits)
    return _fits_a_plan(piece, groups, digits, regions)


def _has_trunk_zero(piece: str, groups: list[str], digits: str) -> bool:
    """Whether it is dialled with a leading 0, as in most countries."""
    if len(groups) == 1:
        return 10 <= len(digits) <= 12
    dotted = piece.count(".")
    if dotted and re.search(r"\.[ .\-/]|[ \-/]\.", piece):
        return False
    return (
        8 <= len(digits) <= 13
        and 2 <= len(groups[0]) <= 6
        and all(len(group) > 1 for group in groups)
        and (dotted == 0 or (dotted == len(groups) - 1 and len(groups) > 2))
    )


def _fits_a_plan(piece: str, groups: list[str], digits: str, regions: Regions) -> bool:
    """Whether it is grouped and begins as numbers do where the chat is."""
    lengths = "-".join(str(len(group)) for group in groups)
    if lengths == "3-4":
        return digits.startswith("555") and "/" not in piece
    if _DAY_IN_A_ROW.fullmatch(digits) and len(groups) == 1:
        return False
    plans = _plans(regions, grouped=len(groups) > 1)
    return any(lengths in plan.groups and plan.digits.fullmatch(digits) for plan in plans)


@functools.cache
def _plans(regions: Regions, *, grouped: bool) -> tuple[Plan, ...]:
    """The plans of the regions, and those whose grouped numbers are known anywhere."""
    ours = {_SAME.get(region, region) for region in regions}
    anywhere = grouped or regions == ANYWHERE
    return tuple(
        plan for name, plan in _PLANS.items() if name in ours or (plan.anywhere and anywhere)
    )


def _in_pairs(piece: str, groups: list[str]) -> bool:
    """Whether it is written as in France, 06.12.34.56.78, where three pairs look like a day."""
    return len(groups) == 5 and all(len(group) == 2 for group in groups) and piece[0] == "0"


def _linked(match: re.Match[str], _regions: Regions) -> Span | None:
    """A number in a link that calls it, or behind an @ as WhatsApp mentions people."""
    linked = _LINK.search(match.string[max(0, match.start() - 32) : match.start()])
    return match.span() if linked and calling_code(match.group()) else None


PHONES = (
    Finder("PHONE", DIGITS | LINK, many_digits, _LINKED, _linked),
    Finder("PHONE", DIGITS, free_digits, _RUN, _phone),
)
