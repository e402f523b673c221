"""What the bot's account has on Reddit already, so that nothing is sent twice."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from clone_pipeline.bots.connector import Gone
from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.platforms.reddit_things import WITHDRAWN, same

if TYPE_CHECKING:
    import praw

MOST_TITLE = 300  # characters, https://www.reddit.com/dev/api#POST_api_submit
_OWN = 1000  # of the account's comments or messages that are looked through, at most
_OWN_POSTS = 50
_CLOCKS = 300.0  # seconds by which the clocks may differ


def answers(
    reddit: "praw.Reddit", heard: Heard, parts: list[str], *, me: str, deep: bool
) -> list[str]:
    """Fullnames of the account's answer to `heard`, part by part as far as they are there.

    Args:
        reddit: a session.
        heard: what is answered.
        parts: of the answer, of which each answers the one before it.
        me: the bot's account.
        deep: look through all that the account wrote since, and for all parts; else only for the
            first, at what the page of `heard` shows.
    """
    from prawcore.exceptions import Forbidden, NotFound  # noqa: PLC0415

    if heard.kind == "direct":
        return _messages(reddit, heard, parts)
    if not deep:
        found = _beneath(reddit, heard, me=me)
        return [found] if found else []
    own = _since(reddit.redditor(me).comments.new(limit=_OWN), heard.heard)
    by_parent = {each.parent_id: str(each.fullname) for each in own}
    names: list[str] = []
    while len(names) < len(parts) and (name := by_parent.get([heard.message_id, *names][-1])):
        names.append(name)
    if not names:
        with suppress(Forbidden, NotFound):  # of a closed place what the account wrote tells all
            found = _beneath(reddit, heard, me=me)
            names = [found] if found else []
    return names


def below(
    reddit: "praw.Reddit", name: str, parts: list[str], *, me: str, since: datetime
) -> list[str]:
    """Fullnames of the account's comments below one of its own that go on with these parts.

    Each answers the one before it, and has the part's words.

    Args:
        reddit: a session.
        name: of the account's submission or comment.
        parts: that follow it.
        me: the bot's account.
        since: no comment is older.
    """
    answers: dict[str, list[Any]] = {}
    for each in _since(reddit.redditor(me).comments.new(limit=_OWN), since):
        answers.setdefault(each.parent_id, []).append(each)
    names: list[str] = []
    for part in parts:
        found = answers.get([name, *names][-1], [])
        match = next((each for each in found if _bare(each.body) == _bare(part)), None)
        if match is None:
            break
        names.append(str(match.fullname))
    return names


def submission(reddit: "praw.Reddit", plan: Heard, title: str, *, me: str) -> str | None:
    """Fullname of the account's submission there with this title, made since it was planned."""
    place, wanted = plan.channel.removeprefix("r/"), _bare(title[:MOST_TITLE])
    for each in _since(reddit.redditor(me).submissions.new(limit=_OWN_POSTS), plan.heard):
        if same(str(each.subreddit), place) and _bare(each.title) == wanted:
            return str(each.fullname)
    return None


def check_open(reddit: "praw.Reddit", heard: Heard) -> None:
    """Look whether what was heard can still be answered.

    Raises:
        Gone: it can't.
    """
    thread = [said.message_id for said in heard.context[:1] if said.message_id.startswith("t3_")]
    asked = reddit.info(fullnames=[heard.message_id, *thread])
    found = {str(each.fullname): vars(each) for each in asked}
    answered = found.get(heard.message_id)
    if answered is None:
        raise Gone("what was to be answered is not there any more")
    text = str(answered.get("body", answered.get("selftext"))).strip()
    if text in WITHDRAWN or answered.get("removed_by_category"):
        raise Gone("what was to be answered is deleted")
    if any(each.get("locked") or each.get("archived") for each in found.values()):
        raise Gone("nobody can answer there: it is locked")


def _since(things: Iterable[Any], moment: datetime) -> Iterator[Any]:
    """Of a listing with the newest first those that are no older, clocks being what they are."""
    for each in things:
        if not hasattr(each, "created_utc"):  # what praw knows no kind of
            continue
        if float(each.created_utc) < moment.timestamp() - _CLOCKS:
            return
        yield each


def _messages(reddit: "praw.Reddit", heard: Heard, parts: list[str]) -> list[str]:
    """Private messages that answer `heard`; any text counts as the first part."""
    sent = list(_since(reddit.inbox.sent(limit=_OWN), heard.heard))
    own = [each for each in reversed(sent) if getattr(each, "parent_id", "") == heard.message_id]
    texts = [_bare(each.body) for each in own]
    names: list[str] = []
    for part in parts:
        if _bare(part) not in texts:
            break
        names.append(str(own[texts.index(_bare(part))].fullname))
    return names or [str(each.fullname) for each in own[:1]]


def _beneath(reddit: "praw.Reddit", heard: Heard, *, me: str) -> str | None:
    """The account's answer among those that the page of a submission or comment shows."""
    from praw.exceptions import ClientException  # noqa: PLC0415

    thing: Any
    if heard.message_id.startswith("t3_"):
        thing = reddit.submission(heard.message_id[3:])
        thing.comment_sort, thing.comment_limit = "new", 100
        shown = thing.comments
    else:
        thing = reddit.comment(heard.message_id[3:])
        thread = next((said.message_id for said in heard.context[:1]), "")
        if thread.startswith("t3_"):
            thing.submission = reddit.submission(thread[3:])
        try:
            shown = thing.refresh().replies
        except ClientException:  # a deleted comment without answers is on no page
            return None
    for each in shown:
        own = getattr(each, "author", None) and same(str(each.author), me)
        if own and each.parent_id == heard.message_id:
            return str(each.fullname)
    return None


def _bare(text: str) -> str:
    return " ".join(text.split())
