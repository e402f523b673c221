import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.bots.heard import Said
from clone_pipeline.bots.transcript import lines_of, plain
from clone_pipeline_tests.bots.heards import (
    message,
)


def test_a_message_that_is_in_its_own_context_is_shown_once() -> None:
    assert len(lines_of(message("hi", context=(Said("m1", "bob", "hi"),)))) == 1


@given(st.text())
def test_plain_text_is_plain_once_and_for_all(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    once.encode()  # no half of a pair is left


@pytest.mark.parametrize("text", ["Grüße 👨‍👩‍👧 👍🏽", "می‌خواهم", "ok\nfine", "क्‍ष", "naïve café ½"])
def test_plain_text_keeps_what_people_write(text: str) -> None:
    assert plain(text) == text
