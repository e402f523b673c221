"""What happens on a Reddit of our own while a bot is there, and its JSON.

Shapes: praw's models (Comment, Submission, Message, Redditor, UserSubreddit) and
https://github.com/reddit-archive/reddit/wiki/JSON; of what the inbox adds to comments (`type`,
`context`, `was_comment`, `new`, no `link_id`) praw's Inbox and Comment; private messages are t4.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from clone_pipeline_tests.reddit import reddit_pages as pages
from clone_pipeline_tests.reddit.reddit_world import Note, World

ME = "anna"
NEVER = 10**11  # the world's present, so that all that was made is there
Json = dict[str, Any]


@dataclass(slots=True)
class Letter:
    """A private message."""

    id: str
    author: str | None
    dest: str
    text: str
    subject: str
    created: int
    parent: str | None = None
    first: str | None = None

    @property
    def name(self) -> str:
        return f"t4_{self.id}"


@dataclass(slots=True)
class Life:
    """Posts and comments in the order of their making; `extra` holds more JSON fields by name.

    `unread` is the bot's inbox: fullnames with what the inbox calls them.
    """

    world: World = field(default_factory=lambda: World(now=NEVER))
    order: list[Note] = field(default_factory=list)
    extra: dict[str, Json] = field(default_factory=dict)
    letters: dict[str, Letter] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    votes: list[tuple[str, int]] = field(default_factory=list)
    profile: str = ""
    lock: threading.RLock = field(default_factory=threading.RLock)

    def post(self, sub: str, text: str = "", *, author: str = "ben", **given: Any) -> Note:
        """A submission; fields that are none of a Note go into its JSON."""
        with self.lock:
            if sub.lower() not in self.world.posts:
                self.world.open(sub, born=0)
            known = {name: given.pop(name) for name in ("title", "created") if name in given}
            created = known.pop("created", int(time.time()))
            note = self.world.post(sub, created, author=author, text=text, **known)
            return self._made(note, given)

    def answer(self, parent: Note, text: str, *, author: str = "ben", **given: Any) -> Note:
        """A comment; in the bot's inbox if it answers the bot or names it."""
        with self.lock:
            created = given.pop("created", int(time.time()))
            note = self._made(self.world.reply(parent, created, author=author, text=text), given)
            kind = "comment_reply" if parent.parent else "post_reply"
            if f"u/{ME}" in text.lower():
                self.unread[note.name] = "username_mention"
            elif parent.author == ME and author != ME:
                self.unread[note.name] = kind
            return note

    def letter(
        self, text: str, *, author: str | None = "ben", dest: str = ME, subject: str = "Hello",
        parent: Letter | None = None, created: int | None = None,
    ) -> Letter:  # fmt: skip
        """A private message."""
        with self.lock:
            first = (parent.first or parent.name) if parent else None
            made = Letter(
                f"m{len(self.letters):05}", author, dest, text,
                f"re: {parent.subject.removeprefix('re: ')}" if parent else subject,
                int(time.time()) if created is None else created,
                parent.name if parent else None, first,
            )  # fmt: skip
            self.letters[made.name] = made
            if dest == ME:
                self.unread[made.name] = ""
            return made

    def newest(self, wanted: Callable[[Note], bool]) -> Iterator[Note]:
        """The newest first, of what Reddit lists: nothing that its author deleted."""
        with self.lock:
            there = list(self.order)
        return (note for note in reversed(there) if note.deleted is None and wanted(note))

    def thing(self, note: Note) -> Json:
        """A post or comment as listings show it."""
        made = pages.thing(self.world, note.name)
        post = self.world.post_of[note.name]
        more: Json = {"locked": False, "archived": False}
        if note.parent:
            more |= {
                "link_title": post.title, "link_author": post.author, "author_flair_text": None,
            }  # fmt: skip
        else:
            more |= {"link_flair_text": None}
        made["data"] |= more | self.extra.get(note.name, {})
        return made

    def tree(self, notes: Sequence[Note], depth: int = 0) -> list[Json]:
        """Comments with what is below them; deeper ones are behind "continue this thread"."""
        made = []
        for note in notes:
            thing = self.thing(note)
            children = [each for each in note.children if not self._pruned(each)]
            if children and depth + 1 >= pages.DEPTH:
                stub = {
                    "count": 0, "name": "t1__", "id": "_", "parent_id": note.name,
                    "depth": depth + 1, "children": [],
                }  # fmt: skip
                below = [{"kind": "more", "data": stub}]
            else:
                below = self.tree(children, depth + 1)
            thing["data"]["replies"] = pages.listing(below) if below else ""
            made.append(thing)
        return made

    def page(self, note: Note, context: int) -> list[Json]:
        """The page of a comment: what it answers up to 8 levels above, and what answers it."""
        if self._pruned(note):
            return []
        made = self.tree([note])
        for _ in range(min(context, 8)):
            if not note.parent or note.parent.startswith("t3_"):
                break
            note = self.world.by_name[note.parent]
            above = self.thing(note)
            above["data"]["replies"] = pages.listing(made)
            made = [above]
        return made

    def in_inbox(self, name: str) -> Json:
        """An item of the inbox."""
        if name in self.letters:
            return self.mail(self.letters[name])
        note = self.world.by_name[name]
        made = self.thing(note)
        data, post = made["data"], self.world.post_of[name]
        context = f"/r/{data['subreddit']}/comments/{post.id}/title/{note.id}/?context=3"
        data |= {
            "type": self.unread.get(name, "comment_reply"), "subject": "comment reply",
            "context": context, "was_comment": True, "new": name in self.unread, "dest": ME,
        }  # fmt: skip
        del data["link_id"]
        return made

    def mail(self, letter: Letter, replies: Sequence[Letter] = ()) -> Json:
        """A private message."""
        below: Any = pages.listing([self.mail(each) for each in replies]) if replies else ""
        data = {
            "id": letter.id, "name": letter.name, "author": letter.author, "dest": letter.dest,
            "body": letter.text, "subject": letter.subject, "created_utc": float(letter.created),
            "parent_id": letter.parent, "first_message_name": letter.first, "replies": below,
            "subreddit": None, "was_comment": False, "new": letter.name in self.unread,
            "context": "", "distinguished": None,
        }  # fmt: skip
        return {"kind": "t4", "data": data}

    def answers_of_ours(self) -> Counter[str]:
        """How often the bot answered each thing."""
        own = [note.parent for note in self.order if note.author == ME and note.parent]
        sent = [each.parent for each in self.letters.values() if each.author == ME and each.parent]
        return Counter([*own, *sent])

    def _made(self, note: Note, extra: Json) -> Note:
        self.order.append(note)
        if extra:
            self.extra[note.name] = extra
        return note

    def _pruned(self, note: Note) -> bool:
        return note.deleted is not None and not note.children
