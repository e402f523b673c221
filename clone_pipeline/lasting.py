"""Large imports: a third of their time is a search for garbage among what stays for good."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def lasting(module: str) -> Iterator[None]:
    """Import `module`, and what uses it, in this block: no garbage is looked for meanwhile.

    All that there is at its end is kept for good, so it does nothing where `module` was imported
    before: by then there may be weights in memory.
    """
    if module in sys.modules or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()
