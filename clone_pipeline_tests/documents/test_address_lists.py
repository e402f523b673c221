"""What stands in a list of addresses."""

import pytest

from clone_pipeline.documents import addresses


@pytest.mark.parametrize(
    ("address", "video"),
    [
        ("https://www.youtube.com/watch?v=abcdefghijk", "abcdefghijk"),
        ("https://m.youtube.com/watch?app=x&v=abcdefghij-", "abcdefghij-"),
        ("https://youtu.be/abcdefghijk?t=9", "abcdefghijk"),
        ("https://www.youtube.com/shorts/abcdefghijk", "abcdefghijk"),
        ("https://www.youtube.com/@ferries", None),
        ("https://example.org/watch?v=abcdefghijk", None),
    ],
)
def test_an_address_of_a_video_is_known(address: str, video: str | None) -> None:
    assert addresses.video_of(address) == video


@pytest.mark.parametrize(
    "line",
    ["http://[::1", "http://[bad]/x", "https://a.org/\tb", "//a.org", "ftp://a.org", "https://"],
)
def test_a_line_that_is_no_address_is_told(line: str) -> None:
    found, faults = addresses.listed(f"\n{line}\nhttps://a.org", where="urls.txt")
    assert found == ["https://a.org"]
    assert [fault.where for fault in faults] == ["urls.txt:2"]


def test_a_password_in_an_address_is_neither_used_nor_shown() -> None:
    found, faults = addresses.listed("https://ann:s3cret@a.org/b?c=d@e", where="urls.txt")
    assert not found
    assert "s3cret" not in str(faults)
    assert addresses.listed("https://a.org/@ann?b=c@d", where="urls.txt")[1] == []
