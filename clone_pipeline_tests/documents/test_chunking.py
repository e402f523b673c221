"""The laws of cutting documents into chunks."""

import os
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from clone_pipeline.documents.chunking import ChunkingSettings, chunk_document, chunks
from clone_pipeline.documents.reading import read_documents
from clone_pipeline.records import Chunk, Document

PIECES = [
    "word ", "Sentence. ", "line\n", "para\n\n", "x" * 37, " ", "\n", "\n\n\n", "é", "e\u0301",
    "👩‍🚀", "👍🏽", "🇩🇪", "漢字。", "\t", "? ", "    code\n",
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), max_size=200).map("".join) | st.text(max_size=400)


def document(text: str, path: str = "a.txt") -> Document:
    return Document("d", path, "text/plain", "a", text)


def cut(text: str, max_chars: int, min_chars: int = 0) -> list[Chunk]:
    return list(chunk_document(document(text), max_chars=max_chars, min_chars=min_chars))


@given(texts, st.sampled_from([1, 3, 12, 40, 200, 1900]), st.integers(0, 60))
def test_chunks_join_to_the_document_and_none_is_empty_or_too_long(
    text: str, max_chars: int, min_chars: int
) -> None:
    made = cut(text, max_chars, min_chars)
    assert "".join(chunk.text for chunk in made) == text
    assert all(0 < len(chunk.text) <= max_chars for chunk in made)
    assert [chunk.position for chunk in made] == list(range(len(made)))
    assert all(chunk.text == text[chunk.start : chunk.end] for chunk in made)
    assert len({chunk.chunk_id for chunk in made}) == len(made)


@given(texts, st.sampled_from([40, 200]))
def test_no_chunk_is_blank_where_no_blank_is_longer_than_half_a_chunk(
    text: str, max_chars: int
) -> None:
    longest = max((len(run) for run in re.findall(r"\s+", text)), default=0)
    if text.strip() and longest <= max_chars // 2:
        assert not [chunk for chunk in cut(text, max_chars) if not chunk.text.strip()]


@given(st.lists(st.sampled_from(["e\u0301", "👩‍🚀", "👍🏽", "🇩🇪", "न्", "x"]), max_size=80))
def test_a_character_of_several_code_points_is_never_halved(characters: list[str]) -> None:
    text = "".join(characters)
    borders = {sum(map(len, characters[:n])) for n in range(len(characters) + 1)}
    assert {chunk.end for chunk in cut(text, 12)} <= borders


def test_a_paragraph_without_any_break_is_cut_at_the_limit() -> None:
    assert [len(chunk.text) for chunk in cut("x" * 450, 200)] == [200, 200, 50]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("aaaa. b\n\nccc. d\nee f. g hh", "aaaa. b\n\n"),
        ("aaaa. b ccc. d\nee f. g hhhh", "aaaa. b ccc. d\n"),
        ("aaaa. bb ccc. dd ee ffff gggg", "aaaa. bb ccc. "),
        ("aaaa bb ccc dd ee ffff gggg", "aaaa bb ccc dd ee "),
        ("aaaabbcccddeeffffgggghhhh", "aaaabbcccddeeffffggg"),
    ],
)
def test_the_cut_is_at_a_blank_line_else_line_else_sentence_else_space(
    text: str, first: str
) -> None:
    assert cut(text, 20)[0].text == first


def test_a_break_in_the_first_quarter_is_passed_over() -> None:
    heading = "# Title\n\n" + "word " * 50
    assert cut(heading, 200)[0].text.startswith("# Title\n\nword")


def test_a_heading_is_not_parted_from_its_text() -> None:
    made = cut("word " * 30 + "\n\n## Tides\n\n" + "water " * 30, 200)
    assert [chunk.text[:8] for chunk in made] == ["word wor", "## Tides"]


def test_a_lead_in_is_not_parted_from_its_list() -> None:
    made = cut("word " * 30 + "\n\nWhat helps:\n\n" + "- water\n" * 20, 200)
    assert made[1].text.startswith("What helps:\n\n- water")


def test_a_code_block_is_not_parted_where_it_fits_in_a_chunk() -> None:
    code = "```json\n{\n\n" + '"key": 1,\n\n' * 10 + "}\n```\n"
    made = cut("word " * 30 + "\n\n" + code + "\n" + "after " * 30, 200)
    assert [code in chunk.text for chunk in made].count(True) == 1


def test_a_code_block_longer_than_a_chunk_is_cut_at_its_blank_lines() -> None:
    made = cut("```\n" + ("line of code\n" * 5 + "\n") * 10 + "```\n", 200)
    assert all(chunk.text.endswith("\n\n") for chunk in made[:-1])


@given(texts, st.integers(200, 400), st.integers(0, 50))
def test_the_last_chunk_is_not_tiny_unless_the_document_is(
    text: str, max_chars: int, min_chars: int
) -> None:
    made = cut(text, max_chars, min_chars)
    assert len(made) <= 1 or len(made[-1].text) >= min_chars


def test_a_tiny_document_is_a_chunk_of_its_own() -> None:
    made, dropped, _ = chunks([document("# Wallet")], max_chars=200, min_chars=50)
    assert [chunk.text for chunk in made] == ["# Wallet"]
    assert not dropped


@given(st.lists(texts, max_size=6), st.booleans(), st.integers(1, 4))
def test_every_document_is_cut_or_dropped_for_a_reason(
    bodies: list[str], use_subset: bool, size: int
) -> None:
    documents = [
        Document(f"d{n}", f"{n}.txt", "text/plain", "", body) for n, body in enumerate(bodies)
    ]
    made, dropped, left_out = chunks(
        documents, max_chars=200, use_subset=use_subset, subset_size=size
    )
    used = {chunk.document_id for chunk in made}
    whole = [chunk_document(d, max_chars=200) for d in documents if d.document_id in used]
    assert len(made) + left_out == sum(len(list(cut)) for cut in whole)
    assert len({chunk.document_id for chunk in made}) + dropped.total() == len(documents)
    assert not use_subset or len(made) <= size


def test_the_same_text_in_two_files_has_two_ids() -> None:
    one, two = (next(chunk_document(document("text", path), max_chars=200)) for path in "ab")
    assert one.chunk_id != two.chunk_id


def test_a_limit_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        cut("text", 0)


def test_settings_refuse_chunks_that_are_too_short() -> None:
    assert ChunkingSettings().max_chars == 1900
    with pytest.raises(ValidationError):
        ChunkingSettings(max_chars=100)


@pytest.mark.skipif("CLONE_PIPELINE_CORPUS" not in os.environ, reason="needs the corpus")
def test_the_verus_pages_are_cut_without_loss() -> None:
    folder = Path(os.environ["CLONE_PIPELINE_CORPUS"], "documents", "verus")
    documents, dropped, _ = read_documents(folder)
    made, left_out, _ = chunks(documents, max_chars=1900, min_chars=50)
    joined = {doc.document_id: "" for doc in documents}
    for chunk in made:
        joined[chunk.document_id] += chunk.text
    assert joined == {doc.document_id: doc.text for doc in documents}
    assert len(documents) + dropped.total() == len(list(folder.iterdir()))
    assert not left_out
    assert all(chunk.text.strip() and len(chunk.text) <= 1900 for chunk in made)
    assert not any(unicodedata.combining(chunk.text[0]) for chunk in made)
