"""Slack's exports that others published, against what a reader of the files wrote down.

The twins on exports of our own are in test_slack.py.
"""

import zipfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from clone_pipeline.chats.parsers import slack
from clone_pipeline.records import Message
from clone_pipeline_tests.chats.parsers.exports import whole
from clone_pipeline_tests.chats.samples import corpus

ART = ("Example User", "someUser")


def every(archive: Path, folder: Path) -> list[Message]:
    """The messages of all JSON files, all of which must be claimed."""
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.json"))
    return [message for name in names for message in whole(slack, folder, name)]


def test_a_test_workspace_of_158_messages(tmp_path: Path) -> None:
    found = every(corpus("chats", "slack", "hfaran__testarchive.zip"), tmp_path)
    assert len({m.message_id for m in found}) == 158
    assert Counter((m.channel, m.channel_id) for m in found) == {
        ("enrique", "C0JGLMMNX"): 102,
        ("traveling-sailor", "C0JL6CGQ2"): 56,
    }
    assert Counter(m.kind for m in found) == {"bot": 94, "text": 50, "system": 11, "file": 3}
    assert Counter(m.author for m in found if m.kind == "bot") == {
        "B0JL6RASU": 49,
        "B0JL6UFSL": 28,
        "B0VJZKVHC": 17,
    }
    people = {"hamza", "abilinski", "doubledeez", "heroeshannibal"}
    assert {(m.author, m.login) for m in found if m.kind != "bot"} == {(p, p) for p in people}
    assert min(m.timestamp for m in found if m.timestamp) == datetime.fromtimestamp(
        1452837318, UTC
    ).replace(microsecond=2)
    assert [m.edited for m in found if m.edited] == [datetime.fromtimestamp(1458981134, UTC)]
    assert [m.text for m in found if m.kind == "file"] == ["100 cities", "10 cities", "cities1000"]
    by_id = {m.message_id.rpartition("/")[2]: m for m in found}
    assert by_id["1452837318.000002"].text == "@hamza has joined the channel"
    assert by_id["1458228721.000002"].text.startswith('>"Essentially')
    assert by_id["1454888458.000003"].text.startswith("http://practicalcryptography.com/")
    comment = by_id["1459106048.000018"]
    assert (comment.author, comment.kind) == ("doubledeez", "text")
    assert comment.text.startswith("```'cities': {\n")
    assert by_id["1454892394.000004"].text.startswith("[enrique:master] 1 new commit")


def test_a_tiny_workspace_of_5_messages(tmp_path: Path) -> None:
    found = every(corpus("chats", "slack", "langchain__slack_export.zip"), tmp_path)
    joined = "@U0500003428 has joined the channel"
    assert [(m.channel, m.channel_id, m.kind, m.author, m.login, m.text) for m in found] == [
        ("example-channel", "C0535BV3C6P", "system", "U0500003428", "", joined),
        ("example-channel", "C0535BV3C6P", "text", *ART, "Example message"),
        ("general", "C05019B47SB", "text", *ART, "Hello, world!"),
        ("general", "C05019B47SB", "text", *ART, "Example in general"),
        ("random", "C050FR57M8S", "text", ART[0], "exampleuser", "Example random message"),
    ]
    assert {m.author_id for m in found} == {"U0500003428"}
