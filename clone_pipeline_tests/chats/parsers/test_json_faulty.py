import json
import re
from pathlib import Path

import pytest

from clone_pipeline.chats.parsers import json_array
from clone_pipeline.chats.parsers.json_faulty import stretch, whole_objects

STARTS = re.compile(rb'\{"n":')


def test_whole_objects_are_told_from_what_is_cut_off_and_what_is_broken() -> None:
    assert whole_objects(b' {"a": {}}, {"b": []}') == ([(1, 10), (12, 21)], 21, True)
    assert whole_objects(b'{"a": 1}, {"b": "') == ([(0, 8)], 10, True)
    assert whole_objects(b'{"a" 1}, {"b": "long enough"}') == ([], 0, False)
    assert whole_objects(b'{"a": 1}, null, {"b": "long enough"}') == ([(0, 8)], 10, False)
    assert whole_objects(b'{"a": ' + b"9" * 9999 + b"}")[1] == 10006
    assert whole_objects(b'{"a": ' + b"[" * 99999 + b"]" * 99999 + b"}") == ([], 0, False)


def test_behind_a_broken_object_the_next_ones_are_given_to_the_arrays_end(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"n": 1}, {"n": }, {"n": 3}, x, {"n": {"n": 4}}], "count": 4}')
    found = stretch(path, 1, STARTS)
    assert [json.loads(span) for span in found.spans] == [{"n": 1}, {"n": 3}, {"n": {"n": 4}}]
    assert found.faulty == [b'{"n": }, ', b"x, "]
    assert (found.closed, found.place, found.footer) == (True, None, b', "count": 4}')


def test_an_end_behind_a_broken_last_object_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"n": 1}, {"n": "two" x "some more"}], "count": 2}\n')
    found = stretch(path, 1, STARTS)
    assert (found.spans, found.closed, found.footer) == ([b'{"n": 1}'], True, b', "count": 2}\n')
    assert found.faulty == [b'{"n": "two" x "some more"}']


@pytest.mark.parametrize("size", [20, 64, 1000])
def test_stretches_follow_on_each_other_whatever_is_between(
    tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_array, "SLICE_BYTES", size)
    path = tmp_path / "a.json"
    long = [{"n": n, "x": [{"n": "nested"}] * 9} for n in range(5)]
    middle = ", {" + "junk " * 99 + "}, "
    path.write_text("[" + middle.join(json.dumps(row) for row in long) + "]")
    found = [stretch(path, 1, STARTS)]
    while (place := found[-1].place) is not None:
        found.append(stretch(path, place, STARTS))
        assert (found[-1].place or 1 << 60) > place
    assert [json.loads(span) for each in found for span in each.spans] == long
    assert sum(len(each.faulty) for each in found) == 4
    assert found[-1].closed
