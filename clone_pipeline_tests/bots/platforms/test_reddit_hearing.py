"""What a bot on Reddit hears, field by field, through unmodified praw."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from clone_pipeline.bots.heard import Heard, Said
from clone_pipeline_tests.bots.platforms.ears import FakeEars
from clone_pipeline_tests.bots.platforms.listening import until
from clone_pipeline_tests.bots.platforms.reddit_bot import Place, listen
from clone_pipeline_tests.reddit.reddit_world import Note

pytest_plugins = ["clone_pipeline_tests.bots.platforms.reddit_fixture"]


def moment(note: Note) -> datetime:
    return datetime.fromtimestamp(note.created, UTC)


def test_a_comment_is_heard_with_its_submission_and_ancestors(on_reddit: Place) -> None:
    life, ears = on_reddit.life, FakeEars()
    post = life.post("Plants", "It wilts.", author="cleo", title="Basil")
    ours = life.answer(post, "Water it.", author="anna")
    between = life.answer(ours, "I did!", author="dora")
    made: list[Note] = []

    def happen() -> None:
        text = "So did I, u/ANNA and /u/zoe, see https://i.redd.it/b.jpg?width=2 (no u/x)"
        made.append(life.answer(between, text, author="Ben", author_flair_text="gardener"))

    listen(on_reddit, ears, happen, until_heard=1)
    comment = made[0]
    assert ears.heard == [
        Heard(
            "reddit", comment.name, "Plants", "Ben", comment.text, moment(comment), "comment",
            title="Basil", thread_author="cleo", thread_started=moment(post),
            context=(
                Said(post.name, "cleo", "It wilts."),
                Said(ours.name, "anna", "Water it.", ours=True),
                Said(between.name, "dora", "I did!"),
            ),
            to_us=True, mentions=("zoe",), depth=3, flair="gardener",
            images=("https://i.redd.it/b.jpg?width=2",),
        )
    ]  # fmt: skip


def test_what_answers_the_bot_says_so_whoever_knows_it(on_reddit: Place) -> None:
    life = on_reddit.life
    post = life.post("Plants", author="anna", title="Mine")
    own = life.answer(post, "More of mine", author="anna")
    other = life.answer(post, "sent by an earlier account", author="oldname")
    ears = FakeEars(sent={other.name})

    def happen() -> None:
        life.answer(post, "to the submission", locked=True)
        life.answer(own, "to the comment")
        life.answer(other, "to what the queue knows")

    listen(on_reddit, ears, happen, until_heard=3)
    assert {each.text: (each.parent_is_ours, each.thread_is_ours) for each in ears.heard} == {
        "to the submission": (True, True), "to the comment": (True, True),
        "to what the queue knows": (True, True),
    }  # fmt: skip
    assert [each.locked for each in ears.heard if each.depth == 1] == [True]
    assert sorted(name for name, _ in ears.met) == sorted([post.name, own.name])


@pytest.mark.parametrize("gone", ["thread", "comment"])
def test_a_locked_or_archived_thread_says_so(on_reddit: Place, gone: str) -> None:
    life, ears = on_reddit.life, FakeEars()
    whole = gone == "thread"
    post = life.post("Plants", archived=whole)
    listen(on_reddit, ears, lambda: life.answer(post, "x", locked=not whole), until_heard=1)
    assert ears.heard[0].locked


def test_submissions_are_heard_with_link_images_and_flair(on_reddit: Place) -> None:
    life, ears = on_reddit.life, FakeEars()
    shown = {f"i{n}": {"s": {"u": f"https://preview.redd.it/{n}.jpg?s=1"}} for n in (1, 2)}
    items = {"items": [{"media_id": "i2"}, {"media_id": "i1"}]}

    def happen() -> None:
        life.post("Plants", "Why? u/anna", author="cleo", title="Basil", link_flair_text="Help")
        life.post("plants", title="Pic", is_self=False, url="https://i.redd.it/c.png")
        life.post("Plants", title="Site", is_self=False, url="https://example.org/")
        life.post(
            "Plants", title="Many", is_self=False, url="https://www.reddit.com/gallery/x",
            is_gallery=True, media_metadata=shown, gallery_data=items,
        )  # fmt: skip

    listen(on_reddit, ears, happen, until_heard=4)
    text, picture, site, gallery = ears.heard
    assert (text.kind, text.title, text.text, text.flair) == (
        "submission", "Basil", "Why? u/anna", "Help",
    )  # fmt: skip
    assert (text.depth, text.context, text.to_us, text.is_link) == (0, (), True, False)
    assert (text.thread_author, text.thread_started) == ("cleo", text.heard)
    assert (picture.is_link, picture.images) == (True, ("https://i.redd.it/c.png",))
    assert (site.is_link, site.images) == (True, ())
    assert gallery.images == tuple(f"https://preview.redd.it/{n}.jpg?s=1" for n in (2, 1))


def test_private_messages_are_heard_with_what_they_answer_and_are_read(on_reddit: Place) -> None:
    life, ears = on_reddit.life, FakeEars()
    first = life.letter("Hi there", author="ben", dest="anna", subject="Plants?")
    life.unread.clear()
    own = life.letter("Hi ben", author="anna", dest="ben", parent=first)

    def happen() -> None:
        life.letter("And now?", author="ben", parent=own)
        life.letter("A new one", author="cleo", subject="Moss")

    listen(on_reddit, ears, happen, until_heard=2)
    reply, new = ears.heard
    assert (reply.kind, reply.channel, reply.author) == ("direct", "u/ben", "ben")
    assert (reply.title, reply.parent_is_ours) == ("re: Plants?", True)
    assert [(said.text, said.ours) for said in reply.context] == [
        ("Hi there", False), ("Hi ben", True),
    ]  # fmt: skip
    assert (new.title, new.context, new.parent_is_ours) == ("Moss", (), False)


def test_a_comment_that_comes_by_stream_and_inbox_is_one(on_reddit: Place) -> None:
    life, ears = on_reddit.life, FakeEars()
    post = life.post("Plants", author="anna")

    async def run() -> None:
        async with on_reddit.listening(ears):
            life.answer(post, "Hello u/anna")
            life.answer(life.post("Elsewhere", author="anna"), "An answer to the bot")
            await until(lambda: len(ears.heard) >= 2 and not life.unread)

    asyncio.run(run())
    assert sorted(each.text for each in ears.heard) == ["An answer to the bot", "Hello u/anna"]
    assert all(each.depth == 1 and each.context and each.parent_is_ours for each in ears.heard)


def test_an_unread_answer_that_its_author_deleted_is_heard_as_deleted(on_reddit: Place) -> None:
    life, ears = on_reddit.life, FakeEars()
    post = life.post("Elsewhere", author="anna")

    async def run() -> None:
        async with on_reddit.listening(ears):
            with life.lock:
                life.answer(post, "Oops").deleted = 1
            await until(lambda: ears.heard and not life.unread)

    asyncio.run(run())
    assert [(each.author, each.text) for each in ears.heard] == [("[deleted]", "[deleted]")]


def test_a_crosspost_shows_the_original_and_a_poll_its_options(on_reddit: Place) -> None:
    life, ears = on_reddit.life, FakeEars()
    original = {
        "selftext": "It wilts.", "is_self": True, "url": "https://www.reddit.com/x",
        "media_metadata": {"a": {"s": {"u": "https://i.redd.it/1.png"}}},
        "gallery_data": {"items": [{"media_id": "a"}]},
    }  # fmt: skip
    picture = {"is_self": False, "url": "https://i.redd.it/2", "post_hint": "image"}
    options = [{"id": "1", "text": "fern"}, {"id": "2", "text": "moss"}]
    poll = {"options": options, "total_vote_count": 0, "voting_end_timestamp": 1}
    link: dict[str, Any] = {"is_self": False, "url": "/r/Moss/comments/abc/x/"}

    def happen() -> None:
        life.post("Plants", title="text", crosspost_parent_list=[original], **link)
        life.post("Plants", title="picture", crosspost_parent_list=[picture], **link)
        life.post("Plants", "Which?", title="poll", poll_data=poll, is_self=True)
        life.post("Plants", title="both", crosspost_parent_list=[{"poll_data": poll}], **link)

    listen(on_reddit, ears, happen, until_heard=4)
    found = {each.title: (each.text, each.is_link, each.images) for each in ears.heard}
    assert found == {
        "text": ("It wilts.", False, ("https://i.redd.it/1.png",)),
        "picture": ("", True, ("https://i.redd.it/2",)),
        "poll": ("Which?\n\n- fern\n- moss", False, ()),
        "both": ("- fern\n- moss", False, ()),
    }
