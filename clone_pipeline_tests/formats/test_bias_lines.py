"""VTX's lines: what one says, and that nobody forges an item of it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.formats.bias_lines import (
    Line,
    Said,
    biases_of,
    clean,
    line_of,
    lines_of,
    parse,
)
from clone_pipeline.formats.defusing import defuse
from clone_pipeline.records import RedditItem
from clone_pipeline.reddit.nesting import threads
from clone_pipeline_tests.reddit.trees import TITLE, deep, forests, item, texts

digits = st.from_regex(r"[1-9][0-9]{16,18}", fullmatch=True)
THREAD = [
    item("t3_a", text="Since &lt;May&gt;.\n\nHelp: https://x.org/a?b"),
    item("t1_1", "t3_a", "Beer\ntraps.", author="Ben"),
    item("t1_2", "t1_1", "¶77:> No, C:\\new!", author="cy"),
    item("t1_3", "t3_a", "I am a bot.", author="AutoModerator"),
    item("t1_4", "t1_3", "Bad bot"),
    item("t1_5", "t1_gone", "Whom do you mean?"),
    item("t1_6", "t3_a", " &#x200B; "),
]


def lines(
    items: list[RedditItem], *, max_chars: int = 8000, thread_chars: int = 10**9, seed: int = 0,
    **biases: str,
) -> list[Line]:  # fmt: skip
    found = []
    for thread in threads(items):
        found += lines_of(
            thread, biases=biases, seed=seed, max_chars=max_chars, thread_chars=thread_chars
        )[0]
    return found


@given(st.lists(st.builds(Said, digits, texts.map(clean)), min_size=1, max_size=6))
def test_a_line_is_read_back(said: list[Said]) -> None:
    line = line_of(said)
    assert len(line.splitlines()) == 1
    assert parse(line) == said
    assert all(defuse(each.text) == each.text for each in said)


@given(texts)
def test_no_text_holds_what_separates_items(text: str) -> None:
    assert not re.search(r"¶|:>|http\S|\\n", clean(text))


@pytest.mark.parametrize("line", ["", "hello", "x ¶1:> a", "¶ann:> a", "¶1:> a ¶", "¶1:>a"])
def test_what_is_no_line_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="no line of biases"):
        parse(line)


def test_a_comments_line_holds_all_that_it_answers() -> None:
    found = lines(THREAD, ann="1" * 18, ben="2" * 17, cy="3" * 19, automoderator="4" * 18)
    head = rf"¶{'1' * 18}:> (({TITLE})) | Since <May>.\n\nHelp: ((url))"
    assert [line.text for line in found] == [
        rf"{head} ¶{'2' * 17}:> Beer\ntraps.",
        rf"{head} ¶{'2' * 17}:> Beer\ntraps. ¶{'3' * 19}:> ⁋77: > No, C:\ new!",
        f"{head} ¶{'4' * 18}:> I am a bot. ¶{'1' * 18}:> Bad bot",
        f"{head} ¶{'1' * 18}:> Whom do you mean?",
    ]
    assert [each.item_id for each in found[2].told] == ["t3_a", "t1_3", "t1_4"]


def test_comments_without_a_line_are_counted() -> None:
    (thread,) = threads(THREAD)
    _, dropped = lines_of(thread, biases={}, seed=0, max_chars=8000, thread_chars=10**9)
    assert dropped == {"bot": 1, "empty": 1}


def test_a_title_alone_has_no_bar_behind_it() -> None:
    (line,) = lines([item("t3_a", url="https://x.org"), item("t1_1", "t3_a", "yes")])
    assert [each.text for each in parse(line.text)] == [f"(({TITLE}))", "yes"]


@given(forests(), st.integers(0, 3))
def test_digits_are_new_for_each_item_and_the_same_on_a_rerun(
    items: list[RedditItem], seed: int
) -> None:
    found = lines(items, seed=seed)
    assert found == lines(items[::-1], seed=seed)
    biases: dict[str, str] = {}
    for line in found:
        for each, said in zip(line.told, parse(line.text), strict=True):
            assert re.fullmatch(r"[1-9][0-9]{17,18}", said.bias)
            assert biases.setdefault(each.item_id, said.bias) == said.bias
    assert len(set(biases.values())) == len(biases)
    assert not found or lines(items, seed=seed + 1) != found


@given(forests(), st.integers(1, 300))
def test_no_line_is_longer_than_it_may_be_unless_title_and_comment_are(
    items: list[RedditItem], max_chars: int
) -> None:
    for line in lines(items, max_chars=max_chars):
        said = parse(line.text)
        assert len(line.text) <= max_chars or len(said) <= 1 + said[0].text.startswith("((")
        assert line.shortened or line.text == whole_line(line, items)


def whole_line(line: Line, items: list[RedditItem]) -> str:
    name = line.told[-1].item_id
    return next(each.text for each in lines(items) if each.told[-1].item_id == name)


def test_a_line_that_is_too_long_loses_its_oldest_comments() -> None:
    found = lines(deep(100), max_chars=500)
    assert (found[0].untold, found[0].shortened) == (0, False)
    last = found[-1]
    assert len(last.text) <= 500
    assert last.shortened
    assert len(last.told) - 1 + last.untold == 100
    kept = [each.item_id for each in last.told]
    assert kept == ["t3_a", *(f"t1_{n}" for n in range(last.untold + 1, 101))]
    assert last.text.startswith("¶")
    assert f"(({TITLE})) | They come at night." in last.text


def test_a_selftext_that_takes_more_than_half_gives_way_to_the_comments() -> None:
    listed = [item("t3_a", text="word " * 100), *deep(5)[1:]]
    last = lines(listed, max_chars=600)[-1]
    assert (last.shortened, last.untold) == (True, 0)
    assert parse(last.text)[0].text == f"(({TITLE}))"


def test_many_lines_share_the_characters_of_their_thread() -> None:
    selftext = "word " * 780
    listed = [item("t3_a", text=selftext), *deep(60)[1:]]
    found = lines(listed, thread_chars=90_000)
    assert [len(line.text) > 3900 for line in found] == [True] + [False] * 59
    assert max(len(line.text) for line in found[1:]) <= 90_000 / 61
    few = lines(listed[:6], thread_chars=90_000)
    assert min(len(line.text) for line in few) > 3900


def test_a_line_keeps_a_thousand_characters_however_many_there_are() -> None:
    last = lines(deep(100), thread_chars=1)[-1]
    assert 900 < len(last.text) <= 1000
    assert last.shortened


def test_a_tree_of_five_thousand_levels_stays_within_bounds() -> None:
    found = lines(deep(5000))
    assert len(found) == 5000
    assert max(len(line.text) for line in found) <= 8000


def test_a_replacer_of_digits_is_the_bias_and_another_one_stands_for_one() -> None:
    biases = biases_of({"Ben": "12", "ann": "Anna K.", "anna2": "Anna K."}, seed=0)
    assert biases["ben"] == "12"
    assert biases["ann"] == biases["anna2"]
    assert re.fullmatch(r"[1-9][0-9]{17,18}", biases["ann"])
    assert biases_of({"ann": "Anna K."}, seed=1) != {"ann": biases["ann"]}
