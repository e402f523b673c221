"""Checksums of the numbers that states give to people; each sees letters and digits only."""

from datetime import date

from clone_pipeline.chats.checksums import is_luhn, is_mod_11_10, is_verhoeff, weighted

_ODD = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3,
         6, 8, 12, 14, 16, 10, 22, 25, 24, 23),
        strict=True,
    )
)  # fmt: skip


def anything(_compact: str) -> bool:
    """A shape that says enough."""
    return True


def is_spanish(compact: str) -> bool:
    """DNI and NIE: the letter is the number modulo 23 (Presidio: es_nif, es_nie)."""
    number = compact[:-1].translate(str.maketrans("XYZ", "012"))
    return compact[-1] == "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23]


def is_italian(compact: str) -> bool:
    """Codice fiscale (Presidio: it_fiscal_code)."""
    odd = sum(_ODD[letter] for letter in compact[:-1:2])
    even = sum(int(c) if c.isdigit() else ord(c) - ord("A") for c in compact[1:-1:2])
    return compact[-1] == chr(ord("A") + (odd + even) % 26)


def is_singaporean(compact: str) -> bool:
    """NRIC and FIN: weights 2 7 6 5 4 3 2, an offset by the first letter."""
    offset = {"S": 0, "F": 0, "T": 4, "G": 4, "M": 3}[compact[0]]
    letters = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "M": "XWUTRQPNJLK"}
    rest = (weighted(compact[1:8], (2, 7, 6, 5, 4, 3, 2)) + offset) % 11
    place = 10 - rest if compact[0] == "M" else rest
    return compact[8] == letters.get(compact[0], "XWUTRQPNMLK")[place]


def is_finnish(compact: str) -> bool:
    """Henkilötunnus: modulo 31 (Presidio: fi_personal_identity_code); the sign may be gone."""
    own = compact[-4:-1]
    return compact[-1] == "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(compact[:6] + own) % 31]


def is_thai(compact: str) -> bool:
    """TNIN: 13 digits, modulo 11 (Presidio: th_tnin)."""
    if len(compact) != 13 or compact[0] in "09":
        return False
    return (11 - weighted(compact, range(13, 1, -1)) % 11) % 10 == int(compact[12])


def is_german_tax(compact: str) -> bool:
    """Steuer-ID: ISO 7064, and one digit twice or thrice (Presidio: de_tax_id)."""
    if len(compact) != 11 or compact[0] == "0":
        return False
    counts = sorted(compact[:10].count(digit) for digit in "0123456789")
    return counts[-1] in (2, 3) and counts[-2] == 1 and is_mod_11_10(compact)


def is_german_insurance(compact: str) -> bool:
    """Rentenversicherungsnummer (Presidio: de_social_security)."""
    day, month = int(compact[2:4]), int(compact[4:6])
    if not (1 <= day <= 31 or 51 <= day <= 81) or not 1 <= month <= 12:
        return False
    digits = f"{compact[:8]}{ord(compact[8]) - 64:02}{compact[9:11]}"
    weights = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)
    products = (int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
    return sum(each // 10 + each % 10 for each in products) % 10 == int(compact[11])


def is_french(compact: str) -> bool:
    """NIR: the last two digits complete 97; Corsica's letters count as 19 and 18."""
    digits = compact.replace("2A", "19", 1) if compact[5:7] == "2A" else compact
    digits = digits.replace("2B", "18", 1) if compact[5:7] == "2B" else digits
    return digits.isdecimal() and 97 - int(digits[:-2]) % 97 == int(digits[-2:])


def is_belgian(compact: str) -> bool:
    """Rijksregisternummer: the last two digits complete 97, a 2 before those born since 2000."""
    rest = int(compact[9:])
    return rest in (97 - int(compact[:9]) % 97, 97 - int("2" + compact[:9]) % 97)


def is_brazilian(compact: str) -> bool:
    """CPF: two digits modulo 11."""
    if len(compact) != 11 or len(set(compact)) == 1:
        return False
    first = weighted(compact[:9], range(10, 1, -1)) * 10 % 11 % 10
    second = weighted(compact[:10], range(11, 1, -1)) * 10 % 11 % 10
    return compact[9:] == f"{first}{second}"


def is_chilean(compact: str) -> bool:
    """RUT: modulo 11, where ten is K."""
    rest = -weighted(reversed(compact[:-1]), (2, 3, 4, 5, 6, 7, 2, 3)) % 11
    return compact[-1] == ("K" if rest == 10 else str(rest))


def is_chinese(compact: str) -> bool:
    """Resident identity card: ISO 7064 MOD 11-2, where ten is X."""
    rest = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(compact[:17])) % 11
    return compact[17] == "10X98765432"[rest]


def is_taiwanese(compact: str) -> bool:
    """National identification card: the letter is two digits, the weights 1 9 8 7 ... 1 1."""
    number = "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(compact[0]) + 10
    return weighted(f"{number}{compact[1:]}", (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)) % 10 == 0


def is_polish(compact: str) -> bool:
    """PESEL: weights 1 3 7 9 (Presidio: pl_pesel), and a month that there is."""
    if len(compact) != 11 or not 1 <= int(compact[2:4]) % 20 <= 12:
        return False
    return weighted(compact, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0


def is_turkish(compact: str) -> bool:
    """TC kimlik: the tenth digit by weights 7 and -1, the eleventh by the sum."""
    if len(compact) != 11 or compact[0] == "0":
        return False
    digits = [int(digit) for digit in compact]
    tenth = (sum(digits[:9:2]) * 7 - sum(digits[1:8:2])) % 10
    return tenth == digits[9] and sum(digits[:10]) % 10 == digits[10]


def is_norwegian(compact: str) -> bool:
    """Fødselsnummer: two digits modulo 11."""
    if len(compact) != 11:
        return False
    first = weighted(compact, (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)) % 11 == 0
    return first and weighted(compact, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def is_swedish(compact: str) -> bool:
    """Personnummer: a day that there is, and Luhn."""
    return len(compact) == 10 and _is_day(compact[2:4], compact[4:6]) and is_luhn(compact)


def is_danish(compact: str) -> bool:
    """CPR: a day that there is; its checksum is no longer kept."""
    return len(compact) == 10 and _is_day(compact[2:4], compact[:2])


def is_indian(compact: str) -> bool:
    """Aadhaar: Verhoeff's check, no palindrome (Presidio: in_aadhaar)."""
    own = len(compact) == 12 and compact[0] in "23456789" and compact != compact[::-1]
    return own and is_verhoeff(compact)


def is_south_african(compact: str) -> bool:
    """A day of birth, citizenship 0 to 2, and Luhn."""
    own = len(compact) == 13 and _is_day(compact[2:4], compact[4:6]) and compact[10] in "012"
    return own and is_luhn(compact)


def _is_day(month: str, day: str) -> bool:
    try:
        date(2000, int(month), int(day))
    except ValueError:
        return False
    return True
