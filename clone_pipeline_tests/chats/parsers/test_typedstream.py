import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.chats.parsers.typedstream import text_of
from clone_pipeline_tests.chats.parsers.messages_database import archived

WRITTEN = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@given(text=WRITTEN, mutable=st.booleans())
def test_what_was_archived_is_read(text: str, mutable: bool) -> None:
    assert text_of(archived(text, mutable=mutable)) == text


@pytest.mark.parametrize("size", [0, 127, 128, 255, 256, 32_768, 65_535, 65_536, 70_000])
def test_every_form_of_length_is_read(size: int) -> None:
    assert text_of(archived("b" * size)) == "b" * size


@pytest.mark.parametrize("raw", [b"", b"bplist00", b"\x04\x0bstreamtyped", archived("beans")[:-60]])
def test_what_holds_no_text_gives_none(raw: bytes) -> None:
    assert text_of(raw) is None


@given(cut=st.integers(0, 120), noise=st.binary(max_size=4))
def test_damage_gives_a_text_or_none(cut: int, noise: bytes) -> None:
    raw = archived("did the beans come up?")
    assert isinstance(text_of(raw[:cut] + noise + raw[cut + 1 :]), str | None)
