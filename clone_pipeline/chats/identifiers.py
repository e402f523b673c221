"""Ids and file names as they may be shown: equal ones stay equal, numbers of a platform stay."""

import re
from collections.abc import Callable, Collection

# The ids that a platform or `partly.digest` gave: there is nothing personal in them.
_NUMBER = re.compile(r"(?:\d+|[0-9a-f]{16})(?:~[0-9a-f]{16})?")
# Where the parts of a path end, and a file's type begins.
_PARTS = re.compile(r"(?<=/)|(?=/)|(?=\.(?:txt|json|jsonl|csv|parquet|zip|html?)\Z)", re.IGNORECASE)
# What stands before or behind personal data in a name, and is part of a word in talk.
_WORDS = re.compile(r"(?<=_)|(?=_)|(?<=-)(?=\+)")


def masked_name(name: str, mask: Callable[[str], str]) -> str:
    """A file's name, a channel's or a person's, or an id that is one, with masks."""
    return "".join(_in_words(part, mask) for part in _PARTS.split(name))


def masked_id(identity: str, mask: Callable[[str], str]) -> str:
    """An id with masks, unless it is a number: those look like phone numbers and are none."""
    return identity if _NUMBER.fullmatch(identity) else masked_name(identity, mask)


def masked_message_ids(ids: Collection[str], mask: Callable[[str], str]) -> dict[str, str]:
    """The message ids that are shown otherwise than they are, and how; different ones differ.

    Args:
        ids: `<platform>:<id>`, in the order of the messages.
        mask: hides personal data.
    """
    shown: dict[str, str] = {}
    taken: set[str] = set()
    for message_id in ids:
        masked = masked_message_id(message_id, mask)
        if masked == message_id:
            continue
        free, number = masked, 1
        while free in taken or free in ids:
            number += 1
            free = f"{masked}~{number}"
        shown[message_id] = free
        taken.add(free)
    return shown


def masked_message_id(message_id: str, mask: Callable[[str], str]) -> str:
    """One of them, by itself: its platform is nothing personal."""
    platform, colon, own = message_id.partition(":")
    return platform + colon + masked_id(own, mask)


def _in_words(part: str, mask: Callable[[str], str]) -> str:
    if not part:
        return part
    masked = mask(part)
    words = _WORDS.split(masked)
    return "".join(mask(word) for word in words) if len(words) > 1 else masked
