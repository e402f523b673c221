"""Fetching a whole comment tree: its first page, then every stub until none is left.

The page is `GET /comments/ID` (https://www.reddit.com/dev/api#GET_comments_{article}), children
come from `/api/morechildren`: up to 100 comments a request, one request at a time. Its `children`
are ids of one link, whichever stubs they stood in, so that stubs of a few comments share a
request. praw asks once for each stub.
"""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from clone_pipeline.reddit import looking_up, stubs, things
from clone_pipeline.reddit.calls import Calls, Refused
from clone_pipeline.reddit.shelf import Shelf
from clone_pipeline.reddit.stubs import Stub
from clone_pipeline.reddit.things import Thing
from clone_pipeline.settings import Fault, FaultyInput

CHILDREN = 100
# As praw asks (praw/models/reddit/submission.py); Reddit bounds the number itself.
_LIMIT, _SORT = 2048, "confidence"


@dataclass(slots=True)
class _Answer:
    comments: list[Thing] = field(default_factory=list)
    stubs: list[Stub] = field(default_factory=list)


def fetch_tree(
    shelf: Shelf, calls: Calls, thread: Thing, *, checked: float, opted_out: frozenset[str]
) -> None:
    """Have the shelf hold every comment of `thread`; goes on where it was left.

    Each answer is durable, together with what it leaves to ask for, before the next request.
    """
    if stubs.state(shelf, thread.thread_id) is None and not _begin(
        shelf, calls, thread, checked=checked, opted_out=opted_out
    ):
        return
    while asked := stubs.waiting(shelf, thread.thread_id, at_most=CHILDREN):
        shown = _ask(calls, thread.thread_id, asked)
        answer = _read(shown or [], opted_out)
        with shelf.transaction():
            new = shelf.add(answer.comments, checked=checked)
            stubs.close(shelf, thread.thread_id, asked, in_vain=not new)
            if shown is None:
                stubs.give_up(shelf, thread.thread_id, asked)
            stubs.add(shelf, thread.thread_id, answer.stubs)
    with shelf.transaction():
        stubs.complete(shelf, thread.thread_id)


def _begin(
    shelf: Shelf, calls: Calls, thread: Thing, *, checked: float, opted_out: frozenset[str]
) -> bool:
    """Fetch the first page; whether the thread is still there."""
    page = _page(calls, thread.thread_id, None)
    head = (
        things.submission(page[0]["data"]["children"][0]["data"], opted_out=opted_out)
        if page
        else _gone(calls, thread, opted_out)
    )
    answer = _read(page[1]["data"]["children"], opted_out) if page and not head.gone else _Answer()
    with shelf.transaction():
        if head.gone:
            shelf.erase(thread, head.gone)
            stubs.complete(shelf, thread.thread_id)
            return False
        if (head.title, head.text) != (thread.title, thread.text):
            new = dataclasses.replace(thread, title=head.title, text=head.text, edited=head.edited)
            shelf.replace(new)
        shelf.add(answer.comments, checked=checked)
        stubs.begin(shelf, thread.thread_id)
        stubs.add(shelf, thread.thread_id, answer.stubs)
    return True


def _gone(calls: Calls, thread: Thing, opted_out: frozenset[str]) -> Thing:
    """What remains of a thread without a page, which alone may be an outage.

    Raises:
        FaultyInput: Reddit still tells of the thread.
        Hidden: it does not show the subreddit.
    """
    head = looking_up.shown(calls, [thread.item_id], opted_out=opted_out).get(thread.item_id)
    if head is None:
        looking_up.born(calls, thread.subreddit)
        return things.emptied(thread, "deleted")
    if not head.gone:
        fix = "Run it again later: what was fetched is kept and is not fetched again."
        found = "no page of a thread that Reddit still tells of"
        raise FaultyInput([Fault(f"Reddit, {thread.permalink}", found, fix)])
    return head


def _ask(calls: Calls, thread_id: str, asked: list[Stub]) -> list[Any] | None:
    """The things, nested or flat, that answer these stubs; None if there is no such page."""
    if asked[0][0] == "continue":
        page = _page(calls, thread_id, asked[0][1])
        return list(page[1]["data"]["children"]) if page else None
    children = ",".join(item for _, item in asked)
    answer = calls.post("api/morechildren/", link_id=thread_id, children=children, sort=_SORT)
    if errors := answer["json"].get("errors"):
        fix = "Run it again later: what was fetched is kept and is not fetched again."
        raise FaultyInput([Fault(f"Reddit, /api/morechildren of {thread_id}", str(errors), fix)])
    return list(answer["json"]["data"]["things"])


def _page(calls: Calls, thread_id: str, comment: str | None) -> Any:
    """A thread's page, or one comment's; None if Reddit says that there is none."""
    path = f"comments/{thread_id.removeprefix('t3_')}/"
    try:
        return calls.get(f"{path}_/{comment}" if comment else path, limit=_LIMIT, sort=_SORT)
    except Refused as error:
        if error.status != 404:
            raise
        return None


def _read(listed: Iterable[Any], opted_out: frozenset[str]) -> _Answer:
    """All comments and stubs of a listing, however deep the replies are nested."""
    answer, todo = _Answer(), list(listed)
    while todo:
        thing = todo.pop()
        data = thing["data"]
        if thing["kind"] == "more":
            answer.stubs += _stubs(data)
            continue
        answer.comments.append(things.comment(data, opted_out=opted_out))
        replies = data.get("replies")
        todo += replies["data"]["children"] if replies else []
    return answer


def _stubs(more: Any) -> list[Stub]:
    if children := more["children"]:
        return [("child", item) for item in children]
    parent = str(more["parent_id"])
    return [("continue", parent.removeprefix("t1_"))] if parent.startswith("t1_") else []
