"""Letters as plain ones: accents, fancy alphabets. clean-discord's map of characters."""

import unicodedata

# What Unicode does not decompose.
_LETTERS = str.maketrans(
    {
        "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O",
        "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ł": "l", "Ł": "L", "ı": "i",
        "ħ": "h", "Ħ": "H", "ŋ": "n", "Ŋ": "N", "ƒ": "f",
    }
)  # fmt: skip
_SMALL_CAPITALS = "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘǫʀꜱᴛᴜᴠᴡxʏᴢ"
_PLAIN = "abcdefghijklmnopqrstuvwxyz"
# Alphabets of 26 capitals: in circles, in squares (white and black), as regional indicators.
_CAPITALS = (0x1F130, 0x1F150, 0x1F170, 0x1F1E6)
_LATIN_MARKS = range(0x300, 0x370)


def _fancy() -> dict[int, str]:
    """Every letter and digit of Unicode that is a plain one in another typeface."""
    found = {}
    for start, end in ((0xAA, 0xBB), (0x2B0, 0x2E5),
                       (0x1D2C, 0x1D6B), (0x2070, 0x209D), (0x2100, 0x214A),
                       (0x2460, 0x24EB), (0xFF10, 0xFF5B), (0x1D400, 0x1D800)):  # fmt: skip
        for code in range(start, end):
            plain = unicodedata.normalize("NFKC", chr(code))
            if len(plain) == 1 and plain.isascii() and plain.isalnum():
                found[code] = plain
    found |= {ord(fancy): plain for fancy, plain in zip(_SMALL_CAPITALS, _PLAIN, strict=True)}
    for start in _CAPITALS:
        found |= {start + number: letter.upper() for number, letter in enumerate(_PLAIN)}
    return found


_FANCY = _fancy()


def plain_letters(text: str) -> str:
    """Mathematical, circled, squared, raised, full-width letters and small capitals as plain."""
    return text if text.isascii() else text.translate(_FANCY)


def without_accents(text: str) -> str:
    """Latin letters without their accents, ligatures in two letters; other scripts as they are."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text)
    kept = []
    latin = False
    for letter in apart:
        if ord(letter) in _LATIN_MARKS:
            if latin:
                continue
        else:
            latin = letter.isascii()
        kept.append(letter)
    return unicodedata.normalize("NFC", "".join(kept)).translate(_LETTERS)
