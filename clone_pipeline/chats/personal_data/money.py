"""Accounts, cards and wallets: numbers with checksums, and those that a word names.

Patterns and checks after Presidio's CreditCardRecognizer, IbanRecognizer, CryptoRecognizer,
UsBankRecognizer and AbaRoutingRecognizer (MIT); lengths of cards by ISO/IEC 7812's issuers.
"""

import re

from clone_pipeline.chats import checksums
from clone_pipeline.chats.personal_data.finding import (
    Finder,
    Span,
    any_word,
    compiled,
    digits_in_a_row,
    digits_of,
    listed,
    long_word,
    many_digits,
)  # fmt: skip
from clone_pipeline.chats.personal_data.hints import DIGITS, LONG
from clone_pipeline.chats.personal_data.units import counts_something
from clone_pipeline.chats.personal_data.words import before, ends_with, is_of_a_thing, names
from clone_pipeline.chats.regions import Regions

_IBAN = compiled(r"(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}(?:[ \-.]?[A-Za-z0-9]){11,30}")
_CARD = compiled(
    r"(?<![\w/=.@<!&\-])(?:[0-9]{4}(?P<gap>[ \-])[0-9]{4}(?P=gap)[0-9]{4}(?P=gap)[0-9]{4}"
    r"(?:(?P=gap)[0-9]{3}(?![0-9]))?|[0-9]{4}[ \-][0-9]{6}[ \-][0-9]{4,5}|[0-9]{12,19})"
    r"(?![\w>]|-[0-9])"
)
_BRANDS = compiled(
    r"4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})|5[1-5][0-9]{14}|(?:5[06-9]|6[0-9])[0-9]{14}"
    r"|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)[0-9]{12}|220[0-4][0-9]{12,15}|3[47][0-9]{13}"
    r"|3(?:0[0-59]|[689]\d)[0-9]{11}(?:[0-9]{2})?|35[0-9]{14}|(?:62|81)[0-9]{14,17}"
    r"|(?:5[06-8]|6[0-9])[0-9]{16,17}"
)
_CARDS = listed("card visa mastercard maestro amex karte tarjeta carte cartão карт")
_BASE58 = "[1-9A-HJ-NP-Za-km-z]"
_WALLET = compiled(
    r"(?<![A-Za-z0-9])(?:0x[0-9a-fA-F]{40}(?![0-9A-Za-z])"
    rf"|[48][0-9AB]{_BASE58}{{93}}(?!\w)"
    r"|(?P<bech32>[A-Za-z]{2,8}1[02-9ac-hj-np-zAC-HJ-NP-Z]{38,110})(?!\w)"
    rf"|(?<!/)(?P<base58>{_BASE58}{{26,36}}|{_BASE58}{{43,44}})(?!\w|=))"
)
_ACCOUNT = compiled(r"(?<![\w./\-])[0-9](?:[ \-]?[0-9]){5,19}(?!\w|[.,][0-9])")
_ACCOUNTS = frozenset(
    listed(
        "account acct routing aba kontonummer konto kontonr ktnr blz bankleitzahl cuenta clabe cbu "
        "compte conto rekening rekeningnummer iban bsb счет счёт bancaria corriente corrente"
    )
) | {"sort code", "bank account"}
_ACCOUNTS_CJK = ("账号", "账户", "帐号", "口座")
_DATE = compiled(r"(?:19|20)\d\d-?\d\d-?\d\d|\d\d-\d\d-(?:19|20)\d\d")


def _iban(match: re.Match[str], _regions: Regions) -> Span | None:
    """The first letters that the country's length allows, if their checksum is right."""
    text = match.group()
    length = checksums.iban_length(text[:2])
    places = [place for place, letter in enumerate(text) if letter.isalnum()][:length]
    if not length or len(places) < length or text[places[-1] + 1 : places[-1] + 2].isalnum():
        return None
    if not checksums.is_iban("".join(text[place] for place in places).upper()):
        return None
    return match.start(), match.start() + places[-1] + 1


def _card(match: re.Match[str], _regions: Regions) -> Span | None:
    text, (start, end) = match.string, match.span()
    own = digits_of(match.group())
    if not _BRANDS.fullmatch(own) or not checksums.is_luhn(own):
        return None
    # Ids of Discord have 17 to 19 digits; one in ten of any digits passes the check by chance.
    if len(own) == end - start and not _is_named(text, start):
        ids = len(own) > 16 and not own.startswith(("62", "81"))
        if ids or len(own) < 14 or is_of_a_thing(text, start) or counts_something(text, end):
            return None
    return start, end


def _is_named(text: str, start: int) -> bool:
    words = before(text, start)[:4]
    return any(_CARDS[0] in word or word.endswith(_CARDS) for word in words) or ends_with(
        text, start, ("卡", "カード")
    )


def _wallet(match: re.Match[str], _regions: Regions) -> Span | None:
    if match["bech32"]:
        return match.span() if checksums.is_bech32(match["bech32"]) else None
    if match["base58"]:
        return match.span() if checksums.is_base58_address(match["base58"]) else None
    return match.span()


def _account(match: re.Match[str], _regions: Regions) -> Span | None:
    named = _ACCOUNTS.intersection(names(match.string, match.start()))
    if not named and not ends_with(match.string, match.start(), _ACCOUNTS_CJK):
        return None
    return None if _DATE.fullmatch(match.group()) else match.span()


IBAN = Finder("IBAN", DIGITS | LONG, many_digits, _IBAN, _iban)
CARD = Finder("CARD", DIGITS, digits_in_a_row, _CARD, _card)
WALLET = Finder("WALLET", LONG, long_word, _WALLET, _wallet)
ACCOUNT = Finder(
    "ACCOUNT",
    DIGITS,
    any_word(_ACCOUNTS - {"sort code"} | {"sort"}, parts="账帐口"),
    _ACCOUNT,
    _account,
)
