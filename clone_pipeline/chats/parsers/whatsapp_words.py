"""What WhatsApp itself writes into a chat: phrases of the app in its languages, by kind.

The phrases and their source stand in `whatsapp_phrases.txt`.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path

from clone_pipeline.chats.parsers.whatsapp_clock import MARKS

LONGEST = 70
OWN = "\u200e"  # in front of what the app writes itself

_PHRASES = Path(__file__).with_name("whatsapp_phrases.txt")
_SPACES = re.compile(r"\s+")
_INVISIBLE = re.compile(f"[{MARKS}]+")
_AROUND = " \t\r\n<>.。।"


def without_marks(text: str) -> str:
    """`text` without the invisible marks of direction that the app puts in.

    Joiners of letters and of emoji are no such marks and stay.
    """
    return text.translate(_DIRECTION) if not text.isascii() else text


def meaning_of(text: str) -> str:
    """The kind of phrase that `text` is as a whole, as the phrases' file calls it; "" for none."""
    return _meanings().get(_key(text), "") if len(text) <= LONGEST else ""


_DIRECTION = dict.fromkeys(
    map(ord, "\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
)


def _key(text: str) -> str:
    if text.isascii() and "  " not in text:
        return text.strip(_AROUND).lower()
    plain = _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip(_AROUND)
    return unicodedata.normalize("NFC", plain).casefold()


@cache
def _meanings() -> dict[str, str]:
    found: dict[str, str] = {}
    meaning = ""
    for line in _PHRASES.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            meaning = line.strip("[]")
        elif line and not line.startswith("#"):
            for phrase in line.split("|"):
                found.setdefault(_key(phrase), meaning)
    return found
