"""RTF is read as its words."""

import contextlib
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.documents.reading import document_of
from clone_pipeline.documents.refusing import Unreadable
from clone_pipeline.documents.rtf import read_rtf
from clone_pipeline.records import Document

LETTER = (
    rb"{\rtf1\ansi\ansicpg1252{\fonttbl\f0\fswiss Helvetica;}{\*\generator Pen;}\f0 "
    rb"Caf\'e9 {\b am} Hafen\par\par\par\par{\pict\pngblip 89504e470d0a} \u8364? 9\par}"
)


def test_the_words_are_read_without_fonts_and_pictures() -> None:
    made = document_of(LETTER, "letter.doc")
    assert isinstance(made, Document)
    assert (made.media_type, made.text) == ("application/rtf", "Café am Hafen\n\n € 9")


def test_without_the_reader_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "striprtf.striprtf", None)
    assert document_of(LETTER, "letter.rtf") == "no_reader"


@given(st.text(alphabet="{}\\\\'*;?-01 abfnprtu\n", max_size=80))
def test_no_marks_make_the_reader_fail(marks: str) -> None:
    with contextlib.suppress(Unreadable):
        assert isinstance(read_rtf(b"{\\rtf1" + marks.encode()), str)
