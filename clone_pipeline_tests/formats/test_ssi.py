"""ssi-bot's training lines."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.formats import ssi
from clone_pipeline.formats.ssi import Reply, Told
from clone_pipeline.records import RedditItem
from clone_pipeline_tests.reddit.trees import TITLE, deep, forests, item, texts

names = st.from_regex(r"[A-Za-z0-9_-]{3,20}", fullmatch=True)
cleaned = texts.map(ssi.clean)
replies = st.builds(Reply, st.sampled_from(["r", "opr", "ocr"]), st.none() | names, cleaned)
told = st.builds(
    Told, names, cleaned, st.none() | cleaned, st.lists(replies, max_size=4).map(tuple)
)


def line(items: list[RedditItem], comments: int = 10) -> str:
    rows, dropped = ssi.from_threads(items, comments=comments, seed=0)
    assert (len(rows), dropped.total()) == (1, 0)
    return str(json.loads(rows[0].content)["text"])


@given(told)
def test_a_line_is_read_back_with_its_end_or_without(each: Told) -> None:
    assert ssi.parse(ssi.line_of(each)) == ssi.parse(ssi.line_of(each) + ssi.END) == each
    assert len(ssi.line_of(each).splitlines()) == 1


@given(texts)
def test_no_text_holds_a_tag(text: str) -> None:
    assert "<|" not in ssi.clean(text)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "hello",
        "<|soss r/a|>",
        "<|soss|><|sot|>T<|sost|>B<|eoss|>",
        "<|soss r/a|><|sot|>T<|sol|><|eoss|>",
        "<|soss r/a|><|sot|>T<|sost|>B<|eols|>",
        "<|soss r/a|><|sot|>T<|sost|>B<|who|>x<|eoss|>",
        "x<|soss r/a|><|sot|>T<|sost|>B<|eoss|>",
        "<|soss r/a|><|sot|>T<|sost|>B<|eoss|>x",
    ],
)
def test_what_is_no_line_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="no line of ssi-bot's"):
        ssi.parse(wrong)


@given(forests(), st.integers(0, 4))
def test_every_thread_is_a_row_or_dropped_for_a_reason(
    items: list[RedditItem], comments: int
) -> None:
    rows, dropped = ssi.from_threads(items, comments=comments, seed=0)
    assert len({each.thread_id for each in items}) == len(rows) + dropped.total()
    assert ssi.from_threads(items[::-1], comments=comments, seed=0) == (rows, dropped)
    for row in rows:
        read = ssi.parse(json.loads(row.content)["text"])
        assert len(row.sources) == 1 + len(read.replies) <= 1 + comments
        assert row.split_group == row.sources[0].removeprefix("reddit:")
        assert all(reply.author for reply in read.replies[:-1])
        assert not any(reply.author for reply in read.replies[-1:])


def test_a_self_post_with_its_best_scored_chain() -> None:
    listed = [
        item("t3_a", text="Since &lt;May&gt;.\nHelp!"),
        item("t1_1", "t3_a", "worse", author="Ben", score=1),
        item("t1_2", "t3_a", "<|sor|>Beer\ntraps.", author="Ben", score=4),
        item("t1_3", "t1_2", "Does it work?", author="ann"),
        item("t1_4", "t1_3", "It does.", author="Ben"),
        item("t1_5", "t1_4", "No.", author="cy", score=9),
        item("t1_6", "t1_4", "Yes.", author="dee", score=8),
    ]
    start = rf"<|soss r/gardening|><|sot|>{TITLE}<|sost|>Since <May>.\nHelp!"
    beer = r"<|sor u/Ben|>< | sor |>Beer\ntraps."
    chain = "<|soopr u/ann|>Does it work?<|soocr u/Ben|>It does."
    assert line(listed) == f"{start}{beer}{chain}<|sor|>No.<|eoss|>"
    assert line(listed, comments=1) == f"{start}{beer.replace(' u/Ben', '')}<|eoss|>"
    assert line(listed, comments=0) == f"{start}<|eoss|>"


def test_a_link_post_bears_the_tags_of_a_link() -> None:
    listed = [item("t3_a", url="https://x.org/1.png"), item("t1_1", "t3_a", "ha", author="Ben")]
    assert line(listed) == f"<|sols r/gardening|><|sot|>{TITLE}<|sol|><|sor|>ha<|eols|>"


@pytest.mark.parametrize(
    "passed_over",
    [
        {"author": "AutoModerator", "text": "Read the rules."},
        {"author": "ann", "text": "My own first comment"},
        {"author": "Ben", "text": "https://x.org\nwww.y.org"},
        {"author": "Ben", "text": " "},
    ],
)
def test_the_next_best_comment_is_told_where_the_best_says_nothing(
    passed_over: dict[str, str],
) -> None:
    best = item("t1_1", "t3_a", score=99, **passed_over)
    second = item("t1_2", "t3_a", "Copper.", author="cy")
    assert line([item("t3_a"), best, second]).endswith("<|sost|><|sor|>Copper.<|eoss|>")
    assert line([item("t3_a"), best]).endswith("<|sost|><|eoss|>")


def test_nobody_repeats_the_comment_before_or_the_one_before_that() -> None:
    listed = [
        item("t3_a"),
        item("t1_1", "t3_a", "Same", author="b"),
        item("t1_2", "t1_1", "SAME", author="c", score=9),
        item("t1_3", "t1_1", "Other", author="c"),
        item("t1_4", "t1_3", "same", author="d"),
    ]
    assert line(listed).endswith("<|sost|><|sor u/b|>Same<|sor|>Other<|eoss|>")


def test_threads_that_teach_nothing_are_dropped_for_a_reason() -> None:
    listed = [
        item("t3_a", title="One two three four five"),
        item("t3_b", thread="t3_b", author="automoderator"),
        item("t1_c", "t3_c", "whose?", thread="t3_c"),
        item("t3_d", thread="t3_d"),
        item("t3_e", thread="t3_e"),
    ]
    rows, dropped = ssi.from_threads(listed, seed=0)
    assert len(rows) == 1
    assert dropped == {"short_title": 1, "bot": 1, "no_submission": 1, "duplicate": 1}


def test_the_file_has_a_line_and_the_end_mark_for_each_row(tmp_path: Path) -> None:
    path = tmp_path / "ssi.txt"
    rows, _ = ssi.from_threads(deep(20), seed=0)
    assert ssi.write(rows, path) == 1
    (written,) = path.read_text().splitlines()
    assert written == json.loads(rows[0].content)["text"] + ssi.END
    assert len(ssi.parse(written).replies) == 10
    assert (rows[0].collection, rows[0].dataset, rows[0].form) == ("reddit", "ssi", "completion")
    assert rows[0].sources[:2] == ["reddit:t3_a", "reddit:t1_1"]
    assert ssi.write([], path) == 0
    assert path.read_text() == ""
