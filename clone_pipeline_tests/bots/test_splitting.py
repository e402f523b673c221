import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clone_pipeline.bots.graphemes import is_border
from clone_pipeline.bots.splitting import pieces, split

regex = pytest.importorskip("regex")

parts = st.sampled_from(
    [
        "word ", "Sentence. ", "\n\n", "\n", "https://example.org/a/b?c=d ", "`code` ", "x" * 70,
        "[text](https://x.example/y)", "```py\nprint(1)\n```\n", "```", "。", " ", "\r\n",
        "```\n" + "line of code\n" * 12 + "```", "<@123456789012345678>", "한국어", "e\u0301",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467", "🇩🇪🇫🇷", "\u0915\u094d\u200d\u0937",
    ]
)  # fmt: skip
texts = st.one_of(st.text(max_size=300), st.lists(parts, max_size=25).map("".join))
limits = st.integers(1, 200)


@given(texts, limits)
@example("```\n" + "a\n" * 200 + "```", 64)
@example("```py\n" + "a" * 500 + "```", 64)
def test_pieces_join_to_the_text_and_none_is_longer_than_the_limit(text: str, limit: int) -> None:
    made = pieces(text, limit=limit)
    assert "".join(piece.body for piece in made) == text
    assert all(0 < len(piece.shown()) <= limit for piece in made)
    assert all(0 < len(each) <= limit and each.strip() for each in split(text, limit=limit))


@given(texts, st.integers(2, 200))
def test_telegrams_limit_counts_utf16(text: str, limit: int) -> None:
    made = pieces(text, limit=limit, unit="utf16")
    assert "".join(piece.body for piece in made) == text
    assert all(len(p.shown().encode("utf-16-le", "surrogatepass")) <= 2 * limit for p in made)


@given(texts, st.integers(80, 200))
@example("```" + "0" * 70 + "```0``````", 80)
def test_every_code_block_is_closed_in_its_piece(text: str, limit: int) -> None:
    if text.count("```") % 2 == 0:
        assert all(each.count("```") % 2 == 0 for each in split(text, limit=limit))


@given(st.lists(parts.filter(lambda part: len(part) < 40), max_size=30).map("".join))
def test_links_and_characters_stay_whole(text: str) -> None:
    bodies = [piece.body for piece in pieces(text, limit=90)]
    ends = [sum(map(len, bodies[: number + 1])) for number in range(len(bodies) - 1)]
    graphemes = {match.end() for match in regex.finditer(r"\X", text)}
    assert set(ends) <= graphemes
    if "```" not in text:
        for match in re.finditer(r"https://example\.org/a/b\?c=d", text):
            assert not any(match.start() < end < match.end() for end in ends)


@given(st.text(max_size=40) | st.lists(parts, max_size=4).map("".join))
def test_a_border_of_ours_is_a_border_of_unicode(text: str) -> None:
    """`regex` implements Unicode's rules; ours may find fewer borders, never more."""
    graphemes = {0, *(match.end() for match in regex.finditer(r"\X", text))}
    assert {at for at in range(len(text) + 1) if is_border(text, at)} <= graphemes


def test_a_cut_falls_behind_a_paragraph_before_a_line_before_a_sentence_before_a_word() -> None:
    tail = " and so on" * 8
    assert split(f"One two.\n\nThree four.\nFive.{tail}", limit=24)[0] == "One two."
    assert split(f"One two. Three\nfour five.{tail}", limit=24)[0] == "One two. Three"
    assert split(f"One two three. Four five{tail}", limit=24)[0] == "One two three."
    assert split(f"One two three four five six{tail}", limit=24)[0] == "One two three four five"


def test_a_code_block_goes_whole_into_the_next_piece_if_it_fits() -> None:
    block = "```py\n" + "x = 1\n" * 8 + "```"
    text = "Some words before it. " * 3 + "\n" + block + "\nAnd after."
    assert any(block in each for each in split(text, limit=100))


def test_a_long_code_block_is_closed_and_opened_again_in_its_language() -> None:
    text = "```python\n" + "".join(f"line_{n} = {n}\n" for n in range(40)) + "```"
    made = split(text, limit=120)
    assert len(made) > 3
    assert all(each.startswith("```python\n") and each.endswith("\n```") for each in made)
    assert not any("\n\n```" in each for each in made)
    lines = [line for each in made for line in each.splitlines() if line.startswith("line_")]
    assert lines == [f"line_{n} = {n}" for n in range(40)]


def test_a_short_text_is_one_message_and_none_is_none() -> None:
    assert split("hi") == ["hi"]
    assert split("") == []
    assert split(" \n ") == []


def test_a_character_longer_than_the_limit_is_cut_all_the_same() -> None:
    zalgo = "e" + "\u0301" * 300
    assert "".join(piece.body for piece in pieces(zalgo, limit=50)) == zalgo


@pytest.mark.parametrize(("limit", "unit"), [(0, "characters"), (1, "utf16")])
def test_an_impossible_limit_is_refused(limit: int, unit: str) -> None:
    with pytest.raises(ValueError, match="short"):
        pieces("hi", limit=limit, unit=unit)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["a" * 100_000, "word " * 20_000, "`[" * 50_000, "```a" * 25_000])
def test_a_huge_text_is_split_in_good_time(text: str) -> None:
    assert sum(len(piece.body) for piece in pieces(text)) == len(text)


@pytest.mark.parametrize(
    "character", ["🇩🇪", "e\u0301\u0323", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "👍🏽"]
)
def test_without_blanks_a_cut_falls_between_characters(character: str) -> None:
    for limit in range(5, 40):
        bodies = [piece.body for piece in pieces(character * 60, limit=limit)]
        assert all(len(body) % len(character) == 0 for body in bodies)
