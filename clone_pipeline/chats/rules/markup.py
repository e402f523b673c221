"""Discord's markup of people, channels, times and custom emoji.

Source: https://discord.com/developers/docs/reference#message-formatting
"""

import re

from clone_pipeline.chats.rules.rule import closed

MENTION = re.compile(r"<(?:@[!&]?|#)\d+>")

_OTHERS = r"t:-?\d+(?::[a-zA-Z])?|/[^<>:\n]{1,100}:\d+|id:\w+"
_MARKUP = re.compile(rf"<(?:(?:@[!&]?|#)\d+|{_OTHERS})>")
_EMOJI = re.compile(r"<a?(:\w+:)\d+>")
_EMOJI_NAME = re.compile(r"(?<![\w:]):[a-z0-9_]{2,32}:(?![\w:])", re.IGNORECASE)
_DIGITS_ONLY = re.compile(r":\d+:")


def without_mentions(text: str) -> str:
    """The text less <@123>, <#123>, <@&123>, <t:123:R>, </command:123>."""
    if "<" not in text:
        return text
    found = _MARKUP.sub("", text)
    return text if found == text else closed(found)


def named_emoji(text: str) -> str:
    """<:pepe:123> as :pepe:."""
    return _EMOJI.sub(r"\1", text) if "<:" in text or "<a:" in text else text


def without_custom_emoji(text: str) -> str:
    """The text less <:pepe:123> and :pepe:, which clean-discord leaves out; 10:30:15 stays."""
    found = _EMOJI_NAME.sub(_kept_digits, named_emoji(text))
    return text if found == text else closed(found)


def _kept_digits(found: re.Match[str]) -> str:
    return found.group() if _DIGITS_ONLY.fullmatch(found.group()) else ""
