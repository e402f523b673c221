import pytest

from clone_pipeline.chats.parsers.json_objects import json_lines, string_in
from clone_pipeline.chats.partly import Losses


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b'{"a": 1, "name" : "x\\u00e9\\"y", "name": "z"', 'xé"y'),
        (b'{"name": 3}', ""),
        (b'{"name": "cut sh', ""),
        (b'{"name": "\\q"}', ""),
        (b"", ""),
    ],
)
def test_the_first_string_of_a_key_is_found_in_json_that_is_cut_short(
    head: bytes, found: str
) -> None:
    assert string_in(head, "name") == found


def test_lines_that_are_no_json_are_lost_and_the_others_read() -> None:
    losses = Losses("x")
    assert list(json_lines(['{"a": 1}\n', "\n", "{\n", "[1]\n"], losses)) == [{"a": 1}, {}]
    assert losses.lost == 1
