"""Reddit's JSON of a submission or a comment as what the shelf keeps.

Fields as in praw's Submission and Comment (praw/models/reddit/) and in
https://www.reddit.com/dev/api; dumps hold the same objects, older ones with numbers as strings
and without `name` and `permalink`.
"""

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Gone = Literal["deleted", "removed", "author_opted_out"]

_DELETED_BY_AUTHOR = frozenset({"deleted", "author"})


@dataclass(frozen=True, slots=True)
class Thing:
    """A submission or comment; `parent_id` is None for a submission, times are Unix seconds.

    Of what is `gone` only ids, subreddit and time are kept: the rest is empty.
    """

    item_id: str
    thread_id: str
    parent_id: str | None
    subreddit: str
    created: int
    score: int
    author: str
    title: str
    text: str
    url: str
    permalink: str
    edited: int | None
    gone: Gone | None


def submission(data: Mapping[str, Any], *, opted_out: Collection[str]) -> Thing:
    """The submission in `data`, without its content if it is gone.

    Args:
        data: the `data` of a t3 thing, or a line of a dump.
        opted_out: user names in lower case.

    Raises:
        ValueError: a field that is needed is absent or of the wrong type.
    """
    item_id = f"t3_{_text(data, 'id')}"
    subreddit = _text(data, "subreddit")
    text = _text_if_any(data, "selftext")
    thing = Thing(
        item_id=item_id,
        thread_id=item_id,
        parent_id=None,
        subreddit=subreddit.lower(),
        created=_seconds(data),
        score=_score(data),
        author=_text_if_any(data, "author"),
        title=_text(data, "title"),
        text=text,
        url="" if data.get("is_self") else _text_if_any(data, "url"),
        permalink=_text_if_any(data, "permalink") or f"/r/{subreddit}/comments/{data['id']}/",
        edited=_edited(data),
        gone=_gone(data, text, opted_out),
    )
    return emptied(thing, thing.gone) if thing.gone else thing


def comment(data: Mapping[str, Any], *, opted_out: Collection[str]) -> Thing:
    """The comment in `data`, without its content if it is gone.

    Args:
        data: the `data` of a t1 thing, or a line of a dump.
        opted_out: user names in lower case.

    Raises:
        ValueError: a field that is needed is absent or of the wrong type.
    """
    thread, subreddit, text = _text(data, "link_id"), _text(data, "subreddit"), _text(data, "body")
    path = f"/r/{subreddit}/comments/{thread.removeprefix('t3_')}/_/{_text(data, 'id')}/"
    thing = Thing(
        item_id=f"t1_{_text(data, 'id')}",
        thread_id=thread,
        parent_id=_text(data, "parent_id"),
        subreddit=subreddit.lower(),
        created=_seconds(data),
        score=_score(data),
        author=_text_if_any(data, "author"),
        title="",
        text=text,
        url="",
        permalink=_text_if_any(data, "permalink") or path,
        edited=_edited(data),
        gone=_gone(data, text, opted_out),
    )
    return emptied(thing, thing.gone) if thing.gone else thing


def emptied(thing: Thing, reason: Gone) -> Thing:
    """What remains of a thing that is gone: that there was one, then and there."""
    return dataclasses.replace(
        thing, parent_id=None if thing.item_id == thing.thread_id else thing.thread_id, score=0,
        author="", title="", text="", url="", permalink="", edited=None, gone=reason,
    )  # fmt: skip


def _gone(data: Mapping[str, Any], text: str, opted_out: Collection[str]) -> Gone | None:
    author, removed_by = data.get("author"), data.get("removed_by_category")
    shown = text.strip().lower()
    if removed_by in _DELETED_BY_AUTHOR or shown == "[deleted]":
        return "deleted"
    if removed_by or shown == "[removed]" or shown.startswith("[ removed by reddit"):
        return "removed"
    if not author or author == "[deleted]":
        return "deleted"
    return "author_opted_out" if str(author).lower() in opted_out else None


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str):
        raise ValueError(f"`{key}` is {type(value).__name__}, not text")
    return value.encode(errors="replace").decode()  # half of a surrogate pair is no text


def _text_if_any(data: Mapping[str, Any], key: str) -> str:
    return _text(data, key) if data.get(key) else ""


def _seconds(data: Mapping[str, Any]) -> int:
    try:
        return int(float(data.get("created_utc")))  # type: ignore[arg-type]
    except (TypeError, OverflowError) as error:
        raise ValueError("`created_utc` is no time") from error


def _score(data: Mapping[str, Any]) -> int:
    value = data.get("score")
    return max(-(2**31), min(2**31 - 1, value)) if isinstance(value, int) else 0


def _edited(data: Mapping[str, Any]) -> int | None:
    """False if never edited, else a time; True in what was edited long ago."""
    value = data.get("edited")
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
