"""What a bot sends to Reddit arrives once, or Reddit's refusal is told for what it is."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from prawcore.exceptions import RequestException

from clone_pipeline.bots.connector import Connector, Refused, Saying, TryLater
from clone_pipeline.bots.platform_settings import RedditPlatform
from clone_pipeline.bots.platforms.reddit_account import Account
from clone_pipeline.bots.platforms.reddit_parts import NotThereYet
from clone_pipeline.bots.splitting import split
from clone_pipeline_tests.bots.platforms.listening import reply, sent
from clone_pipeline_tests.bots.platforms.reddit_bot import Place, heard
from clone_pipeline_tests.reddit.reddit_server import Fault
from clone_pipeline_tests.reddit.reddit_world import Note

pytest_plugins = ["clone_pipeline_tests.bots.platforms.reddit_fixture"]

BREAK = "break the connection"
LONG = "\n\n".join(f"Paragraph {n}. " + "word " * 190 for n in range(25))


def send(place: Place, saying: Saying, *, connector: Connector | None = None) -> str:
    return asyncio.run(asyncio.wait_for((connector or place.connector()).send(saying), 20))


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


def test_replies_stand_below_what_they_answer_as_they_are_written(
    on_reddit: Place, comment: Note
) -> None:
    life, text = on_reddit.life, "*Water* it, @everyone &amp; <b>\n\n> so"
    post = life.world.post_of[comment.name]
    for thing in (comment, post):
        name = send(on_reddit, reply(heard(thing, life), text))
        assert life.world.by_name[name].parent == thing.name
        assert life.world.by_name[name].text == text
    letter = life.letter("psst", author="ben")
    name = send(on_reddit, reply(heard(letter, life), text))
    assert (life.letters[name].dest, life.letters[name].text) == ("ben", text)


def test_nothing_is_sent_where_the_account_has_answered_already(
    on_reddit: Place, comment: Note
) -> None:
    life = on_reddit.life
    letter = life.letter("psst")
    for thing in (comment, life.world.post_of[comment.name], letter):
        saying = reply(heard(thing, life), "first")
        name = send(on_reddit, saying)
        assert send(on_reddit, reply(heard(thing, life), "another text")) == name
        assert send(on_reddit, reply(heard(thing, life), "first", again=True)) == name
        assert looked_up(on_reddit, thing, "first") == name
    assert set(life.answers_of_ours().values()) == {1}


def test_who_else_answered_is_no_answer_of_ours(on_reddit: Place, comment: Note) -> None:
    life = on_reddit.life
    life.answer(life.answer(comment, "no", author="annabel"), "deeper", author="anna")
    assert looked_up(on_reddit, comment, "x") is None
    assert life.world.by_name[send(on_reddit, reply(heard(comment, life), "x"))].text == "x"


@pytest.mark.parametrize("kind", ["comment", "letter"])
def test_long_replies_are_parts_and_a_second_try_sends_only_what_is_missing(
    on_reddit: Place, comment: Note, kind: str
) -> None:
    life, server = on_reddit.life, on_reddit.server
    thing = comment if kind == "comment" else life.letter("psst")
    server.refuse = lambda path, form: (
        ["RATELIMIT", "Take a break for 2 minutes before trying again.", "ratelimit"]
        if len(server.written) == 2 else None
    )  # fmt: skip
    with pytest.raises(TryLater) as later:
        send(on_reddit, reply(heard(thing, life), LONG))
    assert later.value.seconds == 121
    assert looked_up(on_reddit, thing, LONG) is None
    name = send(on_reddit, reply(heard(thing, life), LONG, again=True))
    assert looked_up(on_reddit, thing, LONG) == name
    texts = [form["text"] for _, form in server.written]
    assert len(texts) == 4
    assert texts[1] == texts[2]
    del texts[1]
    assert "".join(LONG.split()) == "".join("".join(texts).split())
    assert max(map(len, texts)) <= 10_000
    parents = [form["thing_id"] for _, form in server.written]
    if kind == "comment":
        assert parents[0] == comment.name
        assert parents[2] == name
    else:
        assert set(parents) == {thing.name}


def test_the_end_that_is_refused_does_not_undo_the_beginning(
    on_reddit: Place, comment: Note
) -> None:
    server = on_reddit.server
    server.refuse = lambda path, form: (
        ["THREAD_LOCKED", "Comments are locked.", "parent"] if len(server.written) == 2 else None
    )
    name = send(on_reddit, reply(heard(comment, on_reddit.life), LONG))
    assert on_reddit.life.world.by_name[name].parent == comment.name


@pytest.mark.parametrize("fault", [(503, None), (500, None), BREAK])
@pytest.mark.parametrize("stored", [False, True])
@pytest.mark.parametrize("kind", ["comment", "submission", "letter"])
def test_a_lost_answer_goes_through_and_the_look_up_decides(
    on_reddit: Place, comment: Note, kind: str, stored: bool, fault: Fault
) -> None:
    life, server = on_reddit.life, on_reddit.server
    post = life.world.post_of[comment.name]
    thing: Any = {"comment": comment, "submission": post}.get(kind) or life.letter("psst")
    if stored:
        server.spoil = at("/api/comment", fault)
    else:
        server.plan = at("/api/comment", fault)
    with pytest.raises(RequestException, match="no answer from Reddit"):
        send(on_reddit, reply(heard(thing, life), "x"))
    server.plan = server.spoil = lambda number, path: None
    found = looked_up(on_reddit, thing, "x")
    assert (found is not None) is stored
    name = send(on_reddit, reply(heard(thing, life), "x", again=True))
    assert found in (None, name)
    assert life.answers_of_ours() == {thing.name: 1}


def test_a_reply_is_put_in_the_place_of_another(on_reddit: Place, comment: Note) -> None:
    life, connector = on_reddit.life, on_reddit.connector()
    known = heard(comment, life)
    name = send(on_reddit, reply(known, "x"))
    asyncio.run(connector.edit(sent(known, "x", name), "better"))
    assert life.world.by_name[name].text == "better"
    on_reddit.server.refuse = lambda path, form: ["NOT_AUTHOR", "you can't do that", "thing_id"]
    with pytest.raises(Refused, match="NOT_AUTHOR"):
        asyncio.run(connector.edit(sent(known, "x", name), "worse"))
    for text, place in (("y", "t4_m00000"), (" ", name), ("y", None)):
        with pytest.raises(Refused):
            asyncio.run(connector.edit(sent(known, "x", place), text))


@pytest.mark.parametrize(("old", "new"), [(LONG, "Short."), ("Short.", LONG), (LONG, f"{LONG}!")])
def test_a_rewritten_reply_has_as_many_comments_as_it_needs(
    on_reddit: Place, comment: Note, old: str, new: str
) -> None:
    life, known = on_reddit.life, heard(comment, on_reddit.life)
    name = send(on_reddit, reply(known, old))
    asyncio.run(on_reddit.connector().edit(sent(known, old, name), new))
    notes = [each for each in life.order if each.author == "anna" and each.deleted is None]
    assert [each.text for each in notes] == split(new, limit=10_000)
    assert [each.parent for each in notes] == [comment.name, *(each.name for each in notes[:-1])]


def test_an_answer_that_reddit_does_not_show_yet_leaves_nobody_waiting(
    on_reddit: Place, comment: Note
) -> None:
    on_reddit.server.shy = True
    with pytest.raises(NotThereYet):
        send(on_reddit, reply(heard(comment, on_reddit.life), "x"))
    account = Account(RedditPlatform())
    with pytest.raises(RuntimeError, match="found nothing"):
        account._asked(lambda reddit, line: next(iter(())))
