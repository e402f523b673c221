"""What of a comment tree is still to be asked for, durable, so that a tree resumes in its middle.

A "more" object names comments that an answer left out, or, with a count of 0 and no children, a
comment below which the thread continues (praw's MoreComments).
"""

from collections.abc import Iterable
from typing import Literal

from clone_pipeline.reddit.shelf import Shelf

# "child": a comment to ask /api/morechildren for; "continue": one whose replies a page gives.
Stub = tuple[Literal["child", "continue"], str]

# Reddit stubs an asked comment again if an answer is full of better ones. One that never comes is
# let go after so many answers without anything new.
_VAIN = 3
# What `open` says of a stub.
_ASKED, _WAITING, _GIVEN_UP = 0, 1, 2


def state(shelf: Shelf, thread_id: str) -> Literal["begun", "complete"] | None:
    """How far the tree is; None if its first page was not fetched."""
    row = shelf.db.execute("select complete from trees where thread_id = ?", (thread_id,))
    found = row.fetchone()
    return None if found is None else "complete" if found[0] else "begun"


def begin(shelf: Shelf, thread_id: str) -> None:
    """Note that the tree's first page is there; call in a transaction."""
    shelf.db.execute("insert or ignore into trees values (?, 0)", (thread_id,))


def complete(shelf: Shelf, thread_id: str) -> None:
    """Note that nothing of the tree is left to ask for; what was given up stays noted."""
    shelf.db.execute("insert or replace into trees values (?, 1)", (thread_id,))
    shelf.db.execute("delete from stubs where thread_id = ? and open != ?", (thread_id, _GIVEN_UP))


def add(shelf: Shelf, thread_id: str, stubs: Iterable[Stub]) -> None:
    """Note what an answer left out; call in a transaction."""
    shelf.db.executemany(
        "insert into stubs values (?, ?, ?, 0, ?) on conflict do update"
        " set open = iif(vain < ?, excluded.open, ?)",
        [(thread_id, kind, item, _WAITING, _VAIN, _GIVEN_UP) for kind, item in stubs],
    )


def close(shelf: Shelf, thread_id: str, stubs: Iterable[Stub], *, in_vain: bool) -> None:
    """Note that these were asked for; call in a transaction, before `add`."""
    shelf.db.executemany(
        "update stubs set open = ?, vain = vain + ? where thread_id = ? and kind = ? and id = ?",
        [(_ASKED, in_vain, thread_id, kind, item) for kind, item in stubs],
    )


def give_up(shelf: Shelf, thread_id: str, stubs: Iterable[Stub]) -> None:
    """Note that Reddit does not show what is behind these; call in a transaction."""
    shelf.db.executemany(
        "update stubs set open = ? where thread_id = ? and kind = ? and id = ?",
        [(_GIVEN_UP, thread_id, kind, item) for kind, item in stubs],
    )


def given_up(shelf: Shelf, thread_id: str) -> int:
    """How many stubs Reddit never answered, each of at least one comment that is not held."""
    query = "select count(*) from stubs where thread_id = ? and open = ?"
    return int(shelf.db.execute(query, (thread_id, _GIVEN_UP)).fetchone()[0])


def waiting(shelf: Shelf, thread_id: str, *, at_most: int) -> list[Stub]:
    """What to ask for next, of one kind: first a continuation, then as many children.

    Continuations go first: the more children are known, the fuller is each request for them.
    """
    found = shelf.db.execute(
        "select kind, id from stubs where thread_id = ? and open = ?"
        " order by kind desc, id limit ?",
        (thread_id, _WAITING, at_most),
    ).fetchall()
    return found[:1] if found and found[0][0] == "continue" else found
