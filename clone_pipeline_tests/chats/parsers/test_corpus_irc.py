"""The logs of #ubuntu that others annotated; written down by reading them, line by line."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from clone_pipeline.chats.parsers import irc
from clone_pipeline.records import Message
from clone_pipeline_tests.chats.samples import corpus

FOLDER = "irc-disentanglement__data__dev__"
DAYS = {  # lines that are said or done, events, first and last time on the clock
    "2004-11-15_03": (1077 + 22, 151, (2004, 11, 15, 0, 18), (2004, 11, 15, 4, 51)),
    "2005-06-27_12": (1018 + 7, 225, (2005, 6, 27, 9, 19), (2005, 6, 27, 12, 28)),
    "2005-08-08_01": (1033 + 11, 206, (2005, 8, 8, 11, 29), (2005, 8, 8, 13, 23)),
    "2016-12-19_20": (1181 + 5, 64, (2016, 12, 19, 4, 14), (2016, 12, 19, 21, 59)),
}


def read(day: str) -> tuple[list[str], list[Message]]:
    path = corpus("chats", "irc", f"{FOLDER}{day}.raw.txt")
    assert irc.matches(path, path.read_bytes()[: 1 << 16])
    lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    return lines, list(irc.parse(path, source_file=f"irc/{path.name}"))


@pytest.mark.parametrize("day", DAYS)
def test_every_line_is_a_message_in_its_place(day: str) -> None:
    lines, found = read(day)
    said, events, first, last = DAYS[day]
    assert len(found) == len(lines) == 1250
    assert Counter(m.kind for m in found) == {"text": said, "system": events}
    assert (found[0].timestamp, found[-1].timestamp) == (
        datetime(*first, tzinfo=UTC),
        datetime(*last, tzinfo=UTC),
    )
    assert len({m.message_id for m in found}) == 1250
    assert all(m.text.strip() in line for m, line in zip(found, lines, strict=True))
    assert all(m.author in line for m, line in zip(found, lines, strict=True))


def test_the_oddities_of_these_logs() -> None:
    _, found = read("2005-08-08_01")
    assert found[0].channel == "#ubuntu"
    assert (found[67].author, found[67].text) == ("ubotu", "urinates on CircleofChaos")
    assert found[186].kind == "system"
    assert found[603].kind == "system"
    assert [m.author for m in found if m.author.startswith("brad")] == ["brad[]"]
    _, found = read("2016-12-19_20")
    assert [(m.author, m.text) for m in found[64:66]] == [("homejoe", "")] * 2
    renamed = next(m for m in found if m.text == "seth is now known as Direct3d")
    assert renamed.kind == "system"
    assert {m.author_id for m in found if m.author == "Direct3d"} <= {"seth"}


def test_other_files_of_that_folder_are_no_logs() -> None:
    for path in corpus("chats", "irc").glob("*"):
        log = path.name.endswith(".raw.txt")
        assert irc.matches(path, path.read_bytes()[: 1 << 16]) is log
