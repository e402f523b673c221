"""Documents to chunks that fit in one prompt; joined, they are the document again."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from pydantic import Field

from clone_pipeline.records import Chunk, Document, content_id
from clone_pipeline.settings import Settings

# Where a text is cut, best first; the cut is at the match's end.
_CUTS = (
    re.compile(r"\n(?:[^\S\n]*\n)+"),
    re.compile(r"\n"),
    re.compile(r"[.!?…][\"'”’»)\]*_]*\s+|[。！？][」』”’）]*"),
    re.compile(r"\s+"),
)
# A Markdown heading, or a line that leads on to a list or an example, at the end of a chunk.
_LEADS_ON = re.compile(r"(?:\A|\n)(?:#{1,6}[^\S\n][^\n]*|[^\n]*[:：])\s*\Z")
# A fenced code block (CommonMark 4.5): its fences are of one kind, the closing one stands alone.
_FENCED = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*\n.*?^ {0,3}\1[`~]*[^\S\n]*$", re.M | re.S)
_JOINER = "\u200d"
_ALWAYS_BEHIND = re.compile("[\u200d\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\udc00-\udfff]")
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]")


class ChunkingSettings(Settings):
    """How documents are cut."""

    max_chars: int = Field(1900, ge=200, le=100_000, description="longest chunk, in characters")
    min_chars: int = Field(
        50,
        ge=0,
        le=10_000,
        description="a document's last chunk is at least this long where the document is "
        "(in characters; at most a quarter of max_chars counts)",
    )
    use_subset: bool = Field(False, description="try the pipeline on the first chunks only")
    subset_size: int = Field(10, ge=1, description="how many chunks a subset has")


def chunks(
    documents: Iterable[Document],
    *,
    max_chars: int,
    min_chars: int = 0,
    use_subset: bool = False,
    subset_size: int = 10,
) -> tuple[list[Chunk], Counter[str], int]:
    """All chunks of the documents, in reading order.

    Returns:
        Chunks, and documents (the unit that enters) dropped by reason: "empty" without text,
        "not_in_subset" behind the first `subset_size` chunks; and how many chunks of the last
        document that is used are not in the subset.
    """
    made: list[Chunk] = []
    dropped: Counter[str] = Counter()
    limit = subset_size if use_subset else None
    for document in documents:
        if not document.text.strip():
            dropped["empty"] += 1
        elif limit is not None and len(made) >= limit:
            dropped["not_in_subset"] += 1
        else:
            made += chunk_document(document, max_chars=max_chars, min_chars=min_chars)
    return made[:limit], dropped, max(0, len(made) - limit) if limit is not None else 0


def chunk_document(document: Document, *, max_chars: int, min_chars: int = 0) -> Iterator[Chunk]:
    """Cut `document` at its best break before `max_chars`.

    The chunks are contiguous: joined, their texts are `document.text`. A break is the last blank
    line, else line end, else sentence end, else space, that leaves the chunk at least a quarter
    full and parts neither a fenced code block nor a Markdown heading or a lead-in (a line that
    ends with a colon) from what follows; if none is, the last that does. A text without any is
    cut at the limit, but not inside a character that is written as several code points. No chunk
    is blank, unless the text holds a longer blank than a chunk.

    Args:
        document: any length; empty text gives no chunk.
        max_chars: longest chunk, in code points, at least 1.
        min_chars: the last chunk has at least as many where the document has (at most a quarter
            of `max_chars` counts).

    Yields:
        Chunks in reading order, each 1 to `max_chars` code points long.

    Raises:
        ValueError: `max_chars` is below 1.
    """
    if max_chars < 1:
        raise ValueError(f"max_chars is {max_chars}; it must be at least 1")
    text, start, position = document.text, 0, 0
    tail = min(min_chars, max_chars // 4)
    fenced = [found.span() for found in _FENCED.finditer(text)]
    while start < len(text):
        end = len(text)
        if end - start > max_chars:
            end = _cut(text, start, min(start + max_chars, end - tail), max_chars, fenced)
        name = content_id(document.path, position, text[start:end])
        yield Chunk(name, document.document_id, position, start, end, text[start:end])
        start, position = end, position + 1


def _cut(
    text: str, start: int, limit: int, max_chars: int, fenced: Sequence[tuple[int, int]]
) -> int:
    """The best place in `start + 1 .. limit` to end a chunk that began at `start`."""
    floor = max(1, max_chars // 4)
    near = [span for span in fenced if span[0] < limit and span[1] > start]

    def parts(end: int) -> bool:
        return any(a < end < b for a, b in near) or bool(_LEADS_ON.search(text[start:end]))

    for patterns, may_part in ((_CUTS[:3], False), (_CUTS, True)):
        for pattern in patterns:
            ends = [found.end() for found in pattern.finditer(text, start, limit)]
            for end in reversed(ends):
                if end < start + floor:
                    break
                if _fits(text, start, end, floor) and (may_part or not parts(end)):
                    return end
    whole = (end for end in range(limit, start, -1) if _fits(text, start, end, floor))
    return next(whole, limit)


def _fits(text: str, start: int, end: int, floor: int) -> bool:
    """Whether neither this chunk nor the next one would be blank, and no character is halved."""
    if text[start:end].isspace() or text[end : end + floor].isspace():
        return False
    before, behind = text[end - 1], text[end]
    if before == _JOINER or _ALWAYS_BEHIND.match(behind) or unicodedata.category(behind)[0] == "M":
        return False
    return not (_FLAG.match(behind) and _flags_before(text, start, end) % 2)


def _flags_before(text: str, start: int, end: int) -> int:
    count = 0
    while end - count > start and _FLAG.match(text[end - count - 1]):
        count += 1
    return count
