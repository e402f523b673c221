"""Programs that write journals and are killed or stopped by their tests: WHAT PATH NUMBER."""

import itertools
import os
import resource
import signal
import sqlite3
import sys
from pathlib import Path

from clone_pipeline.llm import journal_rows
from clone_pipeline.llm.asking import Request
from clone_pipeline.llm.journal import Journal
from clone_pipeline.llm.journal_packing import Packed
from clone_pipeline.settings import FaultyInput


def question(number: int) -> Request:
    """The n-th question, hard to compress, about a passage that it shares with nine others."""
    passage = "".join(f"{number // 10 * 7919 + n * 104729:x} " for n in range(200))
    content = f"{passage}\n\nQuestion {number}?"
    messages = ({"role": "system", "content": "Judge. " * 60}, {"role": "user", "content": content})
    return Request("small", messages, 0.2, 1.0, 50, step="check")


def reply(number: int) -> str:
    """The n-th reply, likewise."""
    written = "".join(f"{number * 6007 + n * 15485863:x}" for n in range(120))
    return f'{{"text": "{written}"}}'


def put_until_stopped(path: Path, _: int) -> None:
    """Put answers one after another; each number is told once it is durable."""
    with Journal(path) as journal:
        for number in itertools.count(len(journal)):
            stored = journal.put(str(number), question(number), reply(number), cost=1.0)
            if number % 7 == 0:
                continue
            stored.result()
            os.write(1, f"{number}\n".encode())


def put_until_full(path: Path, largest: int) -> None:
    """The same in files of at most `largest` bytes, until that is too little."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    try:
        put_until_stopped(path, 0)
    except FaultyInput as fault:
        os.write(2, str(fault).encode())


def die_in_take_over(path: Path, number: int) -> None:
    """Open a journal of version 1 and die at its n-th entry."""
    taken = journal_rows.request_id
    counted = itertools.count(1)

    def take_or_die(connection: sqlite3.Connection, packed: Packed) -> int:
        if next(counted) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return taken(connection, packed)

    journal_rows.request_id = take_or_die
    Journal(path).close()


PROGRAMS = {each.__name__: each for each in (put_until_stopped, put_until_full, die_in_take_over)}

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
