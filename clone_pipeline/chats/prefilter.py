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
    STREET,
)  # fmt: skip

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

_EDGE = b"\n" * 80


def places_to_look(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The places of the texts that may hold personal data, in order, and the hints of each."""
    for start in range(0, len(texts), BATCH):
        batch = [text.encode("utf-8", "surrogatepass") for text in texts[start : start + BATCH]]
        hints = _hints(batch)
        places = np.flatnonzero(hints)
        yield from zip((places + start).tolist(), hints[places].tolist(), strict=True)


def _hints(batch: Sequence[bytes]) -> npt.NDArray[np.int16]:
    data, ends = _joined(batch)
    digit = data - 48 < 10
    digits = _without_ids(data, np.flatnonzero(digit))
    free, in_words = _without_links(data, digits)
    hints = np.zeros(len(batch) + 1, np.int16)
    for found in (_by_digits(data, digits, free), _by_signs(data)):
        for hint, signs in found:
            _add(hints, hint, np.searchsorted(ends, signs, "right"))
    in_runs = np.flatnonzero(_runs(data - 45 < 78, LENGTH))
    for places, closer in ((in_words, _by_words), (in_runs, _by_length)):
        rest = np.unique(np.searchsorted(ends, places, "right"))
        rest_data, rest_ends = _joined([batch[place] for place in rest.tolist()])
        for hint, found_at in closer(rest_data):
            within = np.searchsorted(rest_ends, found_at, "right")
            _add(hints, hint, rest[within[within < len(rest)]])
    return hints[:-1]


def _add(hints: npt.NDArray[np.int16], hint: int, places: Places) -> None:
    if len(places):
        mask = np.zeros(len(hints), np.bool_)
        mask[places] = True
        hints[mask] |= hint


def _joined(batch: Sequence[bytes]) -> tuple[Bytes, Places]:
    """The bytes of all, an edge around them, and where each text ends."""
    data = np.frombuffer(_EDGE + b"\n".join(batch) + _EDGE, np.uint8)
    lengths = np.fromiter(map(len, batch), np.int64, len(batch))
    return data, np.cumsum(lengths + 1) + len(_EDGE) - 1


def _without_ids(data: Bytes, digits: Places) -> Places:
    """The places of digits, without those of ids such as Discord's in <@806051234567890123>."""
    last = np.flatnonzero(np.diff(digits, append=-1) != 1)
    first = np.concatenate((last[:0], [0], last[:-1] + 1))[: len(last)]
    lengths = last - first + 1
    ids = (lengths > 16) & (data[digits[last] + 1] == 62)
    return digits[np.repeat(~ids, lengths)] if ids.any() else digits


def _by_digits(data: Bytes, digits: Places, free: Places) -> Hinted:
    yield DIGITS, free[:-5][free[5:] - free[:-5] <= 20]
    yield DIGITS, free[:-4][free[4:] - free[:-4] <= 8]
    nine = digits[:-8][digits[8:] - digits[:-8] == 8]
    yield LINK, nine[tables.LINKS[data[nine - 1]]]
    four = digits[:-3][digits[3:] - digits[:-3] == 3]
    yield CODE, four[(data[four - 1] - 65 < 26) & (data[four + 4] - 65 < 26)]
    dots = np.flatnonzero(data == 46)
    dots = dots[(data[dots - 1] - 48 < 10) & (data[dots + 1] - 48 < 10)]
    yield NET, dots[:-2][dots[2:] - dots[:-2] <= 8]


def _by_signs(data: Bytes) -> Hinted:
    at = np.flatnonzero(data == 64)
    before = data[at - 1]
    yield AT, at[(before > 32) & (before != 60)]
    equals = np.flatnonzero((data == 58) | (data == 61))
    yield SECRET, equals[_may_name_a_secret(data, equals)]
    colons = equals[data[equals] == 58]
    near = colons[:-1][colons[1:] - colons[:-1] <= 5]
    yield NET, near[tables.HEX[data[near + 1]]]
    hyphens = np.flatnonzero(data == 45)
    yield PEM, hyphens[:-4][hyphens[4:] - hyphens[:-4] == 4]
    if data.max() > 127:
        for lead, follows in tables.FOLDED:
            places = np.flatnonzero(data == lead[0])
            for offset, byte in enumerate(lead[1:], 1):
                places = places[data[places + offset] == byte]
            yield EVERY, places[follows[data[places + len(lead)]]]


def _by_length(data: Bytes) -> Hinted:
    """Where a word as long as a key begins, of letters, digits and hyphens, not of digits only."""
    digit = data - 48 < 10
    words = digit | ((data | 32) - 97 < 26) | (data == 45) | (data == 95)
    yield LONG, np.flatnonzero(_runs(words, LENGTH) & ~_runs(digit, LENGTH))


def _may_name_a_secret(data: Bytes, signs: Places) -> Mask:
    """Whether a word that may name a secret ends before these signs, quotes and spaces aside."""
    last = signs - 1
    for _ in range(4):
        last = last - tables.QUIET[data[last]]
    second, third = data[last - 1], data[last - 2]
    pairs = (second | 32).astype(np.uint16) << 8 | (data[last] | 32)
    letters = (data[last] > 127) & ((third - 0xE3 < 11) | (second - 0xC3 < 15))
    other = (pairs == 0x6564) & (third | 32 != 0x65)  # "ed", but not "eed"
    ends: Mask = letters | (tables.ENDINGS[pairs] & ~other)
    return ends


def _without_links(data: Bytes, digits: Places) -> tuple[Places, Places]:
    """The places of digits that do not go on within a link or a name behind an @.

    Besides, the first places of those that belong to neither.
    """
    last = np.flatnonzero(np.diff(digits, append=-1) != 1)
    first = np.concatenate((last[:0], [0], last[:-1] + 1))[: len(last)]
    start = digits[first]
    moving = np.arange(len(start))
    for _ in range(STEPS):
        moving = moving[data[start[moving] - 1] > 32]
        start[moving] -= 1
        if not len(moving):
            break
    link = (data[start] | 32 == 104) & (data[start + 1] | 32 == 116) & (data[start + 3] | 32 == 112)
    link |= (data[start] == 64) | (data[start] == 60)
    before, further = data[digits[first] - 1], data[digits[first] - 2]
    inside = tables.INSIDE[before] | ((before == 46) & (further - 48 < 10))
    keep = np.repeat(~(link & inside), last - first + 1)
    return digits[keep], digits[first[~link]]


def _by_words(data: Bytes) -> Hinted:
    """Where one of the words may begin that name a secret or a street."""
    small = (data | 32).astype(np.uint16)
    pairs = small[:-1] << 8 | small[1:]
    found = tables.FIRST[pairs[:-2]] & tables.SECOND[pairs[2:]]
    places = np.flatnonzero(found)
    yield SECRET, places[found[places] & tables.OF_SECRETS != 0]
    yield STREET, places[found[places] & ~tables.OF_SECRETS != 0]


def _runs(mask: Mask, length: int) -> Mask:
    """Whether `length` true values in a row begin at a place."""
    held = 1
    while held < length:
        step = min(held, length - held)
        mask = mask[:-step] & mask[step:]
        held += step
    return mask
