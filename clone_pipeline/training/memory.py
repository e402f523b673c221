"""Memory that was freed but not given back: batches of many shapes leave holes in the heap."""

import ctypes
import sys

EVERY_STEPS = 4  # a call and the page faults after it cost about a quarter of a step


def give_back() -> None:
    """Have glibc return free memory to the system; nothing elsewhere (malloc_trim(3))."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
