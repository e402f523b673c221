"""Where a text may be cut so that no character that people see is torn apart."""

import unicodedata

_JOINER = "\u200d"
_VIRAMAS = frozenset("\u094d\u09cd\u0a4d\u0acd\u0b4d\u0c4d\u0d4d")


def is_border(text: str, place: int) -> bool:
    r"""Whether `text[:place]` and `text[place:]` may stand apart.

    After the rules of extended grapheme clusters (Unicode Standard Annex 29, section 3.1.1), by
    the character data of Python: `\r\n`, combining marks, joiners, skin tones, flags, tags,
    syllables of Hangul and of Indic scripts stay whole. Where it is not sure, it is no border.
    """
    if place <= 0 or place >= len(text):
        return True
    before, after = text[place - 1], text[place]
    if before < "\u0300" and after < "\u0300":
        return not (before == "\r" and after == "\n")
    if before in "\r\n" or after in "\r\n":
        return True
    if _extends(after) or before == _JOINER or before in _VIRAMAS:
        return False
    if _is_flag(before) and _is_flag(after):
        return _flags_before(text, place) % 2 == 0
    return not (_is_hangul(before) and _is_hangul(after))


def _extends(character: str) -> bool:
    code = ord(character)
    return (
        unicodedata.category(character) in ("Mn", "Mc", "Me")
        or character in "\u200c\u200d"
        or 0x1F3FB <= code <= 0x1F3FF
        or 0xE0000 <= code <= 0xE0FFF
        or 0xFF9E <= code <= 0xFF9F
        or code in (0x0E33, 0x0EB3)
    )


def _is_flag(character: str) -> bool:
    return 0x1F1E6 <= ord(character) <= 0x1F1FF


def _flags_before(text: str, place: int) -> int:
    first = place
    while first and _is_flag(text[first - 1]):
        first -= 1
    return place - first


def _is_hangul(character: str) -> bool:
    """A conjoining jamo; whole syllables part from each other."""
    code = ord(character)
    return 0x1100 <= code <= 0x11FF or 0xA960 <= code <= 0xA97F or 0xD7B0 <= code <= 0xD7FF
