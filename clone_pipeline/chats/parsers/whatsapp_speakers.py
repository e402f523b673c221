"""Who speaks in a WhatsApp message: the name in front of the first colon, if it is one."""

import re

from clone_pipeline.chats.parsers.whatsapp_notices import is_call, is_notice, kind_and_text
from clone_pipeline.chats.parsers.whatsapp_words import without_marks
from clone_pipeline.records import Kind

_SPEAKER = re.compile(
    r"^(?P<name>[^:\n]{1,80}):(?: |$|(?=\n)|(?=[^\s\d/]))(?P<body>.*)$", re.DOTALL
)


def spoken(body: str, names: frozenset[str]) -> tuple[str, Kind, str]:
    """Author ("" for a notice), kind and text of a message.

    Args:
        body: what stands behind the date and time.
        names: names that read like notices or have a colon in them, and are names.
    """
    longer = next((name for name in names if body.startswith(name + ": ")), "")
    if longer:
        name, said = longer, body[len(longer) + 2 :]
    elif match := _SPEAKER.match(body):
        name, said = match["name"], match["body"]
    else:
        return _unspoken(body)
    if not longer and is_notice(without_marks(name)):
        return _unspoken(body)
    author = without_marks(name).strip().removeprefix("~").strip()
    if not author:
        return _unspoken(body)
    kind, text = kind_and_text(said, author)
    return author, kind, text


def _unspoken(body: str) -> tuple[str, Kind, str]:
    text = without_marks(body).strip()
    return "", "call" if is_call(text) else "system", text
