r"""Threads as ssi-bot's training lines: a submission and its best chain of replies, in tags.

The format is that of ssi-bot's output_finetuning_data.py (https://github.com/zacc/ssi-bot):
`<|soss r/S|><|sot|>TITLE<|sost|>BODY` (a link post: `<|sols r/S|><|sot|>TITLE<|sol|>`), then
`<|sor u/X|>TEXT` for a comment (soopr: by the submission's author, else soocr: by the author of
what its parent answers; the last one without a name), then `<|eoss|>` or `<|eols|>`, then
`<|endoftext|>`. That one stands in the file only: rows end with the trained tokenizer's own mark.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from clone_pipeline.formats.files import write_whole
from clone_pipeline.formats.lines import folded, unfolded, unforged
from clone_pipeline.formats.rows import make_row
from clone_pipeline.records import RedditItem, Row, content_id
from clone_pipeline.reddit.chains import is_bot, only_links
from clone_pipeline.reddit.nesting import Thread, best, plain, threads

MIN_TITLE_WORDS = 6
END = "<|endoftext|>"

_TAG = re.compile(r"<\|([^|<>]+)\|>")
_REPLY = re.compile(r"so(r|opr|ocr)(?: u/(\S+))?")
_NO_NAME = re.compile(r"[|<>\s]")


@dataclass(frozen=True, slots=True)
class Reply:
    """A comment: `tag` is "r", "opr" or "ocr"; `author` is None for a line's last."""

    tag: str
    author: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a line holds, texts as `clean` gives them; `body` is None for a link post."""

    subreddit: str
    title: str
    body: str | None
    replies: tuple[Reply, ...]


def from_threads(
    items: Iterable[RedditItem], *, comments: int = 10, seed: int
) -> tuple[list[Row], Counter[str]]:
    """One completion row a submission: its line. Collection "reddit", dataset "ssi".

    The comments are the best scored answer to the submission, the best scored answer to that,
    and so on. Passed over are known bots, texts that are nothing but links, answers of a
    submission's author to it, and texts equal to that of the comment before or of the one before
    that. A link post with a text of its own is told as a text.

    Args:
        items: masked, in any order.
        comments: at most so many in a line.
        seed: of the rows' order, which mixes old and new threads.

    Returns:
        Rows, and threads (the unit that enters) dropped by reason: "no_submission", "bot",
        "short_title" (fewer than `MIN_TITLE_WORDS` words), "duplicate" (the same line again).
    """
    rows: dict[str, Row] = {}
    dropped: Counter[str] = Counter()
    for thread in sorted(threads(items), key=lambda each: content_id(seed, each.thread_id)):
        submission = thread.submission
        if submission is None:
            dropped["no_submission"] += 1
        elif is_bot(submission.author):
            dropped["bot"] += 1
        elif len(submission.title.split()) < MIN_TITLE_WORDS:
            dropped["short_title"] += 1
        else:
            chain = _best_chain(thread, submission, comments)
            row = _row([submission, *chain])
            dropped["duplicate"] += row.row_id in rows
            rows.setdefault(row.row_id, row)
    return list(rows.values()), +dropped


def write(rows: Iterable[Row], path: Path) -> int:
    """Write the rows' lines, each with `END`; returns how many."""
    lines = [f"{json.loads(row.content)['text']}{END}\n" for row in rows]
    write_whole(path, lines)
    return len(lines)


def line_of(told: Told) -> str:
    """The line without `END`; `parse` reads it back."""
    kind, body = ("l", "<|sol|>") if told.body is None else ("s", f"<|sost|>{folded(told.body)}")
    replies = "".join(
        f"<|so{reply.tag}{f' u/{reply.author}' if reply.author else ''}|>{folded(reply.text)}"
        for reply in told.replies
    )
    start = f"<|so{kind}s r/{told.subreddit}|><|sot|>{folded(told.title)}"
    return f"{start}{body}{replies}<|eo{kind}s|>"


def parse(line: str) -> Told:
    """What a line holds, with `END` or without; texts have line feeds again.

    Raises:
        ValueError: it is no such line.
    """
    parts = [unfolded(part) for part in _TAG.split(line.removesuffix(END))]
    before, tags, texts = parts[0], parts[1::2], parts[2::2]
    kinds = {"soss": ("sost", "eoss"), "sols": ("sol", "eols")}
    name, _, subreddit = tags[0].partition(" r/") if tags else ("", "", "")
    found = [_REPLY.fullmatch(tag) for tag in tags[3:-1]]
    right = [name, "sot", *kinds.get(name, ())] == [name, *tags[1:3], *tags[-1:]]
    if before or not subreddit or not right or not all(found) or texts[0] or texts[-1]:
        raise ValueError(f"{line[:60]!r} is no line of ssi-bot's")
    replies = [
        Reply(tag[1], tag[2], text) for tag, text in zip(found, texts[3:-1], strict=True) if tag
    ]
    return Told(subreddit, texts[1], texts[2] if name == "soss" else None, tuple(replies))


def clean(text: str) -> str:
    r"""`text` as it may stand in a line: nothing in it is read as a tag.

    Template tokens, any `<|` and a `\n` of two characters get a space inside.
    """
    return unforged(plain(text)).replace("<|", "< |")


def _row(chain: Sequence[RedditItem]) -> Row:
    first = chain[0]
    body = clean(first.text)
    told = Told(
        subreddit=_NO_NAME.sub("_", first.subreddit),
        title=clean(first.title),
        body=body if body or not first.url else None,
        replies=tuple(_reply(chain, place) for place in range(1, len(chain))),
    )
    return make_row(
        "reddit", "ssi", "completion", {"text": line_of(told)},
        sources=[f"reddit:{item.item_id}" for item in chain],
        split_group=first.thread_id, ended=chain[-1].created,
    )  # fmt: skip


def _reply(chain: Sequence[RedditItem], place: int) -> Reply:
    item = chain[place]
    tag = "r"
    if item.author == chain[0].author:
        tag = "opr"
    elif place > 1 and item.author == chain[place - 2].author:
        tag = "ocr"
    last = place == len(chain) - 1
    return Reply(tag, None if last else _NO_NAME.sub("_", item.author), clean(item.text))


def _best_chain(thread: Thread, submission: RedditItem, comments: int) -> list[RedditItem]:
    chain: list[RedditItem] = []
    said: list[str] = []
    while len(chain) < comments:
        above = chain[-1] if chain else submission
        fitting = [
            reply
            for reply in thread.replies.get(above.item_id, ())
            if (chain or reply.author != submission.author) and _adds(reply, said)
        ]
        if not fitting:
            break
        chain.append(min(fitting, key=best))
        said.append(plain(chain[-1].text).casefold())
    return chain


def _adds(reply: RedditItem, said: Sequence[str]) -> bool:
    text = plain(reply.text).casefold()
    return bool(text) and not (is_bot(reply.author) or only_links(text) or text in said[-2:])
