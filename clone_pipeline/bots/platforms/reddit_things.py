"""What praw hands over as plain notes, and notes as what a bot hears.

Fields: praw's models (Submission, Comment, Message) and https://www.reddit.com/dev/api; of
galleries `gallery_data` and `media_metadata` as praw's Submission documents them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from clone_pipeline.bots.heard import Heard, Said

NOBODY = "[deleted]"
WITHDRAWN = frozenset({"[deleted]", "[removed]"})

_IMAGE = re.compile(
    r"https?://[^\s()<>\[\]\"']{1,500}?\.(?:png|jpe?g|gif|webp)(?![\w.])(?:\?[^\s()<>\[\]\"']{0,1000})?",
    re.IGNORECASE,
)
_USER = re.compile(r"(?<![\w/])/?u/([A-Za-z0-9_-]{3,20})(?![\w-])", re.IGNORECASE)
_MOST_IMAGES = 20


@dataclass(frozen=True, slots=True)
class Note:
    """A submission, a comment or a private message, as Reddit shows it.

    Attributes:
        kind: which of them.
        name: the fullname: t3_.., t1_.. or t4_...
        parent: fullname of what it answers; "" for what begins something.
        thread: fullname of the submission; "" for messages.
        sub: the subreddit; of a message "u/NAME" with its writer.
        author: "[deleted]" where there is none.
        text: body, or the submission's text; of a crosspost the original's, of a poll its options.
        created: UTC.
        title: of a submission; the subject of a message.
        is_link: a submission without text of its own.
        images: addresses.
        locked: by moderators or for its age.
        flair: of the submission, or of a comment's author.
        inbox: what the inbox says it is, such as "username_mention"; "" from elsewhere.
    """

    kind: Literal["submission", "comment", "direct"]
    name: str
    parent: str
    thread: str
    sub: str
    author: str
    text: str
    created: datetime
    title: str = ""
    is_link: bool = False
    images: tuple[str, ...] = ()
    locked: bool = False
    flair: str = ""
    inbox: str = ""

    def said(self, ours: bool) -> Said:
        """As something that was said before."""
        return Said(self.name, self.author, self.text, ours=ours)


def note(thing: Any) -> Note:
    """A praw Submission, Comment or Message, without asking Reddit for anything more.

    Raises:
        LookupError, TypeError, ValueError: it is none, or lacks what each has.
    """
    data = vars(thing)
    name = thing.fullname
    if name.startswith("t4_"):
        return _message(name, data)
    made = _submission if name.startswith("t3_") else _comment
    return made(name, data)


def heard_of(
    it: Note, *, me: str, before: Sequence[Note], depth: int, sent: Sequence[str] = ()
) -> Heard:
    """What a bot hears of it.

    Args:
        it: the note.
        me: the bot's own account.
        before: of a comment the submission, where it is known, and the ancestors, oldest first;
            of a message those that it answers.
        depth: of a comment, 1 for one on the submission.
        sent: fullnames that the bot knows it sent.
    """
    thread = it if it.kind == "submission" else next(iter(before), None)
    if it.kind == "direct" or (thread and thread.kind != "submission"):
        thread = None
    named = [found[1] for found in _USER.finditer(f"{it.title} {it.text}")]
    others = dict.fromkeys(each for each in named if not same(each, me))
    parent_known = next((each for each in before if each.name == it.parent), None)
    parent_ours = it.parent in sent or it.inbox in ("comment_reply", "post_reply")
    return Heard(
        platform="reddit", message_id=it.name, channel=it.sub, author=it.author, text=it.text,
        heard=it.created, kind=it.kind, title=it.title or (thread.title if thread else ""),
        thread_author=thread.author if thread else "",
        thread_started=thread.created if thread else None,
        context=tuple(each.said(same(each.author, me) or each.name in sent) for each in before),
        ours=same(it.author, me),
        to_us=any(same(each, me) for each in named) or it.inbox == "username_mention",
        mentions=tuple(others),
        parent_is_ours=parent_ours or bool(parent_known and same(parent_known.author, me)),
        thread_is_ours=bool(thread and same(thread.author, me)) or it.thread in sent,
        is_link=it.is_link, images=it.images, depth=depth if it.kind == "comment" else 0,
        locked=it.locked or bool(thread and thread.locked), flair=it.flair,
    )  # fmt: skip


def same(one: str, other: str) -> bool:
    """Whether two names are one account's."""
    return one.casefold() == other.casefold()


def _submission(name: str, data: Mapping[str, Any]) -> Note:
    crossposted = data.get("crosspost_parent_list")
    content = crossposted[0] if crossposted else data
    link = not content.get("is_self", True)
    url = str(content.get("url") or "")
    shown = _gallery(content)
    if link and (content.get("post_hint") == "image" or _IMAGE.fullmatch(url)):
        shown.append(url)
    text = "\n\n".join(filter(None, (_text(content.get("selftext")), _poll(content))))
    return Note(
        "submission", name, "", name, str(data["subreddit"]), _author(data),
        text, _moment(data), title=_text(data["title"]), is_link=link,
        images=_images(shown, text), locked=_locked(data),
        flair=_text(data.get("link_flair_text")),
    )  # fmt: skip


def _comment(name: str, data: Mapping[str, Any]) -> Note:
    return Note(
        "comment", name, str(data["parent_id"]), str(data.get("link_id") or ""),
        str(data["subreddit"]), _author(data), _text(data["body"]), _moment(data),
        title=_text(data.get("link_title")), images=_images(_gallery(data), data["body"]),
        locked=_locked(data), flair=_text(data.get("author_flair_text")),
        inbox=str(data.get("type") or ""),
    )  # fmt: skip


def _message(name: str, data: Mapping[str, Any]) -> Note:
    author = _author(data)
    return Note(
        "direct", name, str(data.get("parent_id") or ""), "", f"u/{author}", author,
        _text(data["body"]), _moment(data), title=_text(data.get("subject")),
        images=_images([], data["body"]),
    )  # fmt: skip


def _author(data: Mapping[str, Any]) -> str:
    return str(data.get("author") or NOBODY)


def _text(value: Any) -> str:
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} instead of a text")
    return value or ""


def _moment(data: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(float(data["created_utc"]), UTC)


def _locked(data: Mapping[str, Any]) -> bool:
    return bool(data.get("locked") or data.get("archived"))


def _poll(content: Mapping[str, Any]) -> str:
    """The options of a poll, a line each: praw's objects, of a crosspost plain JSON."""
    poll = content.get("poll_data") or {}
    options = (poll if isinstance(poll, Mapping) else vars(poll)).get("options") or ()
    texts = [each["text"] if isinstance(each, Mapping) else each.text for each in options]
    return "\n".join(f"- {_text(each)}" for each in texts)


def _gallery(data: Mapping[str, Any]) -> list[str]:
    """Addresses of a gallery's images in its order, or of those that a text shows."""
    shown = data.get("media_metadata") or {}
    items = (data.get("gallery_data") or {}).get("items") or ()
    ids = [str(item["media_id"]) for item in items] or list(shown)
    sources = [(shown.get(each) or {}).get("s") or {} for each in ids]
    return [str(source.get("u") or source.get("gif")) for source in sources if source]


def _images(shown: Sequence[str], text: Any) -> tuple[str, ...]:
    found = [*shown, *(match[0] for match in _IMAGE.finditer(_text(text)))]
    wanted = [url for url in dict.fromkeys(found) if url.startswith(("http://", "https://"))]
    return tuple(wanted[:_MOST_IMAGES])
