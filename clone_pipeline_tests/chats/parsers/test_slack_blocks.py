from pathlib import Path

from clone_pipeline_tests.chats.parsers.test_slack import export, row

SAID = [
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": "see "},
                    {"type": "link", "url": "https://example.org/"},
                    {"type": "text", "text": " & ask "},
                    {"type": "channel", "channel_id": "C0"},
                    {"type": "emoji", "name": "smile"},
                ],
            },
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": "a quotation"}]},
        ],
    },
    {"type": "divider"},
    {"type": "section", "text": {"type": "mrkdwn", "text": "*at last*"}},
]
WORDS = "see https://example.org/ & ask #C0:smile:\na quotation\n*at last*"


def test_a_message_without_a_text_says_what_its_blocks_say(tmp_path: Path) -> None:
    empty, instead = export(
        tmp_path,
        [
            row(text="", blocks=SAID),
            row(
                "1714761060.000300",
                text="This content can't be displayed.",
                blocks=SAID,
                bot_id="B1",
            ),
        ],
    )
    assert (empty.kind, empty.text) == ("text", WORDS)
    assert (instead.kind, instead.text) == ("bot", WORDS)


def test_the_text_counts_where_there_is_one(tmp_path: Path) -> None:
    (found,) = export(tmp_path, [row(text="hello", blocks=SAID)])
    assert found.text == "hello"


def test_blocks_of_any_shape_say_nothing(tmp_path: Path) -> None:
    deep: dict[str, object] = {"type": "rich_text", "text": "x"}
    for _ in range(200):
        deep = {"type": "rich_text", "elements": [deep, 1, None]}
    (found,) = export(tmp_path, [row(text="", blocks=[deep, 3, {"type": 1, "text": 2}])])
    assert (found.kind, found.text) == ("text", "")
