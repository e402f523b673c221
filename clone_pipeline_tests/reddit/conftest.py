"""A Reddit of our own for each test that asks for one."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from clone_pipeline_tests.reddit.nights import ENVIRONMENT
from clone_pipeline_tests.reddit.reddit_server import RedditServer, running
from clone_pipeline_tests.reddit.reddit_world import World

Serve = Callable[..., RedditServer]


@contextmanager
def served(patch: pytest.MonkeyPatch) -> Iterator[Callable[..., RedditServer]]:
    """Starts servers for worlds and points praw at the last one, by praw's own settings."""
    with ExitStack() as stack:

        def start(world: World, *, page: int = 500) -> RedditServer:
            server = stack.enter_context(running(world, page=page))
            urls = {"praw_oauth_url": server.url, "praw_reddit_url": server.url}
            for name, value in (ENVIRONMENT | urls).items():
                patch.setenv(name, value)
            patch.delenv("REDDITPASSWORD", raising=False)
            return server

        yield start


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., RedditServer]]:
    with served(monkeypatch) as start:
        yield start
