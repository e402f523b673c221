import pytest

from clone_pipeline.chats.rules.commands import bot_commands, command_prefixes


@pytest.mark.parametrize(
    "text",
    [
        *(
            "!price",
            "!!help me",
            "!redhat more than likely",
            "!kick <@12>",
            "/start",
            "/start@my_bot x",
        ),
        *(
            "$tip 1 vrsc",
            "?rank",
            "-play song",
            "-p song",
            ".help",
            ";skip",
            "+rep @x",
            "%bal",
            "~daily",
        ),
        *(
            "t!daily",
            "T!daily",
            "sg!join",
            "pls meme",
            "Pls hunt",
            "PLS rob @x",
            "owo zoo",
            "rpg duel @y",
        ),
        *("420 plant seeds", "uwu pray", "pls  beg"),
    ],
)
def test_a_command_is_found(text: str) -> None:
    assert bot_commands().places([text]) == [0]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "...",
            "!",
            "?",
            "!!!",
            "?!",
            "$5 is fine",
            "+1",
            "-5 degrees",
            "^ this",
            "^^",
            "#general",
            "%",
        ),
        *(
            "pls help me",
            "pls send",
            "please meme",
            "owo",
            "uwu so cute",
            "rpg games are fun",
            "420",
        ),
        *(
            "/me waves",
            "/s",
            "/home/anna/x",
            "/etc/x",
            "//server/share",
            "- play it",
            "!IMPORTANT",
            "! no",
        ),
        *("hi! help me", "no! stop", ".net is nice", "?what", "~ish", ".helpful", "!x"),
    ],
)
def test_what_people_say_is_no_command(text: str) -> None:
    assert bot_commands().places([text]) == []


def test_empty_texts_are_no_commands() -> None:
    assert bot_commands().places(["", "!help", ""]) == [1]


def test_own_prefixes_are_found_in_whatever_case() -> None:
    assert command_prefixes(["Hey Bot", "Ä"]).places(["hey bot, sing", "ähm", "hey", ""]) == [0, 1]
