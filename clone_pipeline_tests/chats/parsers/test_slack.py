from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.chats.parsers import slack
from clone_pipeline.records import Message
from clone_pipeline_tests.chats.parsers.exports import whole, write

DAY = "garden/2024-05-03.json"
PEOPLE: list[dict[str, Any]] = [
    {
        "id": "U1",
        "team_id": "T1",
        "name": "akern",
        "profile": {"real_name": "Anna Kern", "display_name": "Anna"},
    },
    {
        "id": "U2",
        "team_id": "T1",
        "name": "ben",
        "deleted": True,
        "profile": {"real_name": "Ben Moss", "display_name": " "},
    },
    {
        "id": "U3",
        "team_id": "T1",
        "name": "rainbot",
        "is_bot": True,
        "profile": {"real_name": "Rain", "bot_id": "B3"},
    },
]
CHANNELS = [{"id": "C1", "name": "garden", "created": 1, "members": ["U1", "U2"]}]


def row(ts: str = "1714761000.000200", **fields: Any) -> dict[str, Any]:
    return {"type": "message", "user": "U1", "text": "hi", "ts": ts, **fields}


def export(root: Path, rows: list[dict[str, Any]], *, day: str = DAY) -> list[Message]:
    write(root, "users.json", PEOPLE)
    write(root, "channels.json", CHANNELS, indent=4)
    write(root, "dms.json", [{"id": "D9", "created": 1, "members": ["U2", "U1"]}])
    write(root, day, rows, indent=4)
    return whole(slack, root, day)


def only(root: Path, **fields: Any) -> Message:
    (found,) = export(root, [row(**fields)])
    return found


def test_a_message_has_names_ids_and_time(tmp_path: Path) -> None:
    found = only(tmp_path, text="the beans are up")
    assert (found.message_id, found.channel_id, found.channel) == (
        "slack:C1/1714761000.000200",
        "C1",
        "garden",
    )
    assert (found.author_id, found.author, found.login) == ("U1", "Anna", "akern")
    assert found.timestamp == datetime(2024, 5, 3, 18, 30, 0, 200, tzinfo=UTC)
    assert (found.kind, found.text) == ("text", "the beans are up")
    assert (found.platform, found.source_file, found.reply_to) == ("slack", DAY, None)


def test_a_person_without_a_display_name_has_the_real_name_even_if_deactivated(
    tmp_path: Path,
) -> None:
    assert only(tmp_path, user="U2").author == "Ben Moss"


def test_who_is_not_listed_is_named_by_the_message(tmp_path: Path) -> None:
    profile = {"display_name": "", "real_name": "Carl", "name": "carl9"}
    found = only(tmp_path, user="U7", user_profile=profile)
    assert (found.author_id, found.author, found.login) == ("U7", "Carl", "carl9")
    assert only(tmp_path, user="U8").author == "U8"


def test_a_direct_message_is_in_the_folder_of_its_id_and_named_by_its_members(
    tmp_path: Path,
) -> None:
    (found,) = export(tmp_path, [row()], day="D9/2024-05-03.json")
    assert (found.channel_id, found.channel) == ("D9", "Ben Moss, Anna")


def test_without_the_lists_ids_and_folders_stand_for_names(tmp_path: Path) -> None:
    write(tmp_path, DAY, [row()])
    (found,) = whole(slack, tmp_path, DAY)
    assert (found.channel_id, found.author, found.author_id) == ("garden", "U1", "U1")


def test_changed_lists_are_read_anew(tmp_path: Path) -> None:
    assert only(tmp_path).author == "Anna"
    write(tmp_path, "users.json", [{**PEOPLE[0], "profile": {"display_name": "Anna-Lena"}}])
    assert whole(slack, tmp_path, DAY)[0].author == "Anna-Lena"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("<@U2> and <@U2|ben>: look", "@Ben Moss and @Ben Moss: look"),
        ("<@U99|old.name> <@U98>", "@old.name @U98"),
        ("in <#C1|garden> or <#C1> or <#C5|>", "in #garden or #garden or #C5"),
        ("<!here> <!here|here> <!channel> <!subteam^S1|@cooks>", "@here @here @channel @cooks"),
        ("<!date^1714761000^{date}|May 3rd>", "May 3rd"),
        ("<https://a.example/b>", "https://a.example/b"),
        ("<https://a.example/b|a.example>", "a.example"),
        ("<https://a.example/b|the beans>", "the beans (https://a.example/b)"),
        ("<mailto:a@b.example|a@b.example> <tel:123|1 23>", "a@b.example 1 23"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2, &amp;lt; stays", "1 < 2 && 3 > 2, &lt; stays"),
        ("a < b", "a < b"),
    ],
)
def test_markup_is_undone(tmp_path: Path, written: str, meant: str) -> None:
    assert only(tmp_path, text=written).text == meant


