"""Threads as trees: who replies to whom; and what an item says, without Reddit's escapes."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from clone_pipeline.records import RedditItem

Age = tuple[datetime, bool, int, str]

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# What Reddit's own editor leaves in a text: an empty paragraph, a zero width space.
_EMPTY = re.compile("&#x200b;|\u200b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Thread:
    """The items of one thread, oldest first, and the replies to each, oldest first.

    Every item is a root or in exactly one list of `replies`. A root is the submission, or a
    comment whose parent is not here, or is not older than its reply.
    """

    thread_id: str
    items: Mapping[str, RedditItem]
    roots: list[RedditItem]
    replies: Mapping[str, list[RedditItem]]

    @property
    def submission(self) -> RedditItem | None:
        """The submission, None if it is missing."""
        return self.items.get(self.thread_id)

    def parent(self, item: RedditItem) -> RedditItem | None:
        """What `item` replies to; None for a root."""
        found = self.items.get(item.parent_id or "")
        return found if found and age(found) < age(item) else None


def threads(items: Iterable[RedditItem]) -> list[Thread]:
    """The threads that `items` are of, the oldest first; the same whatever the items' order.

    Of an item that is given twice the last version counts.
    """
    newest = {item.item_id: item for item in sorted(items, key=_version)}
    by_thread: dict[str, list[RedditItem]] = {}
    for item in sorted(newest.values(), key=age):
        by_thread.setdefault(item.thread_id, []).append(item)
    return [_thread(name, listed) for name, listed in by_thread.items()]


def age(item: RedditItem) -> Age:
    """A key that sorts the oldest first; ids, which count up, decide within a second."""
    return item.created, item.item_id.startswith("t1_"), len(item.item_id), item.item_id


def best(item: RedditItem) -> tuple[int, Age]:
    """A key that sorts the best scored first, then the oldest."""
    return -item.score, age(item)


def walk(thread: Thread) -> Iterator[RedditItem]:
    """Every item before its replies; among neighbours the best scored first."""
    waiting = sorted(thread.roots, key=lambda root: (root.item_id != thread.thread_id, best(root)))
    waiting.reverse()
    while waiting:
        item = waiting.pop()
        yield item
        waiting += sorted(thread.replies.get(item.item_id, ()), key=best, reverse=True)


def plain(text: str) -> str:
    """`text` as its writer typed it: entities resolved once, line feeds only, no blank edges.

    Reddit's API without `raw_json=1`, and the dumps made from it, write &, < and > as `&amp;`,
    `&lt;` and `&gt;` (https://www.reddit.com/dev/api, "response body encoding").
    """
    if "&" in text:
        text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        text = text.replace("&nbsp;", " ")
    return _LINE_ENDS.sub("\n", _EMPTY.sub("", text)).strip()


def those_of(items: Iterable[RedditItem], subreddits: Collection[str]) -> list[RedditItem]:
    """The items of `subreddits`, whose names are the same in capitals or not."""
    wanted = {name.casefold() for name in subreddits}
    return [item for item in items if item.subreddit.casefold() in wanted]


def _version(item: RedditItem) -> tuple[datetime, int, str, str, str]:
    return item.edited or item.created, item.score, item.title, item.text, item.thread_id


def _thread(thread_id: str, listed: list[RedditItem]) -> Thread:
    thread = Thread(thread_id, {item.item_id: item for item in listed}, [], {})
    replies: dict[str, list[RedditItem]] = {}
    for item in listed:
        parent = thread.parent(item)
        (replies.setdefault(parent.item_id, []) if parent else thread.roots).append(item)
    return Thread(thread_id, thread.items, thread.roots, replies)
