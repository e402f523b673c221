"""What clean-discord takes out of texts besides: laughter, rare signs, repeats. Off by default."""

import re
import unicodedata

from clone_pipeline.chats.rules.rule import closed

_LAUGHTER = re.compile(r"\b(?:a*ha+h[ha]*|o?l+o+l+[ol]*)\b[ \t]?", re.IGNORECASE)
_RARE = re.compile(r"""[^\w\s!-~‘’“”„«»¿¡…–—]""")
_JOINERS = "\u200d\ufe0f"
_SPACE_BEFORE = re.compile(r"(?<=[\w.,!?()]) (?=[.,!?](?:\s|\Z))")
_LETTERS = re.compile(r"([a-z.!?*])\1{3,}", re.IGNORECASE)
_SIGNS = re.compile(r"([,':;/()\[\]+<>=-])\1+")
_LINES = re.compile(r"_{3,}")
_LEADING = re.compile(r"[!.,^#\s]+(?=[^\W_])")


def without_laughter(text: str) -> str:
    """The text less haha and lol in any length."""
    found = _LAUGHTER.sub("", text)
    return text if found == text else closed(found)


def without_rare_signs(text: str) -> str:
    """Letters and digits of any script, common punctuation and emoji: the rest is left out."""
    found = _RARE.sub(_emoji_only, text)
    return text if found == text else closed(found)


def without_space_before_punctuation(text: str) -> str:
    """Take out spaces before . , ! ? ("yes !"); French is written with them."""
    return _SPACE_BEFORE.sub("", text)


def without_long_repeats(text: str) -> str:
    """Letters . ! ? * four times and more as three; other signs once, underscores twice."""
    return _LINES.sub("__", _SIGNS.sub(r"\1", _LETTERS.sub(r"\1\1\1", text)))


def without_leading_signs(text: str) -> str:
    """The text from its first letter, if nothing but ! . , ^ # stands before it."""
    found = _LEADING.match(text)
    return text[found.end() :] if found else text


def emoji_as_names(text: str) -> str:
    """Emoji as :their_name: in Unicode, in lower case."""
    if text.isascii():
        return text
    return "".join(map(_named, text))


def _named(sign: str) -> str:
    if sign in _JOINERS or unicodedata.category(sign) == "Sk" and ord(sign) > 0x1F000:
        return ""
    if not _is_emoji(sign):
        return sign
    name = unicodedata.name(sign, "").lower().replace(" ", "_").replace("-", "_")
    return f":{name}:" if name else ""


def _is_emoji(sign: str) -> bool:
    return unicodedata.category(sign) == "So" and ord(sign) > 0x2000


def _emoji_only(found: re.Match[str]) -> str:
    sign = found.group()
    tone = unicodedata.category(sign) == "Sk" and ord(sign) > 0x1F000
    return sign if sign in _JOINERS or tone or _is_emoji(sign) else ""
