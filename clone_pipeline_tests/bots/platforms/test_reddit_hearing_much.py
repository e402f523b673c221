"""Much, deep, long and malformed things on Reddit are heard all the same."""

import time

from clone_pipeline_tests.bots.platforms.ears import FakeEars
from clone_pipeline_tests.bots.platforms.reddit_bot import Place, listen

pytest_plugins = ["clone_pipeline_tests.bots.platforms.reddit_fixture"]


def test_a_deep_comment_has_ten_ancestors_and_its_true_depth(on_reddit: Place) -> None:
    life, ears = on_reddit.life, FakeEars()
    note = post = life.post("Plants", title="Deep")
    for number in range(40):
        note = life.answer(note, f"level {number + 1}")
    listen(on_reddit, ears, lambda: life.answer(note, "deepest"), until_heard=1)
    found = ears.heard[0]
    assert found.depth == 41
    assert [said.text for said in found.context] == [
        post.text, *(f"level {n}" for n in range(31, 41)),
    ]  # fmt: skip


def test_a_hundred_comments_cost_few_requests(on_reddit: Place) -> None:
    life, ears = on_reddit.life, FakeEars()
    notes = [life.post("Plants") for _ in range(3)]

    def happen() -> None:
        for number in range(300):
            notes.append(life.answer(notes[number // 2], f"number {number}"))

    before = on_reddit.server.requests
    listen(on_reddit, ears, happen, until_heard=300)
    assert len({each.message_id for each in ears.heard}) == 300
    assert on_reddit.server.requests - before < 40


def test_a_hundred_thousand_characters_are_heard(on_reddit: Place) -> None:
    life, ears = on_reddit.life, FakeEars()
    text = "http://" * 7000 + "x" * 51_000
    began = time.monotonic()
    listen(on_reddit, ears, lambda: life.post("Plants", text), until_heard=1)
    assert ears.heard[0].text == text
    assert time.monotonic() - began < 6


def test_malformed_things_are_left_out_and_the_rest_is_heard(on_reddit: Place) -> None:
    life, ears = on_reddit.life, FakeEars()
    post = life.post("Plants")

    def happen() -> None:
        on_reddit.server.odd = [
            {"kind": "t9", "data": {"id": "x"}}, {"kind": "more", "data": {"id": "_", "count": 0,
             "name": "t1__", "parent_id": "t3_x", "children": []}}, {"kind": "t5", "data": {
             "display_name": "x", "id": "1"}},
        ]  # fmt: skip
        life.answer(post, "a time that is none", created_utc="yesterday")
        life.answer(post, "a body that is none", body=["x"])
        life.answer(post, "no author", author_flair_text=None, author="[deleted]")
        life.answer(post, "whole")

    listen(on_reddit, ears, happen, until_heard=2)
    assert [(each.author, each.text) for each in ears.heard] == [
        ("[deleted]", "no author"), ("ben", "whole"),
    ]  # fmt: skip


def test_more_than_a_page_of_an_outage_is_heard_and_older_things_never(on_reddit: Place) -> None:
    life, ears = on_reddit.life, FakeEars()
    before = int(time.time()) - 100
    post = life.post("Plants", created=before)
    for number in range(400):
        life.answer(post, f"old {number}", created=before)
    listen(on_reddit, ears, lambda: life.answer(post, "first life"), until_heard=1)
    for number in range(250):
        life.answer(post, f"missed {number}")
        life.letter(f"letter {number}")
    listen(on_reddit, ears, lambda: life.answer(post, "second life"), until_heard=502)
    assert not any(text.startswith("old") for text in (each.text for each in ears.heard))
    further = [key for key in on_reddit.server.log if "/comments" in key and "'after'" in key]
    assert len(further) <= 3
