"""The parts that a long text becomes on Reddit, and the sending of one."""

from typing import TYPE_CHECKING, Any

from clone_pipeline.bots.splitting import split

if TYPE_CHECKING:
    import praw

# Characters, https://www.reddit.com/dev/api#POST_api_comment and #POST_api_submit.
MOST_COMMENT, MOST_POST = 10_000, 40_000


class NotThereYet(Exception):
    """Reddit took it and does not show it yet."""


def parts_of(text: str, *, post: bool = False) -> list[str]:
    """The comments that `text` becomes, each answering the one before it.

    Of a post the first is its body, which may be longer. No text: no parts.
    """
    if not post:
        return split(text, limit=MOST_COMMENT)
    first, *rest = split(text, limit=MOST_POST) or [""]
    below = [part for each in rest for part in split(each, limit=MOST_COMMENT)]
    return [first, *below] if first else []


def said(reddit: "praw.Reddit", parent: str, text: str, *, me: str) -> str:
    """Answer that submission, comment or message; the fullname of the answer.

    Raises:
        NotThereYet: Reddit took it, and neither shows it nor lists it among the account's.
    """
    from praw.models import Message  # noqa: PLC0415

    thing: Any
    if parent.startswith("t4_"):
        thing = Message(reddit, {"id": parent[3:]})
    else:
        comment = parent.startswith("t1_")
        thing = reddit.comment(parent[3:]) if comment else reddit.submission(parent[3:])
    made = thing.reply(text)
    if made is None:  # in a quarantined subreddit: it is among the account's comments
        own = reddit.redditor(me).comments.new(limit=25)
        made = next((each for each in own if each.parent_id == parent), None)
    if made is None:
        raise NotThereYet("Reddit does not show the answer")
    return str(made.fullname)
