"""A child process that ends with its parent, whichever way the parent ends."""

import os
import threading
import time

_LOOK_SECONDS = 0.5


def end_with_parent(parent: int) -> None:
    """End this process soon after `parent`, which started it, is gone.

    Looks at the parent's id twice a second, on every Unix: Linux's PR_SET_PDEATHSIG would fire
    as soon as the *thread* that started the child ends.

    Args:
        parent: process id of the parent, as the parent itself gave it.
    """
    threading.Thread(target=_watch, args=(parent,), name="lifeline", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os._exit(0)
