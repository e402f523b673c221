"""Sending to Reddit: what it has already is looked up there first, so that nothing comes twice."""

import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clone_pipeline.bots.connector import Refused, Saying
from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.platforms import reddit_there as there
from clone_pipeline.bots.platforms.reddit_line import Line
from clone_pipeline.bots.platforms.reddit_refusals import meaning
from clone_pipeline.bots.splitting import split

if TYPE_CHECKING:
    import praw

# Characters, https://www.reddit.com/dev/api#POST_api_comment and #POST_api_submit.
MOST_COMMENT, MOST_POST = 10_000, 40_000
_IMAGE_LOOKS = (1.0, 2.0, 4.0, 8.0, 15.0)  # seconds between looks for an image post

log = logging.getLogger(__name__)


class NotThereYet(Exception):
    """Reddit took an image post and does not show it yet."""


def reply(reddit: "praw.Reddit", line: Line, saying: Saying, *, me: str) -> str:
    """Answer a submission, a comment or a message; the fullname of (the first part of) it.

    If the account's answer is there, nothing is sent, but for parts that are missing in another
    try.

    Args:
        reddit: a session that uses `line`.
        line: its `wrote` is False here until something goes out of which nobody knows.
        saying: what to say.
        me: the bot's account.

    Raises:
        Gone: what is answered was deleted or locked.
        Refused: there is nothing to say.
    """
    from praw.exceptions import PRAWException  # noqa: PLC0415
    from prawcore.exceptions import PrawcoreException  # noqa: PLC0415

    heard, parts = saying.heard, split(saying.text, limit=MOST_COMMENT)
    if not parts:
        raise Refused("there is nothing to say")
    names = there.answers(reddit, heard, parts, me=me, deep=saying.again)
    if names and not saying.again:
        return names[0]
    if heard.kind != "direct" and not names:
        there.check_open(reddit, heard)
    for part in parts[len(names) :]:
        line.wrote = False
        parent = heard.message_id if heard.kind == "direct" else [heard.message_id, *names][-1]
        try:
            names.append(_said(reddit, parent, part, me=me))
        except (PRAWException, PrawcoreException) as error:
            if names and isinstance(meaning(error, wrote=line.wrote), Refused):
                log.warning("the end of the answer to %s is missing: %s", heard.message_id, error)
                break
            raise
    return names[0]


def post(
    reddit: "praw.Reddit", line: Line, saying: Saying, *, me: str, flair: str | None
) -> str:  # fmt: skip
    """Make a submission, of an image if there is one; its fullname. See `reply` for the rest.

    Raises:
        NotThereYet: an image post was taken and did not appear within half a minute.
    """
    title = saying.title.strip()[: there.MOST_TITLE]
    if found := there.submission(reddit, saying.heard, title, me=me):
        return found
    sub = reddit.subreddit(saying.heard.channel.removeprefix("r/"))
    first, *rest = split(saying.text, limit=MOST_POST) or [""]
    line.wrote = False
    if saying.image is None:
        name = f"t3_{sub.submit(title, selftext=first, flair_id=flair).id}"
    else:
        _submit_image(sub, title, saying.image, first, flair)
        name = appeared(reddit, saying.heard, title, me=me)
    parent = name
    for part in (part for each in rest for part in split(each, limit=MOST_COMMENT)):
        parent = _said(reddit, parent, part, me=me)
    return name


def appeared(
    reddit: "praw.Reddit", plan: Heard, title: str, *, me: str, patient: bool = True
) -> str:
    """A post that may be there; an image once Reddit has processed it.

    praw learns the id of an image post by a websocket alone, which is not waited for here.

    Args:
        reddit: a session.
        plan: of the post.
        title: of the post.
        me: the bot's account.
        patient: look again and again, for half a minute.

    Raises:
        NotThereYet: it is not there.
    """
    for wait in (0.0, *(_IMAGE_LOOKS if patient else ())):
        time.sleep(wait)
        if found := there.submission(reddit, plan, title, me=me):
            return found
    raise NotThereYet("Reddit does not show the post")


def edit(reddit: "praw.Reddit", name: str, text: str) -> None:
    """Put `text` in the place of that comment's or submission's text.

    Raises:
        Refused: it is a private message, or the text is too long.
    """
    thing: Any
    if name.startswith("t4_"):
        raise Refused("private messages can't be changed")
    comment = name.startswith("t1_")
    if len(text) > (MOST_COMMENT if comment else MOST_POST):
        raise Refused("it is too long for one comment")
    thing = reddit.comment(name[3:]) if comment else reddit.submission(name[3:])
    thing.edit(text)


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


def _said(reddit: "praw.Reddit", parent: str, text: str, *, me: str) -> str:
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
        made = next(each for each in own if each.parent_id == parent)
    return str(made.fullname)


def _submit_image(sub: Any, title: str, image: Path, text: str, flair: str | None) -> None:
    from praw.models import PostMedia  # noqa: PLC0415

    media = PostMedia(str(image))
    sub.submit(title, image=media, selftext=text or None, flair_id=flair, without_websockets=True)


def _bare(text: str) -> str:
    return " ".join(text.split())
