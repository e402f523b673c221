"""Reddit's refusals are told for what they are: gone, refused, or for later."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from prawcore.exceptions import Forbidden, NotFound, ResponseException
from requests import Response

from clone_pipeline.bots.connector import Connector, Gone, Refused, Saying, TryLater
from clone_pipeline.bots.platforms.reddit_refusals import meaning
from clone_pipeline_tests.bots.platforms.listening import reply, sent
from clone_pipeline_tests.bots.platforms.reddit_bot import Place, heard
from clone_pipeline_tests.reddit.reddit_server import Fault
from clone_pipeline_tests.reddit.reddit_world import Note

pytest_plugins = ["clone_pipeline_tests.bots.platforms.reddit_fixture"]

BREAK = "break the connection"
LONG = "\n\n".join(f"Paragraph {n}. " + "word " * 190 for n in range(25))


def send(place: Place, saying: Saying, *, connector: Connector | None = None) -> str:
    return asyncio.run((connector or place.connector()).send(saying))


def looked_up(place: Place, thing: Any, text: str) -> str | None:
    item = sent(heard(thing, place.life), text, None)
    return asyncio.run(place.connector().look_up(item))


def at(path: str, fault: Fault) -> Callable[[int, str], Fault]:
    return lambda number, asked: fault if asked.startswith(path) else None


@pytest.fixture
def comment(on_reddit: Place) -> Note:
    post = on_reddit.life.post("Plants", "It wilts", author="cleo", title="Basil")
    return on_reddit.life.answer(post, "Mine too", author="ben")


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clone_pipeline.bots.platforms.reddit_line.WAITS", (0.01,))


@pytest.mark.parametrize("how", ["deleted", "removed", "vanished", "locked", "archived"])
def test_what_went_while_the_bot_thought_is_gone(on_reddit: Place, comment: Note, how: str) -> None:
    life = on_reddit.life
    known = heard(comment, life)
    post = life.world.post_of[comment.name]
    if how == "vanished":
        del life.world.by_name[comment.name]
        post.children.clear()
    elif how in ("deleted", "removed"):
        setattr(comment, how, 1)
    else:
        life.extra[post.name] = {how: True}
    with pytest.raises(Gone):
        send(on_reddit, reply(known, "too late"))
    assert not on_reddit.server.written


REFUSALS = [
    ("DELETED_COMMENT", "that comment has been deleted", Gone),
    ("DELETED_LINK", "the link you are commenting on has been deleted", Gone),
    ("THREAD_LOCKED", "Comments are locked.", Gone),
    ("TOO_OLD", "that's a piece of history now; it's too late to reply to it", Gone),
    ("SUBREDDIT_NOTALLOWED", "you aren't allowed to post there.", Gone),
    ("NO_TEXT", "we need something here", Refused),
    ("A_NEW_CODE", "nobody knows", Refused),
    ("RATELIMIT", "Looks like you've been doing that a lot. Take a break for 4 minutes "
     "before trying again.", TryLater),
    ("RATELIMIT", "Take a break for 9 seconds before trying again.", TryLater),
    ("RATELIMIT", "you are doing that too much.", TryLater),
]  # fmt: skip


@pytest.mark.parametrize(("code", "sentence", "error"), REFUSALS)
def test_reddits_refusals_are_told_with_its_sentence(
    on_reddit: Place, comment: Note, code: str, sentence: str, error: type[Exception]
) -> None:
    on_reddit.server.refuse = lambda path, form: [code, sentence, "parent"]
    with pytest.raises(error, match=f"{code}: {sentence[:20]}") as raised:
        send(on_reddit, reply(heard(comment, on_reddit.life), "x"))
    assert type(raised.value) is error
    if isinstance(raised.value, TryLater):
        known = {"4 min": 241, "9 sec": 10}
        assert raised.value.seconds == next((s for k, s in known.items() if k in sentence), 60)
    assert len(on_reddit.server.written) == 1, "praw did not try again by itself"


@pytest.mark.parametrize(
    ("status", "after", "error", "seconds"),
    [(429, 30, TryLater, 30), (429, None, TryLater, 60), (403, None, Gone, None),
     (404, None, Gone, None), (413, None, Refused, None)],
)  # fmt: skip
def test_refusals_by_status_are_told_from_each_other(
    on_reddit: Place, comment: Note, status: int, after: int | None, error: type[Exception],
    seconds: float | None,
) -> None:  # fmt: skip
    on_reddit.server.plan = at("/api/comment", (status, after))
    with pytest.raises(error) as raised:
        send(on_reddit, reply(heard(comment, on_reddit.life), "x"))
    assert getattr(raised.value, "seconds", None) == seconds
    assert sum(key.startswith("/api/comment") for key in on_reddit.server.log) == 1


def test_a_reddit_that_wants_a_long_pause_is_asked_later(on_reddit: Place, comment: Note) -> None:
    connector, known = on_reddit.connector(), heard(comment, on_reddit.life)
    on_reddit.server.plan = lambda number, path: (429, 300)
    for _ in range(2):
        with pytest.raises(TryLater) as raised:
            send(on_reddit, reply(known, "x"), connector=connector)
        assert 295 < raised.value.seconds <= 300
    assert on_reddit.server.requests == 1


@pytest.mark.parametrize("fault", [(503, None), BREAK])
def test_trouble_before_anything_is_sent_is_for_later(
    on_reddit: Place, comment: Note, fault: Fault
) -> None:
    on_reddit.server.plan = lambda number, path: fault
    with pytest.raises(TryLater, match="no answer from Reddit"):
        send(on_reddit, reply(heard(comment, on_reddit.life), "x"))
    assert not on_reddit.server.written


def test_wrong_credentials_are_told_and_shown_to_nobody(
    on_reddit: Place, comment: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDDITPASSWORD", "a-wrong-password")
    with pytest.raises(TryLater, match="invalid_grant") as raised:
        send(on_reddit, reply(heard(comment, on_reddit.life), "x"))
    assert "a-wrong-password" not in f"{raised.value!r}"


def test_nobody_there_is_for_later(
    on_reddit: Place, comment: Note, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("praw_oauth_url", "praw_reddit_url"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with pytest.raises(TryLater):
        send(on_reddit, reply(heard(comment, on_reddit.life), "x"))


@pytest.mark.parametrize("error", [Forbidden, NotFound])
def test_a_page_of_reddits_network_is_no_word_on_the_place(error: type[ResponseException]) -> None:
    response = Response()
    response.status_code = 403
    for kind, meant in (("text/html; charset=utf-8", TryLater), ("application/json", Gone)):
        response.headers["Content-Type"] = kind
        found = meaning(error(response), wrote=True)
        assert type(found) is meant
        assert getattr(found, "seconds", 600) == 600
