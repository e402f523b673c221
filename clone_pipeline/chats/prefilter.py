"""Which texts of many may hold personal data: one pass over their bytes, a few operations each.

A text without hints holds nothing that the finders of `personal_data` find; one with a hint may
hold nothing either. Bytes are compared by numpy for a batch of texts at once: that takes a
fraction of the time of a regular expression for each text.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from clone_pipeline.chats import prefilter_tables as tables
from clone_pipeline.chats.personal_data.hints import (
    AT,
    CODE,
    DIGITS,
    EVERY,
    LINK,
    LONG,
    NET,
    PEM,
    SECRET,
)  # fmt: skip
from clone_pipeline.chats.prefilter_words import by_words, may_name_a_secret

# Texts are looked at in batches that stay within the cache of a CPU.
BATCH = 4000
# So far back the beginning of a word with digits is looked for, in bytes.
STEPS = 64
# So many letters, digits and hyphens has the shortest key.
LENGTH = 15

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Hinted = Iterator[tuple[int, Places]]

_EDGE_TEXT = "\n" * 80
_EDGE = _EDGE_TEXT.encode()


def places_to_look(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The places of the texts that may hold personal data, in order, and the hints of each."""
    for start in range(0, len(texts), BATCH):
        hints = _hints(texts[start : start + BATCH])
        places = np.flatnonzero(hints)
        yield from zip((places + start).tolist(), hints[places].tolist(), strict=True)


def _hints(batch: Sequence[str]) -> npt.NDArray[np.int16]:
    raw = _joined(batch)
    data = np.frombuffer(raw, np.uint8)
    ends = np.flatnonzero(data == 0)
    if len(ends) != len(batch) + 1:
        return _hints([text.replace("\0", " ") for text in batch])
    hints = np.zeros(len(batch) + 2, np.int16)
    signs = np.flatnonzero(data - 33 < 32)
    values = data[signs]
    digits, free, in_words = _digits(data, signs[values - 48 < 10])
    for hint, places in (
        *_by_digits(data, digits, free),
        *_by_signs(data, signs, values),
        *((LONG, each) for each in _long_words(data)),
        *(_rare(data) if b"-----" in raw or not raw.isascii() else ()),
    ):
        _add(hints, hint, np.searchsorted(ends, places))
    told = np.unique(np.searchsorted(ends, in_words))
    if len(told):
        pieces = [raw[ends[place - 1] : ends[place]] for place in told.tolist()]
        rest = np.frombuffer(b"".join(pieces) + _EDGE, np.uint8)
        rest_ends = np.cumsum(np.fromiter(map(len, pieces), np.int64, len(pieces)))
        for hint, places in by_words(rest):
            within = np.searchsorted(rest_ends, places, "right")
            _add(hints, hint, told[within[within < len(told)]])
    return hints[1:-1]


def _joined(batch: Sequence[str]) -> bytes:
    """The bytes of all, a 0 before each and behind the last one, an edge around them."""
    return "\0".join((_EDGE_TEXT, *batch, _EDGE_TEXT)).encode("utf-8", "surrogatepass")


def _add(hints: npt.NDArray[np.int16], hint: int, places: Places) -> None:
    if len(places):
        mask = np.zeros(len(hints), np.bool_)
        mask[places] = True
        hints[mask] |= hint


def _digits(data: Bytes, digits: Places) -> tuple[Places, Places, Places]:
    """The places of digits but for those of ids such as Discord's in <@806051234567890123>.

    Besides, those of them that do not go on within a link or a name behind an @, and the first
    places of those that are in neither.
    """
    last = np.flatnonzero(np.diff(digits, append=-1) != 1)
    lengths = np.diff(last, prepend=-1)
    start = digits[last] - lengths + 1
    before, further = data[start - 1], data[start - 2]
    own = (lengths < 17) | (data[digits[last] + 1] != 62)
    inside = tables.INSIDE[before] | ((before == 46) & (further - 48 < 10))
    moving = np.flatnonzero(before > 32)
    for _ in range(STEPS):
        start[moving] -= 1
        moving = moving[data[start[moving] - 1] > 32]
        if not len(moving):
            break
    link = (data[start] | 32 == 104) & (data[start + 1] | 32 == 116) & (data[start + 3] | 32 == 112)
    link |= (data[start] == 64) | (data[start] == 60)
    first = digits[last] - lengths + 1
    shown = np.repeat(own, lengths)
    return digits[shown], digits[shown & np.repeat(~(link & inside), lengths)], first[~link]


def _by_digits(data: Bytes, digits: Places, free: Places) -> Hinted:
    yield DIGITS, free[:-5][free[5:] - free[:-5] <= 20]
    yield DIGITS, free[:-4][free[4:] - free[:-4] <= 8]
    nine = digits[:-8][digits[8:] - digits[:-8] == 8]
    yield LINK, nine[tables.LINKS[data[nine - 1]]]
    four = digits[:-3][digits[3:] - digits[:-3] == 3]
    yield CODE, four[(data[four - 1] - 65 < 26) & (data[four + 4] - 65 < 26)]


def _by_signs(data: Bytes, signs: Places, values: Bytes) -> Hinted:
    dots = signs[values == 46]
    dots = dots[(data[dots - 1] - 48 < 10) & (data[dots + 1] - 48 < 10)]
    yield NET, dots[:-2][dots[2:] - dots[:-2] <= 8]
    at = signs[values == 64]
    before = data[at - 1]
    yield AT, at[(before > 32) & (before != 60)]
    equals = signs[(values == 58) | (values == 61)]
    yield SECRET, equals[may_name_a_secret(data, equals)]
    colons = signs[values == 58]
    near = colons[:-1][colons[1:] - colons[:-1] <= 5]
    yield NET, near[tables.HEX[data[near + 1]]]


def _long_words(data: Bytes) -> Iterator[Places]:
    """Where a word as long as a key begins, of letters, digits and hyphens, not of digits only."""
    digit = data - 48 < 10
    words = digit | ((data | 32) - 97 < 26) | (data == 45) | (data == 95)
    long = np.flatnonzero(_runs(words, LENGTH))
    if len(long):
        numbers = np.lib.stride_tricks.sliding_window_view(digit, LENGTH)[long].all(1)
        yield long[~numbers]


def _rare(data: Bytes) -> Hinted:
    """What is known by five hyphens, and digits and hyphens that `folded` makes plain ones."""
    hyphens = np.flatnonzero(data == 45)
    yield PEM, hyphens[:-4][hyphens[4:] - hyphens[:-4] == 4]
    high = np.flatnonzero(data > 193)
    values = data[high]
    for lead, follows in tables.FOLDED:
        places = high[values == lead[0]]
        for offset, byte in enumerate(lead[1:], 1):
            places = places[data[places + offset] == byte]
        yield EVERY, places[follows[data[places + len(lead)]]]


def _runs(mask: Mask, length: int) -> Mask:
    """Whether `length` true values in a row begin at a place."""
    held = 1
    while held < length:
        step = min(held, length - held)
        mask = mask[:-step] & mask[step:]
        held += step
    return mask
