"""Threads as documents: one Markdown text each, for the expert of a subject."""

import re
from collections.abc import Collection, Iterable, Iterator

from clone_pipeline.records import Document, RedditItem, content_id
from clone_pipeline.reddit.chains import is_bot
from clone_pipeline.reddit.nesting import Thread, plain, those_of, threads, walk

_USER = re.compile(r"(?<!\w)(/?u|/user)/[\w-]{3,20}(?![\w-])")


def documents(items: Iterable[RedditItem], *, subreddits: Collection[str]) -> list[Document]:
    """One document a thread, the oldest first: `reddit/<subreddit>/<thread id>.md`.

    It holds the title, the selftext, and the comments in the order of the tree, the best scored
    of neighbours first. Each comment stands under a heading with its number and the number of
    what it answers, so that a chunk tells both at any depth of the tree. Nobody is named, and
    `u/name` in a text reads `u/someone`; known bots' comments are left out where others wrote.

    Args:
        items: masked, in any order.
        subreddits: whose threads, in capitals or not.
    """
    return [_document(thread) for thread in threads(those_of(items, subreddits))]


def _document(thread: Thread) -> Document:
    first = next(walk(thread))
    path = f"reddit/{first.subreddit}/{thread.thread_id.removeprefix('t3_')}.md"
    title = " ".join(_nameless(first.title).split()) if thread.submission else ""
    text = "\n\n".join(_parts(thread, title)) + "\n"
    return Document(content_id(path, text), path, "text/markdown", title or thread.thread_id, text)


def _parts(thread: Thread, title: str) -> Iterator[str]:
    numbers: dict[str, int] = {}
    only_bots = all(is_bot(item.author) for item in thread.items.values())
    if title:
        yield f"# {title}"
    for item in walk(thread):
        text = _nameless(item.text)
        if item.item_id == thread.thread_id:
            if text:
                yield text
        elif only_bots or not is_bot(item.author):
            numbers[item.item_id] = len(numbers) + 1
            yield f"## Comment {len(numbers)}{_answered(item, thread, numbers)}"
            yield text


def _answered(item: RedditItem, thread: Thread, numbers: dict[str, int]) -> str:
    parent = thread.parent(item)
    if parent is None or parent.item_id != thread.thread_id:
        number = numbers.get(item.parent_id or "") if parent else None
        return f", an answer to comment {number}" if number else ", an answer to a missing comment"
    return ""


def _nameless(text: str) -> str:
    return _USER.sub(r"\1/someone", plain(text))
