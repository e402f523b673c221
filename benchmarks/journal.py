"""How large and how quick the journal of answers is.

Entries are like those of a QA run: a chunk of 2,000 characters is asked about twenty times, by
prompts of 5 kB that share their demonstrations, some of them votes on one question; a reply is
1 kB of JSON. Texts are drawn words of a made-up vocabulary, about as compressible as English.
Looking up happens in a process of its own, whose memory is told. `version 1` is the plain table of
earlier releases, filled with a part of the same entries.

    python benchmarks/journal.py [--entries 1000000] [--folder DIR]
"""

import argparse
import itertools
import json
import os
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import orjson

from clone_pipeline.llm.asking import Request
from clone_pipeline.llm.journal import Entry, Journal, key, plain_of

STEPS = ("qatuples_gen_no_filenames", "check_question", "check_answer", "multi_turn")
TOGETHER = 60  # put before the next are waited for, as that many slots do
VERSION_1 = (
    "create table answers (key text primary key, host text, request text, reply text, created text)"
)


def vocabulary(draw: random.Random) -> list[str]:
    """The words of a text of 400,000, common ones often."""
    syllables = [
        c + v + e for c in "bcdfghlmnprstvw" for v in "aeiou" for e in ("", "n", "r", "st")
    ]
    words = ["".join(draw.choices(syllables, k=draw.choice((1, 1, 2, 2, 3)))) for _ in range(8000)]
    weights = [1 / (rank + 3) for rank in range(len(words))]
    return draw.choices(words, weights, k=400_000)


