"""What a comment answers: its submission and the comments above it, asked for by the hundred."""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from clone_pipeline.bots.platforms.reddit_things import Note, note

if TYPE_CHECKING:
    import praw

MOST_ANCESTORS = 10  # comments above one, besides the submission
_MOST_JUMPS = 24  # of 8 levels, to count how deep a comment is that lies deeper
_MOST_KEPT = 5000
_FRESH_SECONDS = 600.0

log = logging.getLogger(__name__)


class Known:
    """The notes that were met lately, and how deep comments are; for all threads of a bot."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._notes: OrderedDict[str, tuple[float, Note | None]] = OrderedDict()
        self._depths: OrderedDict[str, int] = OrderedDict()

    def get(self, name: str) -> tuple[bool, Note | None]:
        """Whether Reddit was asked for it lately, and the note, None if it had none."""
        with self._lock:
            at, found = self._notes.get(name, (0.0, None))
            return bool(at) and time.monotonic() - at < _FRESH_SECONDS, found

    def put(self, name: str, it: Note | None) -> None:
        """Keep a note, or that there is none."""
        with self._lock:
            _keep(self._notes, name, (time.monotonic(), it))

    def depth(self, name: str) -> int | None:
        """How deep that comment is, if that was told."""
        with self._lock:
            return self._depths.get(name)

    def is_deep(self, name: str, depth: int) -> None:
        """Keep how deep a comment is."""
        with self._lock:
            _keep(self._depths, name, depth)


def above(
    reddit: "praw.Reddit", comments: Sequence[Note], known: Known
) -> dict[str, tuple[list[Note], int]]:
    """For each comment what is before it, and how deep it is.

    Before it are the submission, if Reddit shows it, and at most `MOST_ANCESTORS` comments, oldest
    first. It takes one request for a hundred comments and level, less what is known.

    Args:
        reddit: a session.
        comments: any.
        known: is asked before Reddit, and told.
    """
    for each in comments:
        known.put(each.name, each)
    _fetch(reddit, {each.thread for each in comments if each.thread}, known)
    for _ in range(MOST_ANCESTORS):
        missing = {top.parent for top in (_chain(each, known)[0] for each in comments)}
        if not _fetch(reddit, {name for name in missing if name.startswith("t1_")}, known):
            break
    found = {}
    for each in comments:
        chain = _chain(each, known)
        depth = _depth(reddit, chain, known)
        for steps, it in enumerate(reversed(chain)):
            known.is_deep(it.name, depth - steps)
        thread = known.get(each.thread)[1]
        found[each.name] = ([*([thread] if thread else []), *chain[:-1]], depth)
    return found


def readable(things: Iterable[Any]) -> Iterator[Note]:
    """The notes of these things; what is none of Reddit's three kinds is logged and left out."""
    for thing in things:
        try:
            yield note(thing)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            shown = str(getattr(thing, "id", type(thing).__name__))
            log.warning("Reddit's %s can't be read: %s", shown[:20], error)


def _fetch(reddit: "praw.Reddit", names: set[str], known: Known) -> bool:
    """Ask Reddit for what is not known yet; whether there was anything to ask for."""
    missing = sorted(name for name in names if not known.get(name)[0])
    if not missing:
        return False
    found = {it.name: it for it in readable(reddit.info(fullnames=missing))}
    for name in missing:
        known.put(name, found.get(name))
    return True


def _chain(it: Note, known: Known) -> list[Note]:
    """The comment and those above it that are known, the topmost first."""
    chain = [it]
    while len(chain) <= MOST_ANCESTORS and chain[0].parent.startswith("t1_"):
        parent = known.get(chain[0].parent)[1]
        if parent is None or parent in chain:
            break
        chain.insert(0, parent)
    return chain


def _depth(reddit: "praw.Reddit", chain: Sequence[Note], known: Known) -> int:
    top, below = chain[0], len(chain) - 1
    if not top.parent.startswith("t1_"):
        return below + 1
    depth = known.depth(top.name)
    if depth is None and known.get(top.parent) != (True, None):  # no deleted one in between
        depth = _counted(reddit, top)
    return below + (depth or 2)


def _counted(reddit: "praw.Reddit", it: Note) -> int:
    """How deep it is, by its page, which shows at most 8 comments above it; a lower bound else."""
    from prawcore.exceptions import Forbidden, NotFound  # noqa: PLC0415

    name, below = it.name, 0
    for _ in range(_MOST_JUMPS):
        path = f"comments/{it.thread[3:]}/_/{name[3:]}"
        try:
            page = reddit.get(path, params={"context": 8})
        except (Forbidden, NotFound):
            break
        steps, top = _way(list(page[1].children), name)
        below += steps
        if not top or top.parent_id.startswith("t3_"):
            return below + 1
        name = top.fullname if steps else top.parent_id
        below += 0 if steps else 1
    return below + 1


def _way(tops: Sequence[Any], name: str) -> tuple[int, Any]:
    """Levels from the top of a page down to that comment, and the top; (0, None) without it."""
    queue = [(each, 0, each) for each in tops if hasattr(each, "body")]
    while queue:
        each, steps, top = queue.pop()
        if each.fullname == name:
            return steps, top
        queue += [(below, steps + 1, top) for below in each.replies if hasattr(below, "body")]
    return 0, None


def _keep(kept: OrderedDict[str, Any], name: str, value: Any) -> None:
    kept[name] = value
    kept.move_to_end(name)
    if len(kept) > _MOST_KEPT:
        kept.popitem(last=False)
