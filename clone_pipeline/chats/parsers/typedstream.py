"""The text of an attributed string that Apple's NSArchiver wrote ("typedstream", version 4).

Apple does not document the format. Sources: pytypedstream (github.com/dgelessus/python-typedstream,
typedstream/stream.py) and imessage-database's typedstream and crabstep (github.com/ReagentX).
Only what comes before the text is read: an object of a class with a chain of superclasses, whose
first value is a string object of the same form, whose first value is its bytes.
"""

from typing import Literal

_HEADERS = (b"\x04\x0bstreamtyped", b"\x04\x0btypedstream")
_INT16, _INT32, _NEW, _NIL = 0x81, 0x82, 0x84, 0x85
_FIRST_REFERENCE = 0x92
_DEEPEST = 32


class _Stream:
    """A place in the bytes, and the type encodings and class names that were read so far."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._at = len(_HEADERS[0])
        little = raw.startswith(_HEADERS[0])
        self._order: Literal["little", "big"] = "little" if little else "big"
        self._shared: list[bytes] = []

    def take(self, count: int) -> bytes:
        """The next bytes; IndexError if there are fewer."""
        if count < 0 or self._at + count > len(self._raw):
            raise IndexError
        self._at += count
        return self._raw[self._at - count : self._at]

    def integer(self) -> int:
        """A number without a sign, of one, two or four bytes."""
        head = self.take(1)[0]
        if head < _INT16 - 1:
            return head
        if head not in (_INT16, _INT32):
            raise IndexError
        width = 2 if head == _INT16 else 4
        return int.from_bytes(self.take(width), self._order)

    def shared(self) -> bytes:
        """A string that is written once and referred to afterwards."""
        head = self.take(1)[0]
        if head == _NEW:
            self._shared.append(self.take(self.integer()))
            return self._shared[-1]
        if head < _FIRST_REFERENCE:
            raise IndexError
        return self._shared[head - _FIRST_REFERENCE]

    def open_object(self) -> None:
        """The head of an object and of its class, up to where its values begin."""
        if self.take(1)[0] != _NEW:
            raise IndexError
        for _ in range(_DEEPEST):
            head = self.take(1)[0]
            if head == _NIL or head >= _FIRST_REFERENCE:
                return
            if head != _NEW:
                raise IndexError
            self.shared()
            self.integer()
        raise IndexError


def text_of(raw: bytes) -> str | None:
    """The text of an archived NSAttributedString or NSString; None if `raw` holds none."""
    if not raw.startswith(_HEADERS):
        return None
    stream = _Stream(raw)
    try:
        stream.integer()  # the system's version, 1000
        for _ in range(_DEEPEST):
            kind = stream.shared()
            if kind == b"+":
                return stream.take(stream.integer()).decode("utf-8", "replace")
            if kind != b"@":
                return None
            stream.open_object()
    except IndexError:
        return None
    return None
