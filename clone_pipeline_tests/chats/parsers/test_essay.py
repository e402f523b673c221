from pathlib import Path

import pytest

from clone_pipeline.chats.parsers import essay
from clone_pipeline.settings import FaultyInput

PROSE = (
    "# May\n\nThe beans came up on Friday. All but two of them, and those the slugs had.\n\n" * 4
)


@pytest.mark.parametrize(
    "content",
    [
        PROSE.encode(),
        PROSE.encode("utf-16"),
        ("豆子在星期五发芽了。蜗牛吃了两颗。\n" * 20).encode(),
    ],
)
def test_prose_is_refused_and_sent_to_its_folder(content: bytes) -> None:
    assert essay.matches(Path("x"), content)
    with pytest.raises(FaultyInput, match=r"Move it to raw_input/text/journal/may\.md"):
        list(essay.parse(Path("x"), source_file="diary/may.md"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"beans.",
        b"\0\1\2" * 99,
        PROSE.encode().replace(b" ", b" \xff"),
        b"author,text\n" + b"anna,beans came up at last today,x,y.\n" * 20,
        b"[12:00] <anna> the beans came up on Friday.\n" * 20,
        b"Anna Kern: the beans came up on Friday.\n" * 20,
        b'{"text": "' + PROSE.encode() + b'"}',
        b"<html>" + PROSE.encode(),
        b"1002 1003 -\n" * 99,
        b"words and words without any end of a sentence at all\n" * 20,
    ],
)
def test_what_is_no_prose_is_not_claimed(content: bytes) -> None:
    assert not essay.matches(Path("x"), content)
