"""The entries of an RSS or Atom feed."""

import html
from typing import Any

from clone_pipeline.documents.webpage import read_page

# Where an entry's text may stand: RSS's, and Atom's.
_BODIES = frozenset({"encoded", "description", "content", "summary"})
_ATOM = "{http://www.w3.org/2005/Atom}"


def read_feed(source: str) -> tuple[str, str]:
    """The feed's title and its entries in their order, each below its own title.

    Of an entry's text and summary the longer is taken; addresses, dates and pictures are left out.

    Args:
        source: the feed's XML; what is broken in it is passed over.

    Returns:
        Title ("" if there is none) and text ("" if there is no entry with any).
    """
    from lxml import etree  # noqa: PLC0415

    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, huge_tree=True, encoding="utf-8"
    )
    root = etree.fromstring(source.encode(), parser) if source.strip() else None
    if root is None:
        return "", ""
    entries = root.xpath("//*[local-name() = 'item' or local-name() = 'entry']")
    told = []
    for entry in entries:
        title = _title(entry)
        body = max((_body(each) for each in entry if _name(each) in _BODIES), key=len, default="")
        told += [f"## {title}"] * bool(title) + [body] * bool(body)
    channel = next((each for each in root if _name(each) == "channel"), root)
    return _title(channel), "\n\n".join(told)


def _title(element: Any) -> str:
    found = next((each for each in element if _name(each) == "title"), None)
    return "" if found is None else " ".join(_body(found).split())


def _body(element: Any) -> str:
    """The text of markup, of escaped markup, or of plain text."""
    from lxml import etree  # noqa: PLC0415

    plain = element.tag.startswith(_ATOM) and element.get("type", "text") == "text"
    source = html.escape(element.text or "") if plain or len(element) else element.text or ""
    for each in element:
        source += etree.tostring(each, encoding="unicode", method="html")
    return read_page(f"<html><body><div>{source}</div></body></html>")[1]


def _name(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
