"""Which bytes may belong to a word that names a secret or a street, by `prefilter_tables`."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from clone_pipeline.chats import prefilter_tables as tables
from clone_pipeline.chats.personal_data.hints import SECRET, STREET

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def may_name_a_secret(data: Bytes, signs: Places) -> Mask:
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


def by_words(data: Bytes) -> Iterator[tuple[int, Places]]:
    """Where one of the words may begin that name a secret or a street."""
    small = (data | 32).astype(np.uint16)
    pairs = small[:-1] << 8 | small[1:]
    for hint, first, second in (
        (SECRET, *tables.OF_SECRETS),
        (STREET, *tables.OF_STREETS),
    ):
        yield hint, np.flatnonzero(first[pairs[:-2]] & second[pairs[2:]])
