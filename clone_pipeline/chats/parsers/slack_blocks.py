"""The words of a Slack message's blocks, for messages that have none in their `text`.

Source: docs.slack.dev/reference/block-kit/blocks (section, header, context, rich_text).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from clone_pipeline.chats.parsers.json_objects import mapping, mappings, text

# What Slack puts in the place of a text for programs that can't show blocks.
INSTEAD = "This content can't be displayed."

_DEEPEST = 8
_LINED = frozenset({"rich_text_section", "rich_text_quote", "rich_text_preformatted"})


def block_words(row: Mapping[str, Any]) -> str:
    """The words with Slack's markup, a line a block; "" if there are none."""
    found = ("".join(_words(block, _DEEPEST)).strip() for block in mappings(row.get("blocks")))
    return "\n".join(words for words in found if words)


def _words(element: Mapping[str, Any], depth: int) -> Iterator[str]:
    """The words of a block, or of an element of one, in their order."""
    sort = text(element.get("type"))
    if sort == "user":
        yield f"<@{text(element.get('user_id'))}>"
    elif sort == "channel":
        yield f"<#{text(element.get('channel_id'))}>"
    elif sort == "broadcast":
        yield f"<!{text(element.get('range'))}>"
    elif sort == "emoji":
        yield f":{text(element.get('name'))}:"
    elif sort == "link":
        yield text(element.get("text")) or text(element.get("url"))
    else:
        yield text(element.get("text")) or text(mapping(element.get("text")).get("text"))
    if depth:
        parts = [*mappings(element.get("fields")), *mappings(element.get("elements"))]
        for part in parts:
            yield from _words(part, depth - 1)
            yield "\n" if part.get("type") in _LINED else ""
