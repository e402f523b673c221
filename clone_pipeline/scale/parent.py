"""Children that do not outlive who started them, whatever kills the starter."""

import ctypes
import os
import signal
import sys
import threading
import time

_PR_SET_PDEATHSIG = 1
_WATCH_SECONDS = 0.5


def die_with_parent(parent: int | None = None, *, at_once: bool = True) -> None:
    """End this process when the process that started it is gone.

    A thread looks twice a second whether the parent changed.

    Args:
        parent: the process id of who started us, where it was handed over; closes the gap in which
            the parent dies before this call. None takes the parent of this moment.
        at_once: on Linux, have the kernel send SIGKILL at that instant too (prctl(2),
            PR_SET_PDEATHSIG). It counts the *thread* that started us: switch this off where that
            thread may end before the process does.
    """
    expected = os.getppid() if parent is None else parent
    if at_once and sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != expected:
        os._exit(1)
    threading.Thread(target=_watch, args=(expected,), name="parent-watch", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_WATCH_SECONDS)
    os._exit(1)
