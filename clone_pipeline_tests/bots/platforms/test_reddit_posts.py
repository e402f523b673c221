"""A bot's own posts on Reddit, with and without images, and what its profile says."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from prawcore.exceptions import RequestException

from clone_pipeline.bots.connector import Gone, Refused, Saying, TryLater
from clone_pipeline_tests.bots.platforms.listening import sent
from clone_pipeline_tests.bots.platforms.reddit_bot import Place, looked_up, planned, post
from clone_pipeline_tests.reddit.reddit_world import Note

pytest_plugins = ["clone_pipeline_tests.bots.platforms.reddit_fixture"]


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clone_pipeline.bots.platforms.reddit_line.WAITS", (0.01,))


def test_a_post_has_title_text_and_flair_and_comes_once(on_reddit: Place) -> None:
    life, plan = on_reddit.life, planned("r/Plants")
    on_reddit.settings["flair"] = "a-flair-id"
    assert looked_up(on_reddit, plan, "Basil") is None
    name = post(on_reddit, plan, "Basil", "It *wilts*.")
    note = life.world.by_name[name]
    assert (note.title, note.text, life.world.subreddit_of[name]) == (
        "Basil", "It *wilts*.", "Plants",
    )  # fmt: skip
    assert life.extra[name]["link_flair_text"] == "a-flair-id"
    assert post(on_reddit, plan, "Basil", "It *wilts*.") == name
    assert looked_up(on_reddit, plan, "Basil", "It *wilts*.") == name
    assert len(life.order) == 1


def test_a_title_that_was_posted_elsewhere_or_long_ago_is_posted_again(on_reddit: Place) -> None:
    life, plan = on_reddit.life, planned()
    life.post("Moss", author="anna", title="Basil")
    life.post("Plants", author="ben", title="Basil")
    post(on_reddit, replace(plan, heard=plan.heard + timedelta(hours=1)), "Basil")
    post(on_reddit, replace(plan, heard=plan.heard + timedelta(hours=2)), "Basil")
    assert len(life.order) == 4


def test_a_title_and_a_body_that_are_too_long_are_cut_and_go_on_below(on_reddit: Place) -> None:
    life, text = on_reddit.life, "A word or two. " * 3000
    name = post(on_reddit, planned(), "T" * 400, text)
    note = life.world.by_name[name]
    assert note.title == "T" * 300
    assert len(note.text) <= 40_000
    assert "".join(f"{note.text}{note.children[0].text}".split()) == "".join(text.split())
    assert looked_up(on_reddit, planned(), "T" * 400, text) == name


@pytest.mark.parametrize("stored", [False, True])
def test_a_post_whose_answer_was_lost_is_found_or_made_once(on_reddit: Place, stored: bool) -> None:
    server, plan = on_reddit.server, planned()
    fault = lambda number, path: "cut" if path.startswith("/api/submit") else None  # noqa: E731
    server.plan, server.spoil = (server.plan, fault) if stored else (fault, server.spoil)
    with pytest.raises(RequestException, match="no answer from Reddit"):
        post(on_reddit, plan, "Basil")
    server.plan = server.spoil = lambda number, path: None
    assert (looked_up(on_reddit, plan, "Basil") is not None) is stored
    post(on_reddit, plan, "Basil")
    assert len(on_reddit.life.order) == 1


@pytest.mark.parametrize(
    ("code", "error"), [("SUBREDDIT_NOEXIST", Gone), ("NO_SELFS", Refused), ("RATELIMIT", TryLater)]
)
def test_refused_posts_are_told(on_reddit: Place, code: str, error: type[Exception]) -> None:
    on_reddit.server.refuse = lambda path, form: [code, "no", "sr"]
    with pytest.raises(error, match=code):
        post(on_reddit, planned(), "Basil")


def test_the_end_of_a_post_that_broke_off_is_sent_and_all_of_it_rewritten(
    on_reddit: Place,
) -> None:
    life, server, plan = on_reddit.life, on_reddit.server, planned()
    text = "A word or two. " * 4300  # a body and three comments
    server.refuse = lambda path, form: (
        ["RATELIMIT", "Take a break for 2 minutes.", "ratelimit"]
        if len(server.written) == 3 else None
    )  # fmt: skip
    with pytest.raises(TryLater):
        post(on_reddit, plan, "Basil", text)
    assert looked_up(on_reddit, plan, "Basil", text) is None
    saying = Saying(plan, text, "n" * 24, title="Basil", as_reply=False, again=True)
    name = asyncio.run(on_reddit.connector().send(saying))
    assert looked_up(on_reddit, plan, "Basil", text) == name
    assert "".join(shown(life.world.by_name[name]).split()) == "".join(text.split())
    assert len([note for note in life.order if not note.parent]) == 1
    item = replace(sent(plan, f"Basil\n\n{text}", name), task="post")
    asyncio.run(on_reddit.connector().edit(item, "Short.\n\nAnd done."))
    assert shown(life.world.by_name[name]) == "Short.\n\nAnd done."


def shown(note: Note) -> str:
    """A submission or comment with what goes on below it."""
    return note.text + "".join(shown(each) for each in note.children if each.deleted is None)


def test_the_profile_says_once_that_it_is_a_bot_and_keeps_the_rest(on_reddit: Place) -> None:
    on_reddit.life.profile = "I like basil."
    connector = on_reddit.connector()
    for _ in range(2):
        asyncio.run(connector.introduce("I am a bot."))
    assert on_reddit.life.profile == "I like basil.\n\nI am a bot."
    assert len(on_reddit.server.written) == 1
    on_reddit.server.refuse = lambda path, form: ["TOO_LONG", "max: 200", "public_description"]
    with pytest.raises(Refused, match="TOO_LONG"):
        asyncio.run(connector.introduce("Another text"))
