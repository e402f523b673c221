import pytest

from clone_pipeline.chats.partly import Losses, Numbered, PartlyRead, decoded, digest, lines_of
from clone_pipeline.settings import FaultyInput


def test_parts_of_a_digest_do_not_run_together() -> None:
    assert digest("a", "bc") != digest("ab", "c")
    assert digest("\ud83e") == digest("\ud83e")


def test_equal_facts_are_told_apart_by_their_occurrence() -> None:
    one, two = Numbered("x"), Numbered("x")
    assert one("a") != one("a")
    assert two("a") != two("b")
    assert Numbered("x")("a") == Numbered("x")("a")


def test_all_losses_are_counted_and_the_first_are_told() -> None:
    losses = Losses("f.json")
    losses.tell()
    for number in range(20):
        losses.lose(f"row {number}", "Mend it.")
    with pytest.raises(PartlyRead) as caught:
        losses.tell()
    assert caught.value.lost == 20
    assert len(caught.value.faults) == 6


def test_lines_end_at_newlines_only() -> None:
    assert list(lines_of("a\r\nb\u2028c\x0bd\n")) == ["a", "b\u2028c\x0bd", ""]


def test_bytes_that_are_no_unicode_are_refused_by_file() -> None:
    with pytest.raises(FaultyInput, match=r"f\.txt: found bytes at 1 that are not UTF-8"):
        decoded(b"a\xe4b", source_file="f.txt")
