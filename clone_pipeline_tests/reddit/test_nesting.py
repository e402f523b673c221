"""Trees of replies."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.records import RedditItem
from clone_pipeline.reddit.nesting import age, plain, threads, walk
from clone_pipeline_tests.reddit.trees import START, deep, forests, item


@given(forests())
def test_every_item_is_a_root_or_one_reply_and_is_walked_once_behind_its_parent(
    items: list[RedditItem],
) -> None:
    for thread in threads(items):
        placed = [*thread.roots, *(r for replies in thread.replies.values() for r in replies)]
        assert sorted(map(age, placed)) == sorted(map(age, thread.items.values()))
        walked = [each.item_id for each in walk(thread)]
        assert sorted(walked) == sorted(thread.items)
        for each in thread.items.values():
            if parent := thread.parent(each):
                assert walked.index(parent.item_id) < walked.index(each.item_id)


@given(forests(), st.randoms())
def test_the_threads_are_the_same_whatever_the_order_of_the_items(
    items: list[RedditItem], rng: object
) -> None:
    mixed = [*items, *items]
    rng.shuffle(mixed)  # type: ignore[attr-defined]
    assert threads(mixed) == threads(items)


def test_the_last_version_of_an_item_counts() -> None:
    old = item("t1_1", "t3_a", "first")
    new = item("t1_1", "t3_a", "second", edited=START + timedelta(days=1))
    assert threads([new, old])[0].items["t1_1"].text == "second"


def test_neighbours_are_walked_best_scored_first_and_the_submission_before_orphans() -> None:
    listed = [
        item("t1_1", "t1_gone", score=90, at=1),
        item("t3_a", at=2),
        item("t1_3", "t3_a", score=1),
        item("t1_4", "t3_a", score=5),
        item("t1_5", "t1_4", score=2),
    ]
    (thread,) = threads(listed)
    assert [each.item_id for each in walk(thread)] == ["t3_a", "t1_4", "t1_5", "t1_3", "t1_1"]


def test_a_tree_of_five_thousand_levels_is_walked() -> None:
    (thread,) = threads(deep(5000))
    assert sum(1 for _ in walk(thread)) == 5001


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("write &amp;lt; for &lt;", "write &lt; for <"),
        ("\n\n&amp;#x200B;\r\n\r\nhi\u2028there\u200b ", "hi\nthere"),
        ("R&D", "R&D"),
    ],
)
def test_a_text_is_as_its_writer_typed_it(written: str, meant: str) -> None:
    assert plain(written) == meant
