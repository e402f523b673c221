"""Checksums that tell account, card and wallet numbers from other letters and digits."""

import hashlib
import re

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUE58 = {letter: value for value, letter in enumerate(_BASE58)}
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


def is_base58_address(letters: str) -> bool:
    """Whether base58 letters are a wallet: 25 bytes with a double SHA-256, or 32 bytes of Solana's.

    The latter have no checksum, so capitals and digits are asked of them.
    """
    number = 0
    for letter in letters:
        number = number * 58 + _VALUE58[letter]
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    if len(letters) >= 43:
        mixed = any(letter.isdigit() for letter in letters) and not letters.islower()
        return len(raw) == 32 and mixed
    raw = raw.rjust(25, b"\0")
    return hashlib.sha256(hashlib.sha256(raw[:-4]).digest()).digest()[:4] == raw[-4:]
