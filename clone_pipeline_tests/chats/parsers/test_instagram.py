from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.chats.parsers import instagram, messenger
from clone_pipeline_tests.chats.parsers.exports import claims, whole, write
from clone_pipeline_tests.chats.parsers.test_messenger import message, mojibake, thread

PART = "your_instagram_activity/messages/inbox/anna_17/message_1.json"
POST: dict[str, Any] = {
    "share": {
        "link": "https://www.instagram.com/p/x/",
        "share_text": mojibake("Bohnen für alle"),
        "original_content_owner": "beans",
    }
}


@pytest.mark.parametrize(
    "fields",
    [
        {"photos": [{"uri": "your_instagram_activity/messages/inbox/anna_17/photos/1.jpg"}]},
        {"content": "Anna sent an attachment.", **POST},
        {"content": "Liked a message"},
        {"sender_name": "Instagram User"},
    ],
)
def test_what_speaks_for_instagram_is_claimed_by_it_alone(
    tmp_path: Path, fields: dict[str, Any]
) -> None:
    path = write(tmp_path, PART, thread([message(**fields)], thread_path="inbox/anna_17"), indent=2)
    assert not claims(messenger, path)
    (found,) = whole(instagram, tmp_path, PART)
    assert (found.platform, found.channel_id) == ("instagram", "anna_17")


def test_a_chat_that_says_nothing_of_it_is_told_by_the_name_of_its_folder(tmp_path: Path) -> None:
    for name, platform in (
        (PART, "instagram"),
        ("instagram-anna.zip/inbox/a/message_1.json", "instagram"),
        ("facebook-anna/inbox/a/message_1.json", "messenger"),
        ("inbox/a/message_1.json", "messenger"),
    ):
        write(tmp_path, name, thread([message()]))
        (found,) = whole(messenger, tmp_path, name)
        assert found.platform == platform
        assert found.message_id.startswith(platform + ":")


def test_an_instagram_link_in_a_facebook_chat_speaks_for_nothing(tmp_path: Path) -> None:
    said = [
        message(content="Liked a message"),
        message(photos=[{"uri": "your_facebook_activity/messages/inbox/a/photos/1.jpg"}]),
    ]
    path = write(tmp_path, "a/message_1.json", thread(said))
    assert claims(messenger, path)
    assert not claims(instagram, path)


def test_a_shared_post_is_a_link_and_its_caption_is_not_the_senders(tmp_path: Path) -> None:
    write(tmp_path, PART, thread([message(content=None, **POST)]))
    (found,) = whole(instagram, tmp_path, PART)
    assert (found.kind, found.text) == ("link", "https://www.instagram.com/p/x/")
