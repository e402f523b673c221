"""The readable text of an HTML or XHTML page."""

import re
from typing import Any

# Not the page's text: code, navigation, forms, what a browser does not show, a wiki's apparatus.
_DROPPED_CLASSES = (
    "mw-editsection", "mw-references-wrap", "navbar", "navbox", "noprint", "reflist", "sidebar"
)  # fmt: skip
_DROPPED = " | ".join(
    [
        "//script | //style | //noscript | //template | //nav | //footer | //iframe | //svg",
        "//form | //button | //select | //object | //head/* | //comment()",
        "//processing-instruction() | //*[@hidden] | //*[@aria-hidden='true']",
        "//*[@role='navigation'] | //*[@role='search']",
        "//*[contains(translate(@style, ' ', ''), 'display:none')]",
        "//sup[contains(@class, 'reference')]",
        *(f"//*[contains(concat(' ', @class, ' '), ' {name} ')]" for name in _DROPPED_CLASSES),
    ]
)
# In a wiki's page, a page that says where its text is, a blog: the first of them that there is.
_MAIN = (
    "//*[contains(concat(' ', @class, ' '), ' mw-parser-output ')]",
    "//main | //*[@role='main']",
    "//article",
)
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad]")
# A table that only places its contents on the page.
_LAYOUT = ".//table | .//pre | .//h1 | .//h2 | .//h3 | self::*[@role='presentation']"
_DECLARATION = re.compile(r"\A(?:\s*<\?xml[^>]*>)+")
_HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}
_BLOCK_NAMES = """
    address article aside blockquote body caption center dd details div dl dt fieldset
    figcaption figure header hgroup hr legend li main ol p pre section summary table tbody
    tfoot thead tr ul
"""
_BLOCKS = {*_BLOCK_NAMES.split(), *_HEADINGS}


def read_page(page: str) -> tuple[str, str]:
    """The title and the main text of an HTML page.

    Headings and list items carry Markdown's marks, a table row is a line with ` | ` between its
    cells, blocks are set apart by blank lines. Navigation, scripts, forms and footers are left out.

    Args:
        page: the page's source.

    Returns:
        Title ("" if there is none) and text ("" if there is none).
    """
    from lxml import etree, html  # noqa: PLC0415

    source = _DECLARATION.sub("", page)
    if not source.strip():
        return "", ""
    try:
        tree = html.document_fromstring(source, parser=html.HTMLParser(huge_tree=True))
    except etree.ParserError:
        return "", ""
    title = _line(tree.findtext(".//head/title") or tree.findtext(".//title") or "")
    for element in tree.xpath(_DROPPED):
        if element.getparent() is not None:
            element.drop_tree()
    main = _main(tree)
    main.tail = None
    writer = _Writer()
    for event, element in etree.iterwalk(main, events=("start", "end")):
        writer.enter(element) if event == "start" else writer.leave(element)
    return title, writer.text()


def _main(tree: Any) -> Any:
    """The element that holds the page's own text: what says so, if it holds enough of it."""
    body = tree.find("body") if tree.find("body") is not None else tree
    named = next((found for path in _MAIN if (found := tree.xpath(path))), None)
    if not named:
        return body
    best = max(named, key=lambda element: len(element.text_content()))
    enough = len(best.text_content()) * 4 >= len(body.text_content())
    return best if enough and (best.tag != "article" or len(named) == 1) else body


def _line(text: str) -> str:
    return " ".join(text.split())


class _Writer:
    """Turns the events of a walk over the page into blocks of text."""

    def __init__(self) -> None:
        self.blocks: list[tuple[str, str]] = []
        self.parts: list[str] = []
        self.mark = ""
        self.lists: list[int | None] = []
        self.layout: list[bool] = []
        self.row: list[str] | None = None
        self.depth_pre = 0

    def enter(self, element: Any) -> None:
        """The start of an element: what it opens, then its first text."""
        tag = element.tag
        if tag in _BLOCKS:
            self._flush()
        if tag in _HEADINGS and self.row is None:
            self.mark = _HEADINGS[tag]
        elif tag in {"ul", "ol"}:
            self.lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            self.mark = self._item_mark()
        elif tag == "table":
            self.layout.append(bool(element.xpath(_LAYOUT)))
        elif tag == "tr" and not (self.layout and self.layout[-1]):
            self.row = []
        elif tag == "br":
            self.parts.append("\n")
        elif tag == "pre":
            self.depth_pre += 1
        self._add(element.text)

    def leave(self, element: Any) -> None:
        """The end of an element: what it closes, then the text behind it."""
        tag = element.tag
        if tag in {"td", "th"} and self.row is not None:
            self.row.append(_line("".join(self.parts)))
            self.parts = []
        elif tag == "tr" and self.row is not None:
            self._end_row(self.row)
        elif tag in _BLOCKS:
            self._flush()
        if tag == "table" and self.layout:
            self.layout.pop()
        if tag in {"ul", "ol"} and self.lists:
            self.lists.pop()
        if tag == "pre":
            self.depth_pre -= 1
        if tag in _HEADINGS or tag == "li":
            self.mark = ""
        self._add(element.tail)

    def text(self) -> str:
        """All blocks; items of a list and rows of a table are single lines."""
        self._flush()
        joined = ""
        before = ""
        for kind, block in self.blocks:
            close = kind == before and kind in {"item", "row"}
            joined += ("\n" if close else "\n\n" if joined else "") + block
            before = kind
        return joined

    def _add(self, text: str | None) -> None:
        if text:
            shown = _INVISIBLE.sub("", text)
            self.parts.append(shown if self.depth_pre else re.sub(r"[^\S\xa0]+", " ", shown))

    def _item_mark(self) -> str:
        indent = "  " * (len(self.lists) - 1)
        if self.lists and self.lists[-1] is not None:
            self.lists[-1] += 1
            return f"{indent}{self.lists[-1]}. "
        return f"{indent}- "

    def _end_row(self, cells: list[str]) -> None:
        self.row = None
        if line := " | ".join(filter(None, cells)):
            self.blocks.append(("row", line))

    def _flush(self) -> None:
        written = "".join(self.parts)
        if self.row is not None:
            self.parts = [written.rstrip() + " "] if written.strip() else []
            return
        self.parts = []
        block = written.strip("\n") if self.depth_pre else _lines(written)
        if block.strip():
            self.blocks.append(("item" if self.mark.strip(" #") else "block", self.mark + block))
            self.mark = " " * len(self.mark) if self.mark.strip(" #") else ""


def _lines(text: str) -> str:
    return "\n".join(line for line in map(_line, text.split("\n")) if line)
