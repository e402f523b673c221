"""Exports of which only a part could be read, and the keys of messages that have none."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

from clone_pipeline.settings import Fault, FaultyInput

SHOWN = 5


class PartlyRead(FaultyInput):
    """A parser's last word on a file that it could not read whole.

    Attributes:
        lost: how many messages could not be read.
    """

    def __init__(self, faults: list[Fault], lost: int) -> None:
        super().__init__(faults)
        self.lost = lost

    def __reduce__(self) -> tuple[Any, ...]:
        """To another process it goes with its faults."""
        return type(self), (self.faults, self.lost)


class Losses:
    """Collects what went wrong in one file; the first few faults are kept, all are counted."""

    def __init__(self, source_file: str) -> None:
        self._source_file = source_file
        self._faults: list[Fault] = []
        self.lost = 0

    def note(self, found: str, fix: str) -> None:
        """Something is wrong with the file as a whole."""
        self._faults.append(Fault(self._source_file, found, fix))

    def lose(self, found: str, fix: str) -> None:
        """One message can't be read."""
        self.lost += 1
        if self.lost <= SHOWN:
            self.note(found, fix)
        elif self.lost == SHOWN + 1:
            self.note("more messages like these", fix)

    def tell(self) -> None:
        """Say it, if there is anything to say.

        Raises:
            PartlyRead: at least one fault was noted.
        """
        if self._faults:
            raise PartlyRead(self._faults, lost=self.lost)


def digest(*parts: str) -> str:
    """16 hexadecimal digits made from `parts`; ("a", "bc") and ("ab", "c") differ."""
    joined = "\0".join(part.replace("\0", " ") for part in parts)
    return hashlib.blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


class Numbered:
    """Ids for messages that have none: the same facts give the same id, in any file.

    Facts that occur several times in a file are told apart by their number of occurrence, so
    that overlapping exports of one chat give the same ids.
    """

    def __init__(self, platform: str) -> None:
        self._platform = platform
        self._seen: Counter[int] = Counter()

    def __call__(self, *facts: str) -> str:
        """`<platform>:<digest>` of the facts and their occurrence."""
        # A number, not the facts: texts must not be held.
        mark = int(digest(*facts), 16)
        self._seen[mark] += 1
        return f"{self._platform}:{digest(*facts, str(self._seen[mark]))}"


def lines_of(text: str) -> Iterator[str]:
    r"""The lines of `text`, split at \n and \r\n only: other separators may be part of one."""
    for line in text.split("\n"):
        yield line.removesuffix("\r")


def decoded(raw: bytes, *, source_file: str) -> str:
    """The bytes as text: UTF-8, with or without a mark, or UTF-16 with one.

    Raises:
        FaultyInput: it is neither.
    """
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        found = f"bytes at {error.start} that are not {encoding.removesuffix('-sig').upper()}"
        raise FaultyInput([Fault(source_file, found, "Save the file as UTF-8.")]) from None
