"""How a process that is about to read many messages uses memory and threads."""

import ctypes
import gc
import sys

import pyarrow as pa

# mallopt(3)
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_KEPT_BYTES = 1 << 28
_LARGEST_BYTES = 1 << 25


def tuned_for_tables() -> None:
    """Spare this process what costs more than it gains while tables pass through it.

    What is loaded by now stays: looking through it again and again for garbage costs a second of a
    long run. Memory that was freed is kept for the next batch: to have the kernel clear new pages
    for each costs half a second of a minute's messages. Columns of some thousand rows are read by
    one thread sooner than they are shared out among several.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    pa.set_cpu_count(1)
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)
        libc.mallopt(_MMAP_THRESHOLD, _LARGEST_BYTES)
