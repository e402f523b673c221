"""Threads as documents."""

import re

from hypothesis import given

from clone_pipeline.documents.chunking import chunks
from clone_pipeline.documents.reading import read_documents
from clone_pipeline.records import RedditItem, content_id
from clone_pipeline.reddit.as_documents import documents
from clone_pipeline_tests.reddit.trees import TITLE, deep, forests, item

THREAD = [
    item("t3_a", text="They come &amp; eat.", author="lettucelover"),
    item("t1_1", "t3_a", "Copper, as u/slughunter says.", score=2, author="copperfan"),
    item("t1_2", "t3_a", "1. Beer\n2. Traps", score=7, author="brewer1980"),
    item("t1_3", "t1_2", "Which /u/beer-maker beer?", author="lettucelover"),
    item("t1_4", "t1_gone", "I saw what you wrote.", author="watcher"),
    item("t1_5", "t3_a", "I am a bot.", author="AutoModerator", score=99),
]


def test_a_thread_is_a_document_of_its_tree_that_names_nobody() -> None:
    (made,) = documents(THREAD, subreddits=["Gardening"])
    assert (made.path, made.title) == ("reddit/gardening/a.md", TITLE)
    assert made.media_type == "text/markdown"
    assert made.document_id == content_id(made.path, made.text)
    assert made.text == (
        f"# {TITLE}\n\nThey come & eat.\n\n"
        "## Comment 1\n\n1. Beer\n2. Traps\n\n"
        "## Comment 2, an answer to comment 1\n\nWhich /u/someone beer?\n\n"
        "## Comment 3\n\nCopper, as u/someone says.\n\n"
        "## Comment 4, an answer to a missing comment\n\nI saw what you wrote.\n"
    )


def test_a_document_is_what_the_reader_of_files_would_make_of_it(tmp_path: object) -> None:
    (made,) = documents(THREAD, subreddits=["gardening"])
    path = tmp_path / made.path  # type: ignore[operator]
    path.parent.mkdir(parents=True)
    path.write_text(made.text)
    assert read_documents(tmp_path)[0] == [made]  # type: ignore[arg-type]


@given(forests())
def test_a_thread_is_one_document_and_each_comment_of_a_person_one_heading(
    items: list[RedditItem],
) -> None:
    made = documents(items, subreddits=["gardening"])
    assert made == documents(items[::-1], subreddits=["gardening"])
    assert len({each.document_id for each in made}) == len({each.thread_id for each in items})
    for each in made:
        told = [one for one in items if one.thread_id == f"t3_{each.path[-4]}"]
        persons = [one for one in told if one.author != "AutoModerator"] or told
        comments = sum(one.item_id != one.thread_id for one in persons)
        assert len(re.findall("^## Comment ", each.text, re.MULTILINE)) == comments


def test_other_subreddits_are_no_documents() -> None:
    assert documents(THREAD, subreddits=["cooking"]) == []


def test_a_thread_whose_submission_is_missing_is_named_by_its_id() -> None:
    (made,) = documents(THREAD[1:3], subreddits=["gardening"])
    assert made.title == "t3_a"
    assert made.text.startswith("## Comment 1, an answer to a missing comment\n\n1. Beer")


def test_bots_are_told_where_nobody_else_wrote() -> None:
    (made,) = documents(THREAD[5:], subreddits=["gardening"])
    assert "I am a bot." in made.text


def test_a_chunk_begins_with_a_heading_that_tells_what_is_answered() -> None:
    made = documents(deep(300, "Same here, every single spring. " * 3), subreddits=["gardening"])
    cut, *_ = chunks(made, max_chars=1900)
    assert len(cut) > 10
    for chunk in cut[1:]:
        assert re.match(r"## Comment \d+, an answer to comment \d+\n\nSame", chunk.text)


def test_a_tree_of_five_thousand_levels_is_one_document() -> None:
    (made,) = documents(deep(5000), subreddits=["gardening"])
    assert made.text.count("## Comment") == 5000
