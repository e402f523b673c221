"""Reddit's JSON as what the shelf keeps."""

import json
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.reddit.shelf import open_shelf
from clone_pipeline.reddit.things import comment, submission

HALF = json.loads('"a \\ud83d b"')
POST: dict[str, Any] = {
    "id": "aa", "subreddit": "Plants", "author": "anna", "title": "Basil", "selftext": "wilts",
    "is_self": True, "score": 7, "created_utc": 1, "edited": False,
}  # fmt: skip
ANSWER: dict[str, Any] = {
    "id": "c1", "subreddit": "Plants", "author": "ben", "body": "water it", "link_id": "t3_aa",
    "parent_id": "t3_aa", "score": 2, "created_utc": 2,
}  # fmt: skip


def test_half_a_surrogate_pair_is_kept_as_a_question_mark(tmp_path: Path) -> None:
    post = submission(
        POST | {"title": HALF, "selftext": HALF, "url": HALF, "is_self": False, "author": HALF},
        opted_out=(),
    )
    said = comment(ANSWER | {"body": HALF, "permalink": HALF}, opted_out=())
    assert (post.title, post.text, said.text) == ("a ? b",) * 3
    with open_shelf(tmp_path / "reddit.sqlite") as shelf:
        assert shelf.add([post, said], checked=0.0) == 2


@pytest.mark.parametrize("given", [{"author": 7}, {"selftext": ["x"]}, {"title": None}])
def test_a_field_of_the_wrong_type_is_named(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(given))):
        submission(POST | given, opted_out=())
