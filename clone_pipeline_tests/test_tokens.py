"""Counting and cutting, with a tiny byte-level BPE made on the spot."""

from pathlib import Path

import pytest
import tokenizers
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import decoders, models, normalizers, pre_tokenizers, trainers

from clone_pipeline import tokens
from clone_pipeline.settings import FaultyInput

CORPUS = ["the cat sat on the mat", "a dog and a cat and a hat", "that is that, isn't it?"] * 20


def tiny() -> tokenizers.Tokenizer:
    backend = tokenizers.Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=320,
        special_tokens=["<s>", "</s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    backend.train_from_iterator(CORPUS, trainer)
    return backend


TINY = tokens.Tokenizer(tiny())
texts = st.text() | st.lists(
    st.sampled_from(["the ", "cat", " 👩‍🚀", "é", "\n", "ありがとう"])
).map("".join)


@given(texts, st.integers(0, 12))
def test_a_cut_is_a_prefix_within_the_limit_and_a_text_that_fits_is_whole(
    text: str, limit: int
) -> None:
    prefix = TINY.cut(text, limit=limit)
    assert text.startswith(prefix)
    assert TINY.count(prefix) <= limit
    assert (prefix == text) == (TINY.count(text) <= limit)


def test_a_cut_keeps_as_many_whole_tokens_as_the_limit_allows() -> None:
    text = "the cat sat on the mat"
    limit = TINY.count(text) - 1
    prefix = TINY.cut(text, limit=limit)
    assert TINY.count(prefix) == limit
    assert TINY.encode(text)[:limit] == TINY.encode(prefix)


def test_a_character_of_several_tokens_is_never_halved() -> None:
    assert TINY.cut("👩", limit=TINY.count("👩") - 1) == ""


def test_no_special_token_is_added(tmp_path: Path) -> None:
    tiny().save(str(tmp_path / "tokenizer.json"))
    loaded = tokens.load(tmp_path)
    assert loaded.encode("the cat") == TINY.encode("the cat")
    assert loaded.count("") == 0


def test_a_truncation_stored_in_the_file_does_not_shorten_counts(tmp_path: Path) -> None:
    backend = tiny()
    backend.enable_truncation(max_length=2)
    backend.enable_padding(length=4)
    backend.save(str(tmp_path / "tokenizer.json"))
    assert tokens.load(tmp_path).count("the cat sat on") == TINY.count("the cat sat on")


def test_a_missing_or_broken_file_is_the_users_fault_by_name(tmp_path: Path) -> None:
    with pytest.raises(FaultyInput, match=r"tokenizer\.json: found no such file"):
        tokens.load(tmp_path)
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(FaultyInput, match=r"tokenizer\.json"):
        tokens.load(tmp_path)


def test_a_negative_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 0"):
        TINY.cut("cat", limit=-1)


@given(texts)
def test_the_bound_without_tokenising_is_never_below_the_count(text: str) -> None:
    composing = tiny()
    composing.normalizer = normalizers.NFC()
    expanding = tiny()
    expanding.normalizer = normalizers.NFKC()
    for tokenizer in (TINY, tokens.Tokenizer(composing), tokens.Tokenizer(expanding)):
        for said in (text, text + "\u0958\u2126\ufdfa"):
            assert tokenizer.at_most(said) >= tokenizer.count(said)
