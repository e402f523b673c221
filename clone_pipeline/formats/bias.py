r"""Threads as VTX's training texts: `¶{bias}:> ((title)) | selftext ¶{bias}:> reply ...`.

The format is that of VTX's Reddit fetch: a line a comment, holding all that it answers, from the
submission on; a file a submission. A bias is a number of 17 to 19 digits that stands for a person.
"""

import itertools
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from clone_pipeline.formats.bias_lines import Said as Said
from clone_pipeline.formats.bias_lines import biases_of, lines_of
from clone_pipeline.formats.bias_lines import line_of as line_of
from clone_pipeline.formats.bias_lines import parse as parse
from clone_pipeline.formats.files import write_whole
from clone_pipeline.formats.rows import make_row
from clone_pipeline.records import RedditItem, Row
from clone_pipeline.reddit.nesting import threads

# Most characters of a line: as many as a dialogue may have, some fifty ordinary comments.
MAX_CHARS = 8000
# Most characters of a thread's lines together, but for `bias_lines.LEAST_CHARS` a line.
THREAD_CHARS = 200_000

_UNSAFE = re.compile(r"[^\w-]")


def from_threads(
    items: Iterable[RedditItem],
    *,
    replacers: Mapping[str, str],
    seed: int,
    max_chars: int = MAX_CHARS,
    thread_chars: int = THREAD_CHARS,
) -> tuple[list[Row], Counter[str], Counter[str]]:
    """One completion row a comment: its line. Collection "reddit", dataset "bias".

    The selftext and what a comment answers are told again in the line of each answer, so all lines
    together would grow with the square of a thread. A line above its bound therefore loses its
    oldest comments; a selftext that takes more than half of it, or leaves no room for the comment,
    is left out too; never are title and comment. The bound is `max_chars`, and in a thread of many
    comments, after its first line, an equal share of `thread_chars`, but at least 1000 characters.
    An ancestor that is missing is passed over.

    Args:
        items: masked, in any order.
        replacers: {Reddit user name: the same person's id elsewhere}; digits, such as a Discord
            id, are the bias, another id stands for one. All others get a new one for each item,
            so that nobody can be followed from one to the next.
        seed: of the biases that are not given: the same for equal seed and item.
        max_chars: of a line.
        thread_chars: of all lines of a thread.

    Returns:
        Rows; comments (the unit that enters) dropped by reason, "bot" (those of a known one stand
        only in the lines of their answers) and "empty"; what was made: "lines",
        "shortened_lines", and "untold_comments" above those, each counted once a line.
    """
    rows: list[Row] = []
    dropped: Counter[str] = Counter()
    made: Counter[str] = Counter()
    biases = biases_of(replacers, seed=seed)
    for thread in threads(items):
        lines, left_out = lines_of(
            thread, biases=biases, seed=seed, max_chars=max_chars, thread_chars=thread_chars
        )
        dropped += left_out
        for line in lines:
            row = make_row(
                "reddit", "bias", "completion", {"text": line.text},
                sources=[f"reddit:{item.item_id}" for item in line.told],
                split_group=thread.thread_id, ended=line.told[-1].created,
            )  # fmt: skip
            rows.append(row)
            made.update(lines=1, shortened_lines=line.shortened, untold_comments=line.untold)
    return rows, dropped, +made


def write(rows: Iterable[Row], folder: Path, *, subreddits: Mapping[str, str]) -> int:
    """Write `folder/<subreddit>/<submission id>.txt`: the lines of each thread that has any.

    Files of this layout for which there is no thread any more are deleted, as what was deleted
    on Reddit must be; a file that would say the same is left as it is.

    Args:
        rows: as `from_threads` gives them: those of a thread stand together.
        folder: of the export.
        subreddits: {thread id: where it was}.

    Returns:
        How many files there are.
    """
    written: set[Path] = set()
    for thread_id, told in itertools.groupby(rows, key=lambda row: row.split_group):
        name = _UNSAFE.sub("_", thread_id.removeprefix("t3_"))
        path = folder / _UNSAFE.sub("_", subreddits[thread_id]) / f"{name}.txt"
        written.add(path)
        text = "".join(f"{json.loads(row.content)['text']}\n" for row in told)
        if not path.is_file() or path.read_bytes() != text.encode():
            write_whole(path, [text])
    for path in set(folder.glob("*/*.txt")) - written:
        path.unlink()
    return len(written)
