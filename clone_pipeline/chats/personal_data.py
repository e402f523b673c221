"""Personal data that patterns and checksums can find, as finders of spans in a text."""

import ipaddress
import re
from collections.abc import Callable
from typing import Literal, NamedTuple

from clone_pipeline.chats import checksums

MaskKind = Literal["KEY", "EMAIL", "IBAN", "CARD", "WALLET", "IP", "PHONE"]

# What any find holds: ordinary talk is passed in one cheap search.
PREFILTER = re.compile(r"[0-9@:=]|-----")
_AT = re.compile("@")
_DIGITS = re.compile(r"\d(?:[ ().\-/]{0,4}\d){6}")
_LONG = re.compile(r"[A-Za-z0-9_\-]{15}")
_ADDRESS = re.compile(r"\d\.\d+\.\d+\.\d|[0-9a-fA-F]:[0-9a-fA-F:]")
_PRIVATE_KEY = re.compile("PRIVATE KEY")
_SECRET = re.compile(r"passw|passp|pwd|secret|token|key", re.IGNORECASE)


class Found(NamedTuple):
    """One find: characters `start` to `end`; `identity` is equal for spellings of one datum."""

    start: int
    end: int
    identity: str


Check = Callable[[re.Match[str]], Found | None]

_PEM = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL
)
_TOKEN = re.compile(r"(?<!\S)\S{15,}")
_KEY = re.compile(
    r"\b(?:sk|pk|rk)[-_](?:live|test|proj|ant)?[-_]?[A-Za-z0-9_\-]{16,}"
    r"|\bgh[pousr]_[A-Za-z0-9]{30,}|\bgithub_pat_\w{22,}|\bglpat-[\w\-]{20,}"
    r"|\bxox[abeprs]-[\w\-]{10,}|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[\w\-]{35}"
    r"|\bya29\.[\w\-]{20,}|\bhf_[A-Za-z0-9]{30,}|\bnpm_[A-Za-z0-9]{30,}|\bpypi-[\w\-]{40,}"
    r"|\bSG\.[\w\-]{16,}\.[\w\-]{16,}|\beyJ[\w\-]{10,}\.eyJ[\w\-]{10,}\.[\w\-]+"
    r"|\b[MNO][\w\-]{22,27}\.[\w\-]{6}\.[\w\-]{25,}|\b\d{8,10}:AA[\w\-]{33}"
    r"|https://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/\d+/[\w\-]+"
    r"|https://hooks\.slack\.com/services/[\w/]+"
    r"|\bx(?:prv|pub)[1-9A-HJ-NP-Za-km-z]{100,}|\b(?:0x)?[0-9a-fA-F]{64}\b"
    r"|\b[5KL][1-9A-HJ-NP-Za-km-z]{50,51}\b"
)
_PASSWORD = re.compile(
    r"\b(?:passwor[dt]|passwd|passphrase|pwd|secret|(?:api|access|auth)[ _-]?(?:key|token))"
    r"(?:\s{0,2}[:=]\s{0,2}|\s+is\s+(?=\S*\d))(?P<value>(?!\[)(?=\S*[\d\W_])\S{6,})",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"(?<![\w.+%\-])[\w.+%\-]{1,64}@(?:[\w\-]+\.)+[^\W\d_]{2,24}(?![\w@])")
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ \-]?[A-Za-z0-9]){11,30}")
_CARD = re.compile(r"(?<![\w/=#.@<\-])\d(?:[ \-]?\d){12,18}(?![\w\-])")
_WALLET = re.compile(
    r"\b0x[0-9a-fA-F]{40}\b|\b(?:bc1|tb1|ltc1)[02-9ac-hj-np-z]{20,87}\b|\baddr1[0-9a-z]{50,}"
    r"|\b[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}\b"
    r"|(?<![\w/])(?P<base58>[1-9A-HJ-NP-Za-km-z]{26,36}|[1-9A-HJ-NP-Za-km-z]{43,44})(?!\w)"
)
_IP = re.compile(
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d)"
    r"|(?<![\w:.])(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}(?![\w:])"
)
_PHONE = re.compile(
    r"(?<![\w/=#.@<+\-])(?:"
    r"(?:\+|00)[1-9](?:[ .\-/]{0,2}(?:\d|\(\d{1,5}\))){7,14}"
    r"|\(0\d{1,5}\)(?:[ .\-/]?\d){5,9}"
    r"|(?:1[ .\-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .\-])\d{3}[ .\-]\d{4}"
    r"|[2-9]\d{2}-\d{4}"
    r"|[2-9]\d{9}|1[3-9]\d{9}|[6-9]\d{4} \d{5}"
    r"|0\d(?:[ .\-/]?\d){7,11}"
    r")(?![\w/]|[.\-]\d)"
)
_DATE = re.compile(
    r"^(?:\d{1,2}[./\-]\d{1,2}[./\-]\d{2,4}|\d{4}[./\-]\d{1,2}[./\-]\d{1,2})(?![./\-]?\d)"
)


