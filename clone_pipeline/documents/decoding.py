"""Bytes to text, whatever the encoding; None for what is no text."""

import codecs
import re
import unicodedata

import charset_normalizer

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What a page or a source file says of itself: <meta charset>, <?xml encoding?>, # -*- coding -*-
_DECLARED = re.compile(rb"(?:charset|encoding|coding)\s*[=:]\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})")
_CONTROLS = frozenset("\n\t\f\r\v\x1b\x85")
_SAMPLE = 65_536


def decode(data: bytes, *, said: str = "") -> str | None:
    """The text in `data` with line feeds as newlines and without a byte order mark.

    Tried in turn: byte order mark, UTF-8, the encoding that its server named, the one that the
    text names in its first 2,048 bytes, the most likely one by its statistics.

    Args:
        data: any bytes.
        said: the encoding that a server named; empty: none.

    Returns:
        None if `data` is no text in any of them.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _text(data, encoding)
    if b"\x00" in data:
        return None
    text = _text(data, "utf-8")
    if text is None and said:
        text = _text(data, said)
    if text is None and (declared := _DECLARED.search(data[:2048])):
        text = _text(data, declared.group(1).decode("ascii"))
    return _likely(data) if text is None else text


def normalised(text: str) -> str:
    """`text` with line feeds as newlines and no half of a surrogate pair."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\r\n", "\n").replace("\r", "\n")


def _text(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None
    return normalised(text) if _reads_as_text(text) else None


def _likely(data: bytes) -> str | None:
    """The text in its most likely encoding; between equals, the one of Western Windows."""
    matches = list(charset_normalizer.from_bytes(data))
    if not matches:
        return None
    best = matches[0]
    equals = [
        m.encoding for m in matches if (m.chaos, -m.coherence) <= (best.chaos, -best.coherence)
    ]
    return _text(data, "cp1252" if "cp1252" in equals else best.encoding)


def _reads_as_text(text: str) -> bool:
    """At most one character in 200 is a control character that no text file holds."""
    sample = text[:_SAMPLE]
    odd = sum(c not in _CONTROLS and unicodedata.category(c) in {"Cc", "Cn"} for c in sample)
    return odd * 200 <= len(sample)
