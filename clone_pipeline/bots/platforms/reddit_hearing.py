"""From notes of Reddit to what the bot hears."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from clone_pipeline.bots.connector import Ears
from clone_pipeline.bots.platforms.reddit_ancestors import MOST_ANCESTORS, Known, above, readable
from clone_pipeline.bots.platforms.reddit_things import Note, heard_of, same

if TYPE_CHECKING:
    import praw

IMPORTED_SUBMISSIONS, IMPORTED_COMMENTS = 20, 100


@dataclass(frozen=True, slots=True)
class Hearing:
    """Tells the ears what was met, with what was said before it.

    Attributes:
        me: the bot's account.
        ears: of the bot.
        known: what Reddit need not be asked for again.
    """

    me: str
    ears: Ears
    known: Known

    def take(self, reddit: "praw.Reddit", notes: Sequence[Note]) -> None:
        """Have all of them heard, in their order; what is known is passed over."""
        self.own([it for it in notes if same(it.author, self.me)])
        new = [it for it in notes if not same(it.author, self.me) and not self.ears.known(it.name)]
        trees = above(reddit, [it for it in new if it.kind == "comment"], self.known)
        for it in new:
            before, depth = trees.get(it.name, ([], 0))
            if it.kind == "direct":
                before = _answered(reddit, it)
            names = {it.parent, it.thread, *(each.name for each in before)}
            sent = [name for name in names if name and self.ears.is_ours(name)]
            self.ears.hear(heard_of(it, me=self.me, before=before, depth=depth, sent=sent))

    def own(self, notes: Sequence[Note]) -> None:
        """Tell of what the bot's account wrote."""
        for it in notes:
            if not self.ears.is_ours(it.name):
                self.ears.ours(it.name, heard_of(it, me=self.me, before=(), depth=1))

    def import_own(self, reddit: "praw.Reddit") -> None:
        """Tell of what the account wrote lately, before the bot's first start."""
        account = reddit.redditor(self.me)
        self.own(list(readable(account.submissions.new(limit=IMPORTED_SUBMISSIONS))))
        self.own(list(readable(account.comments.new(limit=IMPORTED_COMMENTS))))


def whole(reddit: "praw.Reddit", notes: Sequence[Note]) -> list[Note]:
    """Comments of the inbox with all that they have elsewhere; those that are gone are left out."""
    names = [it.name for it in notes if it.kind == "comment"]
    found = {it.name: it for it in readable(reddit.info(fullnames=names))} if names else {}
    full: list[Note] = []
    for it in notes:
        if it.kind != "comment":
            full.append(it)
        elif it.name in found:
            full.append(replace(found[it.name], inbox=it.inbox))
    return full


def _answered(reddit: "praw.Reddit", it: Note) -> list[Note]:
    """The messages above a private message, oldest first; one request for all of them."""
    from prawcore.exceptions import Forbidden, NotFound  # noqa: PLC0415

    above: list[Note] = []
    try:
        each = reddit.inbox.message(it.parent[3:]) if it.parent else None
        while each is not None and len(above) < MOST_ANCESTORS:
            above += readable([each])
            each = each.parent
    except (Forbidden, NotFound, LookupError):
        pass
    return above[::-1]
