"""ssi-bot's and HotShotBot's dialects."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.formats import ssi, ssi_tags
from clone_pipeline.formats.ssi import Reply, Told
from clone_pipeline.formats.ssi_tags import Dialect
from clone_pipeline.records import Turn
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.formats.samples import texts as chat_texts
from clone_pipeline_tests.formats.test_ssi import told

DIALECTS: list[Dialect] = ["trained", "ssi", "hotshot"]
THREAD = Told("a", "T", "B", (Reply("r", "X", "one"), Reply("opr", None, "two")))
LINK = Told("a", "T", None, ())


@given(told, st.sampled_from(DIALECTS))
def test_every_dialect_is_read_back_but_for_names_that_it_lacks(
    each: Told, dialect: Dialect
) -> None:
    line = ssi_tags.line(each, dialect=dialect)
    kept = ssi_tags.unnamed(each) if dialect == "hotshot" else each
    assert ssi_tags.read(line) == ssi_tags.read(line + ssi.END) == kept
    assert len(line.splitlines()) == 1


@pytest.mark.parametrize(
    ("dialect", "told", "line"),
    [
        ("trained", THREAD, "<|soss r/a|><|sot|>T<|sost|>B<|sor u/X|>one<|soopr|>two<|eoss|>"),
        ("ssi", THREAD, "<|soss r/a|><|sot|>T<|eot|><|sost|>B<|eost|><|sor u/X|>one<|eor|>"
         "<|soopr|>two<|eoopr|>"),
        ("hotshot", THREAD, "<|soss<|sot|>T<|eot|><|sost|>B<|eost|><|sor|>one<|eor|>"
         "<|soopr|>two<|eoopr|>"),
        ("ssi", LINK, "<|sols r/a|><|sot|>T<|eot|><|sol|><|eol|>"),
        ("hotshot", LINK, "<|sols|><|sot|>T<|eot|><|sol|><|eol|>"),
    ],
)  # fmt: skip
def test_a_line_is_as_the_bots_write_it(dialect: Dialect, told: Told, line: str) -> None:
    assert ssi_tags.line(told, dialect=dialect) == line


@pytest.mark.parametrize(
    "wrong",
    ["", "hello", "<|soss|>x<|sot|>T", "<|soss|><|sot|>T", "<|sot|>T<|sost|>B",
     "<|soss|><|sot|>T<|eot|>x<|sost|>B", "<|sols|><|sot|>T<|sol|>x",
     "<|soss|><|sot|>T<|sost|>B<|eols|>", "<|soss|><|sot|>T<|sost|>B<|eoss|>x",
     "<|soss|><|sot|>T<|sost|>B<|who|>x", "<|a|>", "x<|soss|><|sot|>T<|sost|>B"],
)  # fmt: skip
def test_what_is_no_line_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="no line of ssi-bot's"):
        ssi_tags.read(wrong)


@given(st.text())
def test_no_text_makes_the_reader_fail(text: str) -> None:
    for written in (text, f"<|soss|><|sot|>{text}"):
        try:
            ssi_tags.read(written)
        except ValueError as error:
            assert "no line" in str(error)  # noqa: PT017


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_file_is_read_back(tmp_path: Path, dialect: Dialect) -> None:
    path = tmp_path / "ssi.txt"
    assert ssi_tags.write([THREAD, LINK], path, dialect=dialect) == 2
    assert [each.title for each in ssi_tags.parse(path)] == ["T", "T"]
    path.write_text("x\n")
    with pytest.raises(FaultyInput, match=r"ssi\.txt:1"):
        ssi_tags.parse(path)


def turn(number: int, text: str, author: str) -> Turn:
    return Turn("c", number, author, author, None, text, None, None, [])


def test_a_conversation_is_a_thread_of_its_channel() -> None:
    turns = [turn(0, "Slugs!\nAgain.", "Ben O"), turn(1, "oh", "Anna"), turn(2, "yes", "Ben O"),
             turn(3, "beer", "Anna")]  # fmt: skip
    (found,) = ssi_tags.of_conversation(turns, subreddit="my garden")
    replies = (Reply("r", "Anna", "oh"), Reply("opr", "Ben_O", "yes"), Reply("ocr", None, "beer"))
    assert found == Told("my_garden", "Slugs!", "Again.", replies)


@given(st.lists(chat_texts, min_size=1, max_size=35))
def test_every_turn_is_told_and_every_thread_is_read_back(said: list[str]) -> None:
    turns = [turn(n, text, f"a{n % 3}") for n, text in enumerate(said)]
    found = ssi_tags.of_conversation(turns, subreddit="c")
    assert sum(len(each.replies) for each in found) == len(turns) - 1
    assert [ssi_tags.read(ssi_tags.line(each, dialect="trained")) for each in found] == found