PHOTO = {"name": "beans.jpg", "title": "beans.jpg", "mimetype": "image/jpeg"}
VOICE = {
    "name": "audio_message.m4a",
    "title": "audio_message.m4a",
    "mimetype": "audio/mp4",
    "subtype": "slack_audio",
    "transcription": {"preview": {"content": "come and see"}},
}
OLD = {"name": "plan.pdf", "title": "the plan", "mimetype": "application/pdf"}


@pytest.mark.parametrize(
    ("fields", "kind", "text"),
    [
        ({"files": [PHOTO], "text": ""}, "image", ""),
        ({"files": [PHOTO], "text": "look!", "subtype": "file_share"}, "text", "look!"),
        ({"files": [VOICE], "text": ""}, "voice", "come and see"),
        ({"files": [{**PHOTO, "mimetype": "video/mp4"}], "text": ""}, "video", ""),
        ({"files": [{"mode": "tombstone"}], "text": ""}, "file", ""),
        ({"subtype": "file_share", "file": OLD, "text": "<@U1> uploaded"}, "file", "the plan"),
        (
            {
                "subtype": "file_share",
                "file": {**OLD, "initial_comment": {"comment": "my plan &amp; me"}},
                "text": "<@U1> uploaded a file and commented",
            },
            "text",
            "my plan & me",
        ),
        ({"subtype": "me_message", "text": "waves"}, "text", "waves"),
        ({"subtype": "thread_broadcast"}, "text", "hi"),
        ({"subtype": "channel_join", "text": "<@U1> has joined"}, "system", "@Anna has joined"),
        ({"subtype": "channel_topic"}, "system", "hi"),
        ({"subtype": "something_new"}, "system", "hi"),
        ({"subtype": "huddle_thread", "text": "", "room": {}}, "call", ""),
        ({"subtype": "tombstone", "text": "This message was deleted."}, "deleted", ""),
        ({"user": "U3"}, "bot", "hi"),
        ({"user": "USLACKBOT"}, "bot", "hi"),
        ({"bot_id": "B7"}, "bot", "hi"),
        ({"bot_id": None}, "text", "hi"),
        ({"text": "", "attachments": [{"is_share": True, "text": "said"}]}, "forward", "said"),
        ({"text": "", "attachments": [{"title": "T", "fallback": "F"}]}, "link", "T"),
        ({"text": "see <https://a.example>", "attachments": [{}]}, "text", "see https://a.example"),
        ({"reactions": [{"name": "beans", "users": ["U2"]}]}, "text", "hi"),
    ],
)
def test_every_kind(tmp_path: Path, fields: dict[str, Any], kind: str, text: str) -> None:
    found = only(tmp_path, **fields)
    assert (found.kind, found.text) == (kind, text)


def test_an_app_is_named_by_what_is_known_of_it(tmp_path: Path) -> None:
    said = {"subtype": "bot_message", "user": None, "text": "", "attachments": [{"fallback": "F"}]}
    rows = [
        row("1714761000.000001", **said, bot_id="B3"),
        row("1714761000.000002", **said, bot_id="B4", username="deploys"),
        row("1714761000.000003", **said, bot_id="B5"),
    ]
    found = export(tmp_path, rows)
    assert [(m.author_id, m.author) for m in found] == [
        ("U3", "Rain"),
        ("B4", "deploys"),
        ("B5", "B5"),
    ]
    assert {(m.kind, m.text) for m in found} == {("bot", "F")}


def test_a_comment_on_a_file_is_its_authors(tmp_path: Path) -> None:
    comment = {"user": "U2", "comment": "nice &lt;3"}
    found = only(tmp_path, user=None, subtype="file_comment", comment=comment, text="<@U2> said")
    assert (found.author, found.kind, found.text) == ("Ben Moss", "text", "nice <3")
