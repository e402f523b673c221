"""Reddit's JSON of a world, at its present time; shapes as cited in reddit_server.py."""

import heapq
from collections.abc import Sequence
from typing import Any

from clone_pipeline_tests.reddit.reddit_world import Note, World

LISTING_END, MORE, DEPTH = 1000, 100, 10


def _shown(note: Note, now: int) -> tuple[str | None, str, str | None]:
    """Author, text and removed_by_category as Reddit shows them."""
    if note.deleted is not None and note.deleted <= now:
        return "[deleted]", "[deleted]", None if note.parent else "deleted"
    if note.removed is not None and note.removed <= now:
        return note.author, "[removed]", None if note.parent else "moderator"
    if note.account_gone is not None and note.account_gone <= now:
        return "[deleted]", note.text_at(now), None
    return note.author, note.text_at(now), None


def _edited(note: Note, now: int) -> float | bool:
    return float(note.edited) if note.edited is not None and note.edited <= now else False


def submission(world: World, note: Note) -> dict[str, Any]:
    author, text, removed_by = _shown(note, world.now)
    subreddit = world.subreddit_of[note.name]
    data = {
        "id": note.id, "name": note.name, "subreddit": subreddit, "author": author,
        "title": note.title, "selftext": text, "is_self": True, "score": note.score,
        "created_utc": float(note.created), "edited": _edited(note, world.now),
        "removed_by_category": removed_by, "num_comments": len(note.below(world.now)),
        "permalink": f"/r/{subreddit}/comments/{note.id}/title/",
        "url": f"https://www.reddit.com/r/{subreddit}/comments/{note.id}/title/",
    }  # fmt: skip
    return {"kind": "t3", "data": data}


def comment(world: World, note: Note, depth: int = 0) -> dict[str, Any]:
    author, text, _ = _shown(note, world.now)
    subreddit, post = world.subreddit_of[note.name], world.post_of[note.name]
    data = {
        "id": note.id, "name": note.name, "link_id": post.name, "parent_id": note.parent,
        "subreddit": subreddit, "author": author, "body": text, "score": note.score,
        "created_utc": float(note.created), "edited": _edited(note, world.now), "depth": depth,
        "permalink": f"/r/{subreddit}/comments/{post.id}/title/{note.id}/", "replies": "",
    }  # fmt: skip
    return {"kind": "t1", "data": data}


def listing(children: Sequence[Any], after: str | None = None) -> dict[str, Any]:
    data = {"after": after, "before": None, "dist": len(children), "children": list(children)}
    return {"kind": "Listing", "data": data}


def new(world: World, subreddit: str, *, limit: int, after: str | None) -> dict[str, Any]:
    """The newest first; a deleted post is not listed, and what follows it can't be found."""
    posts = sorted(world.posts[subreddit.lower()], key=lambda n: (n.created, n.id), reverse=True)
    listed = [n for n in posts if n.created <= world.now and not _is_deleted(n, world.now)]
    listed = listed[:LISTING_END]
    names = [note.name for note in listed]
    if after and after not in names:
        return listing([])
    start = names.index(after) + 1 if after else 0
    page = listed[start : start + min(limit, 100)]
    more = start + len(page) < len(listed)
    return listing([submission(world, n) for n in page], page[-1].name if page and more else None)


def _is_deleted(note: Note, now: int) -> bool:
    return note.deleted is not None and note.deleted <= now


def _children(note: Note, now: int) -> list[Note]:
    there = [c for c in note.children if c.created <= now]
    return [c for c in there if not c.is_gone(now) or c.below(now)]


def _more(world: World, parent: str, hidden: Sequence[Note], depth: int) -> dict[str, Any]:
    count = sum(1 + len(note.below(world.now)) for note in hidden)
    ids = [note.id for note in hidden]
    data = {"count": count, "name": f"t1_{ids[0]}", "id": ids[0], "parent_id": parent}
    return {"kind": "more", "data": {**data, "depth": depth, "children": ids}}


def _continue(note: Note, depth: int) -> dict[str, Any]:
    data = {"count": 0, "name": "t1__", "id": "_", "parent_id": note.name, "depth": depth}
    return {"kind": "more", "data": {**data, "children": []}}


def chosen(world: World, roots: Sequence[tuple[Note, int]], bound: int) -> list[tuple[Note, int]]:
    """The best-scored `bound` comments, parents before children, none deeper than DEPTH."""
    heap = [(-note.score, note.id, depth, note) for note, depth in roots]
    heapq.heapify(heap)
    shown: list[tuple[Note, int]] = []
    while heap and len(shown) < bound:
        _, _, depth, note = heapq.heappop(heap)
        shown.append((note, depth))
        if depth + 1 < DEPTH:
            for child in _children(note, world.now):
                heapq.heappush(heap, (-child.score, child.id, depth + 1, child))
    return shown


def flat(world: World, roots: Sequence[tuple[Note, int]], bound: int) -> list[dict[str, Any]]:
    """Comments and stubs as /api/morechildren gives them; asked ones that do not fit are stubs."""
    shown = chosen(world, roots, bound)
    names = {note.name for note, _ in shown}
    things = []
    for note, depth in shown:
        things.append(comment(world, note, depth))
        below = _children(note, world.now)
        if below and depth + 1 >= DEPTH:
            things.append(_continue(note, depth + 1))
        elif hidden := [c for c in below if c.name not in names]:
            things.append(_more(world, note.name, hidden, depth + 1))
    left: dict[str, list[Note]] = {}
    for note, _ in roots:
        if note.name not in names:
            left.setdefault(note.parent or "", []).append(note)
    return [*things, *(_more(world, parent, notes, 0) for parent, notes in left.items())]


def nested(things: Sequence[dict[str, Any]], root: str) -> list[dict[str, Any]]:
    """The same as a tree, as /comments gives them."""
    by_parent: dict[str, list[dict[str, Any]]] = {}
    for thing in things:
        by_parent.setdefault(thing["data"]["parent_id"], []).append(thing)
    for thing in things:
        if thing["kind"] == "t1" and (replies := by_parent.get(thing["data"]["name"])):
            thing["data"]["replies"] = listing(replies)
    return by_parent.get(root, [])


def shown_children(world: World, post: Note) -> list[Note]:
    return _children(post, world.now)


def shown(world: World, name: str) -> list[Note]:
    """The comment of this name if Reddit shows it: a deleted leaf is not shown."""
    note = world.by_name[name]
    return [note] if not note.is_gone(world.now) or note.below(world.now) else []


def thing(world: World, name: str) -> dict[str, Any]:
    note = world.by_name[name]
    return comment(world, note) if note.parent else submission(world, note)
