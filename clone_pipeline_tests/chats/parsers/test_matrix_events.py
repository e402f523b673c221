from typing import Any

import pytest

from clone_pipeline.chats.parsers.matrix_events import said_by
from clone_pipeline_tests.chats.parsers.test_matrix_json import event, state


@pytest.mark.parametrize(
    ("content", "kind", "text"),
    [
        ({"msgtype": "m.image", "body": "beans.png"}, "image", ""),
        ({"msgtype": "m.image", "body": "my beans", "filename": "b.png"}, "text", "my beans"),
        ({"msgtype": "m.video", "body": "b.mp4", "filename": "b.mp4"}, "video", ""),
        ({"msgtype": "m.audio", "body": "b.ogg"}, "voice", ""),
        ({"msgtype": "m.file", "body": "b.pdf"}, "file", ""),
        ({"msgtype": "m.location", "body": "", "geo_uri": "geo:1,2"}, "location", "geo:1,2"),
        ({"msgtype": "org.own", "body": "words"}, "text", "words"),
    ],
)
def test_every_sort_of_message_has_a_kind(content: dict[str, Any], kind: str, text: str) -> None:
    said = said_by({"type": "m.room.message", "content": content})
    assert said is not None
    assert (said.kind, said.text) == (kind, text)


def test_what_is_no_message_says_nothing_and_the_rest_says_what_it_is() -> None:
    assert said_by(state("m.reaction", {})) is None
    assert said_by(state("m.call.candidates", {})) is None
    assert said_by(state("im.vector.modular.widgets", {})) is None
    sticker = said_by(state("m.sticker", {"body": "a bean"}))
    call = said_by(state("m.call.invite", {}))
    topic = said_by(state("m.room.topic", {"topic": "beans"}))
    asked = {"question": {"body": "beans?"}, "answers": []}
    poll = said_by(state("org.matrix.msc3381.poll.start", {"org.matrix.msc3381.poll.start": asked}))
    thread = said_by(event(1, content={"m.relates_to": {"rel_type": "m.thread", "event_id": "$0"}}))
    found = [
        (each.kind, each.text, each.answers)
        for each in (sticker, call, topic, poll, thread)
        if each
    ]
    assert found == [
        ("sticker", "a bean", ""),
        ("call", "", ""),
        ("system", "topic: beans", ""),
        ("text", "beans?", ""),
        ("text", "hi", "$0"),
    ]
