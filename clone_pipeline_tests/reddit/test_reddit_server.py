"""The server is Reddit enough for praw's own models, and refuses what is not Reddit's."""

import random
from collections.abc import Callable

import pytest

from clone_pipeline_tests.reddit import nights
from clone_pipeline_tests.reddit.reddit_server import RedditServer, running
from clone_pipeline_tests.reddit.reddit_world import World

Serve = Callable[..., RedditServer]


def a_thread(comments: int) -> World:
    world = World(now=10**6)
    world.open("Plants", born=1)
    world.grow(world.post("Plants", 1000), comments, random.Random(3))
    return world


def test_praws_own_listing_and_replace_more_find_everything(serve: Serve) -> None:
    world = a_thread(700)
    serve(world, page=100)
    (submission,) = nights.connect().subreddit("Plants").new(limit=None)
    submission.comments.replace_more(limit=None)
    found = {comment.name for comment in submission.comments.list()}
    assert found == {name for name in world.by_name if name.startswith("t1_")}


def test_praws_own_info_finds_what_is_there(serve: Serve) -> None:
    world = a_thread(150)
    serve(world)
    names = [*world.by_name, "t1_unknown"]
    assert [t.fullname for t in nights.connect().info(fullnames=names)] == list(world.by_name)


def test_an_unknown_route_is_answered_404_and_fails_the_test(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from prawcore.exceptions import NotFound

    def ask(server: RedditServer) -> None:
        for name, value in nights.ENVIRONMENT.items():
            monkeypatch.setenv(name, value)
        for name in ("praw_oauth_url", "praw_reddit_url"):
            monkeypatch.setenv(name, server.url)
        with pytest.raises(NotFound):
            nights.connect().get("api/no_such_thing")

    with pytest.raises(AssertionError, match="no such route"), running(a_thread(1)) as server:
        ask(server)
