"""A bot on a Reddit of our own: the server, praw pointed at it, and what a test asks for."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.bots.connector import Connector, Saying
from clone_pipeline.bots.heard import Heard, Said
from clone_pipeline.bots.platform_settings import RedditPlatform
from clone_pipeline.bots.platforms import reddit
from clone_pipeline_tests.bots.platforms.ears import FakeEars
from clone_pipeline_tests.bots.platforms.listening import listening, sent, until
from clone_pipeline_tests.bots.platforms.reddit_life import Letter, Life
from clone_pipeline_tests.bots.platforms.reddit_server import BotReddit, running
from clone_pipeline_tests.reddit.reddit_world import Note

ENVIRONMENT = {
    "REDDITCLIENT": "id", "REDDITSECRET": "secret", "REDDITAGENT": "anna", "REDDITPASSWORD": "pass",
}  # fmt: skip


@dataclass(slots=True)
class Place:
    """A Reddit, a folder that survives restarts, and the bot's settings there."""

    server: BotReddit
    folder: Path
    life: Life
    settings: dict[str, Any] = field(default_factory=lambda: {"subs": {"Plants": {}}})

    def connector(self) -> Connector:
        plain = RedditPlatform.model_validate({"poll_seconds": 1} | self.settings)
        return reddit.connector(plain, bot="anna", folder=self.folder)

    @asynccontextmanager
    async def listening(self, ears: FakeEars) -> AsyncIterator[Connector]:
        """A bot that has looked at each stream once; things made now are new to it."""
        connector, before = self.connector(), self.looks()
        async with listening(connector, ears) as task:
            await until(lambda: task.done() or self._looked(before))
            yield connector

    async def crashed(self, ears: FakeEars, happen: Callable[[], object]) -> None:
        """Listen until it crashes of what happens, and raise that."""
        connector, before = self.connector(), self.looks()
        task = asyncio.create_task(connector.run(ears))
        await until(lambda: task.done() or self._looked(before))
        happen()
        await asyncio.wait_for(task, 10)

    def looks(self) -> Counter[str]:
        """How often each path was answered."""
        counted: Counter[str] = Counter()
        for key, times in self.server.answered.copy().items():
            counted[key.partition("?")[0].rstrip("/")] += times
        return counted

    def _looked(self, before: Counter[str]) -> bool:
        wanted = {"/message/unread"} if self.settings.get("inbox", True) else set()
        if subs := "+".join(name.lower() for name in self.settings.get("subs", {})):
            wanted |= {f"/r/{subs}/comments", f"/r/{subs}/new"}
        for name in self.settings.get("follow", {}):
            wanted |= {f"/user/{name}/comments", f"/user/{name}/submitted"}
        now = self.looks()
        return all(now[path] > before[path] for path in wanted)


@contextmanager
def placed(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Place]:
    life = Life()
    with running(life) as server:
        urls = {"praw_oauth_url": server.url, "praw_reddit_url": server.url}
        for name, value in (ENVIRONMENT | urls).items():
            patch.setenv(name, value)
        patch.setattr("clone_pipeline.bots.platforms.reddit_streams._SOON", 0.05)
        yield Place(server, folder, life)


def listen(place: Place, ears: FakeEars, happen: Callable[[], object], *, until_heard: int) -> None:
    """Have the bot listen, let something happen, and wait until so much was heard."""

    async def run() -> None:
        async with place.listening(ears):
            happen()
            await until(lambda: len(ears.heard) >= until_heard)

    asyncio.run(run())


def heard(thing: Note | Letter, life: Life) -> Heard:
    """What a bot heard of it, as far as answering needs it."""
    if isinstance(thing, Letter):
        author = thing.author or "[deleted]"
        when = datetime.fromtimestamp(thing.created, UTC)
        return Heard("reddit", thing.name, f"u/{author}", author, thing.text, when, kind="direct")
    post, kind = life.world.post_of[thing.name], "comment" if thing.parent else "submission"
    before = (Said(post.name, post.author, post.text),) if thing.parent else ()
    return Heard(
        "reddit", thing.name, life.world.subreddit_of[thing.name], thing.author, thing.text,
        datetime.fromtimestamp(thing.created, UTC), kind=kind,  # type: ignore[arg-type]
        title=post.title, context=before, depth=1 if thing.parent else 0,
    )  # fmt: skip


def planned(sub: str = "Plants", *, is_link: bool = False) -> Heard:
    return Heard("reddit", "post:1", sub, "", "", datetime.now(UTC), "submission", is_link=is_link)


def post(place: Place, plan: Heard, title: str, text: str = "", image: Path | None = None) -> str:
    """Have the bot post it; the fullname."""
    saying = Saying(plan, text, "n" * 24, title=title, image=image, as_reply=False)
    return asyncio.run(place.connector().send(saying))


def looked_up(place: Place, plan: Heard, title: str, text: str = "") -> str | None:
    """What the bot says of a post that may have been made."""
    item = replace(sent(plan, f"{title}\n\n{text}".strip(), None), task="post")
    return asyncio.run(place.connector().look_up(item))