def entries(count: int, *, seed: int = 0) -> Iterator[Entry]:
    """So many exchanges, the same ones for the same seed."""
    draw = random.Random(seed)
    pool = vocabulary(draw)

    def words(chars: int) -> str:
        start = draw.randrange(len(pool) - chars)
        return " ".join(pool[start : start + chars // 5])[:chars]

    heads = {step: (words(1200), words(500), words(400), words(500), words(300)) for step in STEPS}
    made = 0
    while made < count:
        passage = "\n\n".join(words(draw.randrange(200, 700)) for _ in range(4))
        for request in questions(heads, passage, words, draw):
            yield answered(request, words(draw.randrange(200, 1200)), draw)
            made += 1
            if made == count:
                return


def questions(
    heads: Mapping[str, tuple[str, ...]], passage: str, words: Callable[[int], str],
    draw: random.Random,
) -> Iterator[Request]:  # fmt: skip
    """What is asked about one chunk: for pairs, two checks of each with votes, a conversation."""
    yield asked(STEPS[0], heads[STEPS[0]], f"Text:\n\n{passage}", 0)
    for _ in range(4):
        pair = f"Question: {words(120)}\n\nAnswer: {words(280)}"
        for step in STEPS[1:3]:
            for vote in range(2 + (draw.random() < 0.25)):
                yield asked(step, heads[step], f"Text:\n\n{passage}\n\n{pair}", vote)
    yield asked(STEPS[3], heads[STEPS[3]], words(1800), 0)


def asked(step: str, head: tuple[str, ...], last: str, vote: int) -> Request:
    roles = ("system", "user", "assistant", "user", "assistant", "user")
    messages = tuple(
        {"role": role, "content": content}
        for role, content in zip(roles, (*head, last), strict=True)
    )
    return Request("a-model-70b", messages, 0.2, 1.0, 1000, ("###",), {}, vote, step)


def answered(request: Request, text: str, draw: random.Random) -> Entry:
    counted = {"prompt_tokens": draw.randrange(1000, 1400), "completion_tokens": len(text) // 4}
    choice = {"index": 0, "message": {"role": "assistant", "content": text, "refusal": None},
              "logprobs": None, "finish_reason": "stop"}  # fmt: skip
    reply = {
        "id": f"chatcmpl-{draw.randbytes(16).hex()}", "object": "chat.completion",
        "created": 1_700_000_000 + draw.randrange(10**7), "model": request.model,
        "choices": [choice], "usage": counted | {"total_tokens": sum(counted.values())},
        "system_fingerprint": f"fp_{draw.randbytes(5).hex()}",
    }  # fmt: skip
    return Entry(
        key(request, answer_format="chat"), request, orjson.dumps(reply).decode(),
        host="api.example.org", cost=0.0002, prompt_tokens=counted["prompt_tokens"],
        completion_tokens=counted["completion_tokens"],
    )  # fmt: skip


def fill(path: Path, count: int) -> dict[str, float]:
    """CPU of `put` alone, all threads, in ms an entry; the making of entries is taken off."""
    started, making = time.process_time(), 0.0
    made, wall = entries(count), time.monotonic()
    with Journal(path) as journal:
        while True:
            began = time.process_time()
            group = list(itertools.islice(made, TOGETHER))
            making += time.process_time() - began
            if not group:
                break
            for future in [journal.put_many([entry]) for entry in group]:
                future.result()
    cpu = time.process_time() - started - making
    return {"put_cpu_ms": cpu * 1000 / count, "put_wall_s": time.monotonic() - wall}


def fill_version_1(path: Path, count: int) -> int:
    """Bytes of version 1's file with so many entries."""
    connection = sqlite3.connect(path)
    connection.execute(VERSION_1)
    for entry in entries(count):
        request = orjson.dumps(plain_of(entry.request, "chat"), option=orjson.OPT_SORT_KEYS)
        row = (
            entry.key,
            entry.host,
            request.decode(),
            entry.reply_json,
            "2026-01-01T00:00:00+00:00",
        )
        connection.execute("insert or ignore into answers values (?, ?, ?, ?, ?)", row)
    connection.commit()
    connection.close()
    return path.stat().st_size


def look_up(path: Path) -> dict[str, float]:
    """Seconds to open, CPU of a look-up, and the memory of this process."""
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with Journal(path) as journal:
        opened, held = time.monotonic() - began, len(journal)
        names = [
            row[0].hex()
            for row in journal.read("select key from exchanges order by random() limit 20000")
        ]
        cpu = time.process_time()
        for name in names:
            journal.get(name)
        cpu = time.process_time() - cpu
        absent, missing = time.process_time(), [os.urandom(32).hex() for _ in names]
        for name in missing:
            journal.get(name)
        absent = time.process_time() - absent
        began = time.monotonic()
        journal.spent()
        spent = time.monotonic() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "entries": held, "open_s": opened, "look_up_us": cpu * 1e6 / len(names),
        "absent_us": absent * 1e6 / len(names), "spent_ms": spent * 1000,
        "memory_mb": peak / 1024, "memory_before_mb": before / 1024,
    }  # fmt: skip


def measure(folder: Path, count: int) -> dict[str, float]:
    """All figures of a journal of `count` entries that is made in `folder`."""
    path, part = folder / "journal.sqlite", min(count, 20_000)
    figures = fill(path, count)
    child = [sys.executable, __file__, "--look-up", str(path)]
    figures |= json.loads(subprocess.run(child, check=True, capture_output=True, text=True).stdout)
    old = fill_version_1(folder / "version_1.sqlite", part)
    began = time.monotonic()
    Journal(folder / "version_1.sqlite").close()
    figures |= {
        "take_over_ms": (time.monotonic() - began) * 1000 / part,
        "file_mb": path.stat().st_size / 1e6,
        "bytes_per_entry": path.stat().st_size / count,
        "version_1_bytes_per_entry": old / part,
    }
    figures["ratio"] = figures["version_1_bytes_per_entry"] / figures["bytes_per_entry"]
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where to make it, and to leave it")
    parser.add_argument("--look-up", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.look_up:
        print(json.dumps(look_up(given.look_up)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        figures = {name: round(value, 3) for name, value in measure(folder, given.entries).items()}
    for name, value in figures.items():
        print(f"{name.replace('_', ' '):28} {value:>14,}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
