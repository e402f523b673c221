"""Addresses on the net: e-mail, IP, MAC.

Patterns after Presidio's EmailRecognizer, IpRecognizer and MacAddressRecognizer (MIT), bounded.
"""

import ipaddress
import re

from clone_pipeline.chats.personal_data.finding import Finder, Look, Span, compiled
from clone_pipeline.chats.personal_data.hints import AT, DIGITS, LONG, NET
from clone_pipeline.chats.regions import Regions

_EMAIL = compiled(
    r"(?<![\w.+%'\-])[\w+%'\-][\w.+%'\-]{0,63}@(?:[\w\-]{1,63}\.){1,8}[\w\-]{1,23}[\w](?!\w)"
)
_IP = compiled(
    r"(?<![\w.])(?<!\d[-/])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?!\w|\.[0-9]|-[0-9])"
    r"|(?<![\w:.])(?:[0-9a-fA-F]{0,4}:){2,7}(?:[0-9a-fA-F]{1,4}|(?:[0-9]{1,3}\.){3}[0-9]{1,3})?"
    r"(?![\w:])"
)
_VERSION = compiled(
    r"(?i:\b(?:v|ver|versi[oó]n\w*|versione|release\w*|rev|update[sd]?|upgraded?|firmware|driver|treiber"
    r"|build|patch|fassung|kernel|sdk|api|app|plugin|actualiza\w*|version de|to|auf|a la)\b"
    r"|版本|更新|固件)[\s.:=#\-]{0,3}(?i:(?:to|auf|is|ist|es|a|number|nummer|是)\s)?\Z"
    r"|[A-Za-z][A-Za-z ]{1,20}/\Z"
)
_HOST = compiled(r"(?i:://|\b(?:ip|host|server|ssh|ping|at|on|from|desde|von)\b[\w :]{0,12}/)\Z")
_MAC = compiled(
    r"(?<![\w:.\-])(?:[0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){5}|(?:-[0-9A-Fa-f]{2}){5})"
    r"|[0-9A-Fa-f]{4}(?:\.[0-9A-Fa-f]{4}){2})(?![\w:]|[.\-]\w)"
)


def _email(match: re.Match[str], _regions: Regions) -> Span | None:
    domain = match.group().rpartition("@")[2]
    end = domain.rpartition(".")[2]
    named = end[0].isalpha() and end[-1] != "_" and not domain.startswith(("-", "."))
    return match.span() if named else None


def _ip(match: re.Match[str], _regions: Regions) -> Span | None:
    """An address that may be somebody's: no loopback, no netmask, no version of a program."""
    written = match.group()
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return None
    wordlike = ":" in written and not any("0" <= letter <= "9" for letter in written)
    if wordlike or address.is_loopback or address.is_unspecified or address.is_multicast:
        return None
    before = match.string[max(0, match.start() - 32) : match.start()]
    if "." in written and ":" not in written:
        if written.startswith(("255.", "0.")):
            return None
        if _VERSION.search(before) and not _HOST.search(before):
            return None
    return match.span()


def _mac(match: re.Match[str], _regions: Regions) -> Span | None:
    letters = set(match.group().lower()) - set(":-.")
    return match.span() if len(letters) > 1 else None


_DOTS = compiled(r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]").search
_COLONS = compiled(r":[0-9a-fA-F]{0,4}:").search
_PAIRS = compiled(r"[0-9A-Fa-f]{2}([:\-])[0-9A-Fa-f]{2}\1[0-9A-Fa-f]{2}\1").search
_FOURS = compiled(r"[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.").search


def _dotted(look: Look) -> object:
    text = look.text
    return ("." in text and _DOTS(text)) or (":" in text and _COLONS(text))


def _paired(look: Look) -> object:
    text = look.text
    if text.count(":") > 4 or text.count("-") > 4:
        return _PAIRS(text) or _FOURS(text)
    return look.digits and text.count(".") > 1 and _FOURS(text, look.start)


EMAIL = Finder("EMAIL", AT, lambda look: "@" in look.text, _EMAIL, _email)
MAC = Finder("MAC", NET | LONG | DIGITS, _paired, _MAC, _mac)
IP = Finder("IP", NET, _dotted, _IP, _ip)
