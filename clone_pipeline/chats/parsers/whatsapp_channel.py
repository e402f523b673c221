"""The name of a WhatsApp chat, from what the app calls its files."""

import re
from pathlib import PurePosixPath

from clone_pipeline.chats.parsers.whatsapp_words import without_marks

# "WhatsApp Chat with Anna", "WhatsApp Chat - Anna", "Chat de WhatsApp con Anna" ...
_CHAT = re.compile(
    r"^_?\s*(?:[^\W\d_]{2,12} (?:(?:de|do|no|di) )?)?whatsapp(?:[ -](?!-|with )[^\W\d_]+)?"
    r"(?:\s*[-:–]\s+|\s+(?:with|mit|con|avec|com|met|med|с|із|з|з|z|s|cu|dengan|bersama|עם|مع)\s+)"
    r"(?P<name>.+?)(?: \(\d+\))?$",
    re.IGNORECASE,
)
_ENDINGS = (".zip", ".txt")


def channel_of(source_file: str) -> str:
    """The other party or group that the file's or its archive's name tells, "" if it does not.

    Args:
        source_file: the logical name, such as "WhatsApp Chat - Anna.zip/_chat.txt".
    """
    for part in reversed(PurePosixPath(source_file).parts[-2:]):
        name = part
        for ending in _ENDINGS:
            name = name[: -len(ending)] if name.lower().endswith(ending) else name
        for spelt in (name, name.replace("_", " ")):
            if match := _CHAT.match(without_marks(spelt).strip()):
                return match["name"].strip()
    return ""
