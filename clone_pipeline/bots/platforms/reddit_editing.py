"""Changes to what a bot wrote on Reddit, and what its profile says."""

from typing import TYPE_CHECKING, Any

from clone_pipeline.bots.connector import Refused
from clone_pipeline.bots.items import Item
from clone_pipeline.bots.platforms import reddit_there as there
from clone_pipeline.bots.platforms.reddit_parts import parts_of, said

if TYPE_CHECKING:
    import praw


def edit(reddit: "praw.Reddit", item: Item, text: str, *, me: str) -> None:
    """Put `text` in the place of what the item says; its comments may become more or fewer.

    Of a post the body is changed and the comments below that go on with it; titles stay.

    Args:
        reddit: a session.
        item: that was sent.
        text: the new one; of a post without the title.
        me: the bot's account.

    Raises:
        Refused: it is a private message, was never sent, or there is nothing to say.
    """
    name, old = item.sent_id, item.text or ""
    if not name:
        raise Refused("it was never sent")
    if name.startswith("t4_"):
        raise Refused("private messages can't be changed")
    post = name.startswith("t3_")
    first, *rest = parts_of(text, post=post) or [""]
    if not first and not post:
        raise Refused("there is nothing to say")
    known = parts_of(old.partition("\n\n")[2] if post else old, post=post)
    names = [name]
    if len(known) > 1:
        names += there.below(reddit, name, known[1:], me=me, since=item.heard.heard)
    for each, part in zip(names, (first, *rest), strict=False):
        _thing(reddit, each).edit(part)
    for each in reversed(names[1 + len(rest) :]):
        _thing(reddit, each).delete()
    parent = names[-1]
    for part in rest[len(names) - 1 :]:
        parent = said(reddit, parent, part, me=me)


def introduce(reddit: "praw.Reddit", text: str) -> None:
    """Add `text` to the profile's description if it is not there.

    Raises:
        Refused: the account has no profile.
    """
    me = reddit.user.me(use_cache=False)
    profile = getattr(me, "subreddit", None)
    if not profile:
        raise Refused("the account has no profile to write into")
    shown = str(profile.public_description or "")
    if _bare(text) not in _bare(shown):
        profile.mod.update(public_description=f"{shown}\n\n{text}".strip())


def _thing(reddit: "praw.Reddit", name: str) -> Any:
    return reddit.comment(name[3:]) if name.startswith("t1_") else reddit.submission(name[3:])


def _bare(text: str) -> str:
    return " ".join(text.split())