def _plain(match: re.Match[str]) -> Found:
    return Found(*match.span(), match.group().lower())


def _as_written(match: re.Match[str]) -> Found:
    return Found(*match.span(), match.group())


def _key(token: re.Match[str]) -> Found | None:
    match = _KEY.search(token.group())
    return match and _moved(_as_written(match), token.start())


def _moved(found: Found | None, start: int) -> Found | None:
    return found and Found(found.start + start, found.end + start, found.identity)


def _password(match: re.Match[str]) -> Found:
    return Found(*match.span("value"), match["value"])


def _email(match: re.Match[str]) -> Found | None:
    return None if match.group().startswith(("@", ".")) else _plain(match)


def _iban(match: re.Match[str]) -> Found | None:
    """The first letters that the country's length allows, if their checksum is right."""
    text = match.group()
    length = checksums.iban_length(text[:2])
    places = [place for place, letter in enumerate(text) if letter.isalnum()][:length]
    if not length or len(places) < length or text[places[-1] + 1 : places[-1] + 2].isalnum():
        return None
    compact = "".join(text[place] for place in places).upper()
    if not checksums.is_iban(compact):
        return None
    return Found(match.start(), match.start() + places[-1] + 1, compact)


def _card(match: re.Match[str]) -> Found | None:
    text = match.group()
    digits = re.sub(r"\D", "", text)
    grouped = len(digits) != len(text)
    if digits[0] not in "23456" or (len(digits) > 16 and not grouped):
        return None
    return Found(*match.span(), digits) if checksums.is_luhn(digits) else None


def _wallet(token: re.Match[str]) -> Found | None:
    match = _WALLET.search(token.group())
    return match and _moved(_checked_wallet(match), token.start())


def _checked_wallet(match: re.Match[str]) -> Found | None:
    letters = match["base58"]
    if letters is None or checksums.is_base58_address(letters):
        return _as_written(match)
    return None


def _ip(match: re.Match[str]) -> Found | None:
    text = match.group()
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    wordlike = ":" in text and not any(letter.isdigit() for letter in text)
    if wordlike or address.is_loopback or address.is_unspecified:
        return None
    return Found(*match.span(), address.compressed)


def _phone(match: re.Match[str]) -> Found | None:
    text = match.group()
    digits = re.sub(r"\D", "", text)
    if _DATE.match(text) or len(set(digits)) < 2:
        return None
    return Found(*match.span(), ("+" if text.startswith("+") else "") + digits)


class Finder(NamedTuple):
    """Finds one kind; a text in which `gate` finds nothing holds none of it."""

    kind: MaskKind
    gate: re.Pattern[str]
    pattern: re.Pattern[str]
    check: Check


FINDERS = (
    Finder("KEY", _PRIVATE_KEY, _PEM, _as_written),
    Finder("KEY", _LONG, _TOKEN, _key),
    Finder("KEY", _SECRET, _PASSWORD, _password),
    Finder("EMAIL", _AT, _EMAIL, _email),
    Finder("IBAN", _DIGITS, _IBAN, _iban),
    Finder("CARD", _DIGITS, _CARD, _card),
    Finder("WALLET", _LONG, _TOKEN, _wallet),
    Finder("IP", _ADDRESS, _IP, _ip),
    Finder("PHONE", _DIGITS, _PHONE, _phone),
)
