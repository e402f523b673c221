import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from clone_pipeline.bots.heard import Platform
from clone_pipeline.bots.items import Item
from clone_pipeline.bots.splitting import split
from clone_pipeline_tests.bots.platforms import reddit_server
from clone_pipeline_tests.bots.platforms.reddit_bot import ENVIRONMENT
from clone_pipeline_tests.bots.platforms.reddit_life import ME, Json, Letter, Life
from clone_pipeline_tests.bots.platforms.reddit_server import BotReddit
from clone_pipeline_tests.bots.simulation.place import Stored, Watch
from clone_pipeline_tests.bots.simulation.traffic import Line
from clone_pipeline_tests.reddit.reddit_server import Fault
from clone_pipeline_tests.reddit.reddit_world import Note

_PING = re.compile(r"(?<![\w/])/?u/[\w-]{3,20}", re.IGNORECASE)
FAULTS: tuple[Fault, ...] = ((429, "0.2"), (503, None), (500, None), "cut")
ODD: Json = {"kind": "t9", "data": {"id": "x"}}
QUIET = "quiet"


class Watched(Life):
    """Tells when the bot writes."""

    def __init__(self) -> None:
        super().__init__()
        self.hook = Watch()

    def answer(self, parent: Note, text: str, *, author: str = "ben", **given: Any) -> Note:
        if author != ME:
            return super().answer(parent, text, author=author, **given)
        self.hook("reddit", "before")
        made = super().answer(parent, text, author=author, **given)
        self.hook("reddit", "after")
        return made

    def letter(self, text: str, *, author: str | None = "ben", **given: Any) -> Letter:
        if author != ME:
            return super().letter(text, author=author, **given)
        self.hook("reddit", "before")
        made = super().letter(text, author=author, **given)
        self.hook("reddit", "after")
        return made


@dataclass
class RedditPlace:
    """Subreddits with a thread each, more as they are made; the last of them is quiet."""

    server: BotReddit
    life: Watched
    subs: list[str]
    seed: int
    platform: Platform = "reddit"
    blocked: str = "blocked_one"
    threads: dict[str, list[Note]] = field(default_factory=dict)
    waiting: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.hook = self.life.hook
        urls = {"praw_oauth_url": self.server.url, "praw_reddit_url": self.server.url}
        self.environment = ENVIRONMENT | urls
        places: dict[str, dict[str, float]] = {sub: {} for sub in self.subs}
        places[QUIET] = {"chance": 0.0}
        places[self.subs[0]] = {"post_frequency": 0.45}
        self.settings = {"subs": places, "poll_seconds": 1}
        self.threads = {sub: [self._post(sub, "Welcome.", back=30)] for sub in places}
        draw = random.Random(self.seed)
        self.server.plan = lambda number, path: self._fault("plan", path, draw)
        self.server.spoil = lambda number, path: self._fault("spoil", path, draw)

    def _fault(self, when: str, path: str, draw: random.Random) -> Fault:
        writes = path.startswith(("/api/comment", "/api/submit"))
        for key in (f"{when} write",) if writes else (f"{when} read",):
            if self.waiting[key]:
                self.waiting[key] -= 1
                return draw.choice(FAULTS[1:] if when == "spoil" else FAULTS)
        return None

    def _post(self, sub: str, text: str, *, author: str = "ben", back: int = 0) -> Note:
        return self.life.post(
            sub, text, author=author, title=f"{text[:60]} there", created=int(time.time()) - back
        )

    def listened(self) -> int:
        return self.server.tokens

    def say(self, lines: Iterable[Line]) -> Iterable[tuple[Line, str, str]]:
        return [self._say(line) for line in lines]

    def _say(self, line: Line) -> tuple[Line, str, str]:
        author, sub, text = f"person_{line.who}", self.subs[line.where], line.text
        match line.kind:
            case "bot":
                author = "AutoModerator"
            case "blocked":
                author = self.blocked
            case "direct":
                return line, self.life.letter(text, author=author).name, author
            case "quiet":
                sub = QUIET
        if line.kind == "reply" and (ours := self._last_of_ours(sub)):
            return line, self.life.answer(ours, text, author=author).name, author
        if line.kind not in ("chatter", "quiet", "bot"):
            text = f"u/{ME} {text}"
        elif line.number % 5 == 0:
            note = self._post(sub, text, author=author)
            self.threads[sub].append(note)
            return line, note.name, author
        above = self.threads[sub][line.number % len(self.threads[sub])]
        if above.children and line.number % 3 == 0:
            above = above.children[line.number % len(above.children)]
        above = above if above.deleted is None and above.author != ME else self.threads[sub][0]
        return line, self.life.answer(above, text, author=author).name, author

    def _last_of_ours(self, sub: str) -> Note | None:
        there = self.life.world.subreddit_of
        notes = reversed(self.life.order[-400:])
        ours = (n for n in notes if n.author == ME and n.parent and there[n.name] == sub)
        return next((note for note in ours), None)

    def delete(self, message_id: str) -> None:
        if not message_id.startswith("t4_"):
            self.life.world.by_name[message_id].deleted = int(time.time())

    def disturb(self, draw: random.Random) -> None:
        self.waiting[draw.choice(("plan read", "plan write", "spoil read", "spoil write"))] += 1

    def malformed(self, draw: random.Random) -> None:
        self.server.odd = [ODD]
        threading.Timer(0.3, self.server.odd.clear).start()

    def parts(self, item: Item) -> list[str]:
        if item.task == "post":
            return [(item.text or "").partition("\n\n")[2]]
        return split(item.text or "", limit=10_000)

    def stored(self) -> list[Stored]:
        notes = [(n.name, n.text, n.parent or "") for n in list(self.life.order) if n.author == ME]
        letters = [
            (each.name, each.text, each.parent or "")
            for each in list(self.life.letters.values())
            if each.author == ME
        ]
        return [Stored(*each, pings=bool(_PING.search(each[1]))) for each in (*notes, *letters)]


@contextmanager
def reddit_place(channels: int, seed: int) -> Iterator[RedditPlace]:
    life = Watched()
    with reddit_server.running(life) as server:
        yield RedditPlace(server, life, [f"garden{number}" for number in range(channels)], seed)
