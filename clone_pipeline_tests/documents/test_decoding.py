"""Any encoding of text, and nothing that is no text."""

import codecs
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.documents.decoding import decode, normalised

JAPANESE = "名前,年齢,住所\r\n佐藤太郎,30,東京\r\n三木英子,25,大阪\r\n髙橋淳,35,名古屋\r\n"
KANA = "名前は太郎です。東京に住んでいます。昨日は海へ行きました。"
FRENCH = "Les élèves ont mangé des crêpes à la fête, où il a neigé très tôt cette année-là. " * 3
RUSSIAN = "Съешь же ещё этих мягких французских булок, да выпей чаю. " * 4


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn"))))
def test_utf8_reads_as_written(text: str) -> None:
    assert decode(text.encode()) == text.removeprefix("\ufeff")


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_a_byte_order_mark_is_obeyed_and_gone(mark: bytes, encoding: str) -> None:
    assert decode(mark + "one\r\ntwo 漢\rthree".encode(encoding)) == "one\ntwo 漢\nthree"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (JAPANESE, "cp932"),
        (KANA * 3, "euc_jp"),
        (FRENCH, "cp1252"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
    ],
)
def test_an_old_encoding_is_found_by_its_statistics(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text.replace("\r\n", "\n")


def test_an_encoding_that_the_text_names_is_obeyed() -> None:
    page = '<meta charset="iso-8859-2"><p>żółw'
    assert decode(page.encode("iso-8859-2")) == page


@pytest.mark.parametrize("seed", range(20))
def test_random_bytes_are_no_text(seed: int) -> None:
    assert decode(random.Random(seed).randbytes(1024)) is None
    assert decode(bytes(1 + b % 255 for b in random.Random(seed).randbytes(1024))) is None


@pytest.mark.parametrize("head", [b"PK\x03\x04\x14\x00", b"\x89PNG\r\n\x1a\n\x00", b"GIF89a\x00"])
def test_a_binary_file_is_no_text(head: bytes) -> None:
    assert decode(head + bytes(range(256))) is None


def test_nothing_is_the_empty_text() -> None:
    assert decode(b"") == ""


def test_half_of_a_surrogate_pair_does_not_stay() -> None:
    assert normalised("a\ud83d b") == "a\ufffd b"
    assert normalised("\ud83d\ude00") == "😀"
