"""What is on a Reddit of our own: posts and notes that appear, are edited and vanish in time."""

import random
from dataclasses import dataclass, field
from typing import Any

HOUR, DAY = 3600, 86_400


@dataclass(slots=True)
class Note:
    """A post (parent None) or a comment; times are Unix seconds, None is never."""

    id: str
    parent: str | None
    author: str
    created: int
    text: str
    score: int = 1
    title: str = ""
    deleted: int | None = None
    removed: int | None = None
    account_gone: int | None = None
    edited: int | None = None
    edited_text: str = ""
    children: list["Note"] = field(default_factory=list, repr=False)

    @property
    def name(self) -> str:
        return f"t1_{self.id}" if self.parent else f"t3_{self.id}"

    def is_gone(self, now: int) -> bool:
        times = (self.deleted, self.removed, self.account_gone)
        return any(t is not None and t <= now for t in times)

    def text_at(self, now: int) -> str:
        return self.edited_text if self.edited is not None and self.edited <= now else self.text

    def below(self, now: int) -> list["Note"]:
        """All comments under this one that exist and that Reddit shows: no deleted leaf."""
        found = []
        for child in self.children:
            if child.created <= now:
                deeper = child.below(now)
                if deeper or not child.is_gone(now):
                    found += [child, *deeper]
        return found


@dataclass(slots=True, repr=False)
class World:
    """Subreddits by name in lower case: born when, and their posts."""

    now: int = 0
    born: dict[str, int] = field(default_factory=dict)
    posts: dict[str, list[Note]] = field(default_factory=dict)
    by_name: dict[str, Note] = field(default_factory=dict)
    post_of: dict[str, Note] = field(default_factory=dict)
    subreddit_of: dict[str, str] = field(default_factory=dict)

    def open(self, subreddit: str, *, born: int) -> None:
        self.born[subreddit.lower()] = born
        self.posts.setdefault(subreddit.lower(), [])

    def add(self, subreddit: str, note: Note, parent: Note | None = None) -> Note:
        if parent is None:
            self.posts[subreddit.lower()].append(note)
        else:
            parent.children.append(note)
        self.by_name[note.name] = note
        self.post_of[note.name] = self.post_of[parent.name] if parent else note
        self.subreddit_of[note.name] = subreddit
        return note

    def new_id(self) -> str:
        return _base36(36**5 + len(self.by_name))

    def post(self, subreddit: str, created: int, **given: Any) -> Note:
        note_id = self.new_id()
        named = {"author": "anna", "text": f"text {note_id}", "title": f"Title {note_id}"} | given
        return self.add(subreddit, Note(id=note_id, parent=None, created=created, **named))

    def reply(self, parent: Note, created: int, **given: Any) -> Note:
        note_id = self.new_id()
        named = {"author": "ben", "text": f"answer {note_id}"} | given
        note = Note(id=note_id, parent=parent.name, created=created, **named)
        return self.add(self.subreddit_of[parent.name], note, parent)

    def grow(self, post: Note, count: int, draw: random.Random, *, chain: float = 0.5) -> None:
        """Comments below `post`, each a reply to the last (share `chain`) or to any."""
        notes = [post]
        for number in range(count):
            parent = notes[-1] if draw.random() < chain else draw.choice(notes)
            notes.append(
                self.reply(
                    parent,
                    max(parent.created, post.created) + draw.randint(1, 30),
                    author=f"user{draw.randint(1, 40)}",
                    score=draw.randint(-5, 300),
                    text=f"answer {number}: {draw.choice(('yes', 'no', 'Perhaps'))}",
                )
            )


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits


def spoil(world: World, draw: random.Random, *, until: int) -> None:
    """Some of what there is gets deleted, removed or edited, or its account goes, in time."""
    for note in world.by_name.values():
        chance, moment = draw.random(), draw.randint(note.created + 60, until)
        if chance < 0.04:
            note.deleted = moment
        elif chance < 0.06:
            note.removed = moment
        elif chance < 0.07:
            note.account_gone = moment
        elif chance < 0.12:
            note.edited, note.edited_text = moment, f"{note.text} (edit: sorry)"
