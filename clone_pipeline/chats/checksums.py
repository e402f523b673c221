"""Checksums that tell account, card, wallet and identity numbers from other letters and digits.

Those of wallets follow BIP 13, BIP 173 and BIP 350; those of people's numbers stand where Presidio
(microsoft/presidio, MIT) has them, in its recognisers' `validate_result`.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUE58 = {letter: value for value, letter in enumerate(_BASE58)}
# The XRP Ledger's own order of the same letters.
_TO_BASE58 = str.maketrans("rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz", _BASE58)
_VALUE32 = {letter: value for value, letter in enumerate("qpzry9x8gf2tvdw0s3jn54khce6mua7l")}
_BECH32_STEPS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
# What is left of a whole address: of Bech32, of Bech32m.
_BECH32_RESTS = (1, 0x2BC830A3)
_VERHOEFF = tuple(
    tuple(
        ((a + b) % 5 if b < 5 else (a + b - 5) % 5 + 5) if a < 5
        else ((a - 5 - b) % 5 + 5 if b < 5 else (a - b) % 5)
        for b in range(10)
    )
    for a in range(10)
)  # fmt: skip
_VERHOEFF_TURN = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
_IBAN_LENGTHS = dict(
    re.findall(
        r"([A-Z]{2})(\d{2})",
        "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BR29BY28CH21CR22CY28CZ24DE22DK18DO28EE20EG29ES24"
        "FI18FO18FR27GB22GE22GI23GL18GR27GT28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32"
        "LI21LT20LU20LV21LY25MC27MD24ME22MK19MR27MT31MU30NL18NO15PK24PL28PS29PT25QA29RO24RS22"
        "SA24SC31SE24SI19SK24SM27ST25SV28TL23TN24TR26UA29VA22VG24XK20",
    )
)


def iban_length(country: str) -> int:
    """Letters and digits in an IBAN of the country, in any case; 0 where there are none."""
    return int(_IBAN_LENGTHS.get(country.upper(), "0"))


def is_iban(compact: str) -> bool:
    """Whether an IBAN in capitals without spaces is 1 modulo 97 (ISO 13616)."""
    digits = "".join(str(int(letter, 36)) for letter in compact[4:] + compact[:4])
    return int(digits) % 97 == 1


def is_luhn(digits: str) -> bool:
    """Whether the digits pass the Luhn check of payment cards (ISO/IEC 7812)."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def is_base58_check(letters: str) -> bool:
    """Whether base58 letters end with four bytes of the double SHA-256 of what is before them.

    So do addresses of Bitcoin and its relatives, WIF private keys and extended keys (BIP 32).
    """
    raw = _base58(letters)
    if len(raw) < 20:
        return False
    return hashlib.sha256(hashlib.sha256(raw[:-4]).digest()).digest()[:4] == raw[-4:]


def is_base58_address(letters: str) -> bool:
    """Whether base58 letters are a wallet: with a checksum, or 32 bytes of Solana's.

    The latter have no checksum, so capitals, small letters and digits are asked of them.
    """
    if len(letters) >= 43:
        mixed = any(letter.isdigit() for letter in letters)
        return mixed and not letters.islower() and len(_base58(letters)) == 32
    if letters.startswith("r") and is_base58_check(letters.translate(_TO_BASE58)):
        return True
    return is_base58_check(letters)


def is_bech32(address: str) -> bool:
    """Whether an address such as `bc1...` or `addr1...` has a Bech32 or Bech32m checksum."""
    if address.lower() != address and address.upper() != address:
        return False
    human, _, data = address.lower().rpartition("1")
    if not human or len(data) < 6 or any(letter not in _VALUE32 for letter in data):
        return False
    values = [ord(letter) >> 5 for letter in human] + [0] + [ord(letter) & 31 for letter in human]
    rest = 1
    for value in values + [_VALUE32[letter] for letter in data]:
        top = rest >> 25
        rest = (rest & 0x1FFFFFF) << 5 ^ value
        for place, step in enumerate(_BECH32_STEPS):
            rest ^= step if top >> place & 1 else 0
    return rest in _BECH32_RESTS


def weighted(digits: Iterable[str], weights: Sequence[int]) -> int:
    """The sum of the digits times their weights, as far as there are weights."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def is_verhoeff(digits: str) -> bool:
    """Whether the digits pass Verhoeff's check, as Aadhaar's do."""
    rest = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit)
        for _ in range(place % 8):
            value = _VERHOEFF_TURN[value]
        rest = _VERHOEFF[rest][value]
    return rest == 0


def is_mod_11_10(digits: str) -> bool:
    """Whether the last digit is the check digit of ISO 7064, MOD 11,10."""
    rest = 10
    for digit in digits[:-1]:
        rest = ((int(digit) + rest) % 10 or 10) * 2 % 11
    return (11 - rest) % 10 == int(digits[-1])


def _base58(letters: str) -> bytes:
    number = 0
    for letter in letters:
        number = number * 58 + _VALUE58[letter]
    zeros = len(letters) - len(letters.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
