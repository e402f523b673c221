"""Sending to Reddit: what it has already is looked up there first, so that nothing comes twice."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clone_pipeline.bots.connector import Refused, Saying
from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.platforms import reddit_there as there
from clone_pipeline.bots.platforms.reddit_line import Line
from clone_pipeline.bots.platforms.reddit_parts import NotThereYet, parts_of, said
from clone_pipeline.bots.platforms.reddit_refusals import meaning

if TYPE_CHECKING:
    import praw

_IMAGE_LOOKS = (1.0, 2.0, 4.0, 8.0, 15.0)  # seconds between looks for an image post

log = logging.getLogger(__name__)


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

    heard, parts = saying.heard, parts_of(saying.text)
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
            names.append(said(reddit, parent, part, me=me))
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
    first, *rest = parts_of(saying.text, post=True) or [""]
    name = there.submission(reddit, saying.heard, title, me=me)
    if name and not saying.again:
        return name
    names = [name] if name else []
    if name and rest:
        names += there.below(reddit, name, rest, me=me, since=saying.heard.heard)
    if not names:
        sub = reddit.subreddit(saying.heard.channel.removeprefix("r/"))
        line.wrote = False
        if saying.image is None:
            names.append(f"t3_{sub.submit(title, selftext=first, flair_id=flair).id}")
        else:
            _submit_image(sub, title, saying.image, first, flair)
            names.append(appeared(reddit, line, saying.heard, title, me=me))
    for part in rest[len(names) - 1 :]:
        names.append(said(reddit, names[-1], part, me=me))
    return names[0]


def appeared(
    reddit: "praw.Reddit", line: Line, plan: Heard, title: str, *, me: str, patient: bool = True
) -> str:
    """A post that may be there; an image once Reddit has processed it.

    praw learns the id of an image post by a websocket alone, which is not waited for here.

    Args:
        reddit: a session that uses `line`.
        line: waits on it end with it.
        plan: of the post.
        title: of the post.
        me: the bot's account.
        patient: look again and again, for half a minute.

    Raises:
        NotThereYet: it is not there.
    """
    for wait in (0.0, *(_IMAGE_LOOKS if patient else ())):
        line.pause(wait)
        if found := there.submission(reddit, plan, title, me=me):
            return found
    raise NotThereYet("Reddit does not show the post")


def _submit_image(sub: Any, title: str, image: Path, text: str, flair: str | None) -> None:
    from praw.models import PostMedia  # noqa: PLC0415

    media = PostMedia(str(image))
    sub.submit(title, image=media, selftext=text or None, flair_id=flair, without_websockets=True)
