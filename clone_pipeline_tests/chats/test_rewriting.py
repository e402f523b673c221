from clone_pipeline.chats.renaming import replacer
from clone_pipeline.chats.rewriting import Rewriting, renamed_fault, rewritten
from clone_pipeline.records import MESSAGES, Message, to_table
from clone_pipeline.settings import Fault

RENAME = replacer({"Kerstin Ohlsen": "Fatou", "kerstin.o": "Fatou"})


def message(platform: str, own: str, reply_to: str | None = None) -> Message:
    return Message(
        f"{platform}:{own}", platform, "dm-Kerstin", "Kerstin Ohlsen", None, "user:1", "Fatou",
        None, "text", "Kerstin here", reply_to, "Chat with Kerstin Ohlsen.txt",
    )  # fmt: skip


def test_nobody_who_is_hidden_is_named_in_any_column() -> None:
    told = [
        message("neutral", "kerstin.o-1"),
        message("neutral", "17", "neutral:kerstin.o-1"),
        message("neutral", "kerstin.o-2"),
        message("discord", "99"),
    ]
    table = rewritten(to_table(told, MESSAGES), Rewriting([RENAME], [RENAME]))
    assert "kerstin" not in str(table.to_pylist()).casefold()
    first, second, third, other = table.to_pylist()
    assert first["message_id"] == second["reply_to"] != third["message_id"]
    assert (second["message_id"], other["message_id"]) == ("neutral:17", "discord:99")
    assert first["source_file"] == "Chat with Fatou.txt"


def test_nor_in_what_is_said_of_files() -> None:
    fault = Fault("Chat with Kerstin Ohlsen.txt", "lines of Kerstin", "See to it.")
    assert str(renamed_fault(fault, [RENAME])).count("Fatou") == 2
