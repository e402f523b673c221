import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.bots.connector import CannotTell, Connector, Gone, Refused, TryLater
from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.platform_settings import TelegramPlatform
from clone_pipeline.bots.platforms import telegram
from clone_pipeline_tests.bots.platforms import telegram_server
from clone_pipeline_tests.bots.platforms.ears import FakeEars
from clone_pipeline_tests.bots.platforms.listening import listening, reply, sent, until
from clone_pipeline_tests.bots.platforms.telegram_server import (
    ANNE,
    BOT,
    DIRECT,
    GROUP,
    TOKEN,
    TelegramServer,
)

pytest.importorskip("telegram")
BEN = {"id": 1002, "is_bot": False, "first_name": "Ben"}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[TelegramServer]:
    monkeypatch.setenv("TELEGRAMBOTAPIKEY", TOKEN)
    with telegram_server.running() as server:
        yield server


def made(server: TelegramServer, folder: Path) -> Connector:
    return telegram.connector(TelegramPlatform(api_url=server.url), bot="anna", folder=folder)


def hear(server: TelegramServer, folder: Path, *, count: int = 1) -> FakeEars:
    """What is heard of what was said so far."""
    ears = FakeEars()

    async def life() -> None:
        async with listening(made(server, folder), ears):
            await until(lambda: len(ears.heard) >= count)

    asyncio.run(life())
    return ears


def one(server: TelegramServer, folder: Path) -> Heard:
    return hear(server, folder).heard[-1]


def test_a_direct_message_is_heard_with_all_that_is_known_of_it(
    server: TelegramServer, tmp_path: Path
) -> None:
    said = server.say("Hello there", chat=DIRECT)
    heard = one(server, tmp_path)
    assert (heard.platform, heard.kind, heard.channel) == ("telegram", "direct", "1001")
    assert heard.message_id == f"1001:{said['message_id']}"
    assert (heard.author, heard.name) == ("1001", "Anne Kramer")
    assert heard.text == "Hello there"
    assert heard.heard.timestamp() == said["date"]
    assert (heard.to_us, heard.ours, heard.author_is_bot, heard.parent_is_ours) == (False,) * 4


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("@anna_bot hi", True), ("hi @ANNA_BOT", True), ("well, anna, what now", True),
        ("/ask@anna_bot why", True), ("Annabel and Johanna", False), ("@anna_botanic", False),
        ("@anna_other_bot", False), ("/ask@other_bot anna_", False),
    ],
)  # fmt: skip
def test_a_message_is_to_us_that_names_us_in_any_of_telegrams_ways(
    server: TelegramServer, tmp_path: Path, text: str, ours: bool
) -> None:
    server.say(text)
    heard = one(server, tmp_path)
    assert (heard.kind, heard.channel, heard.to_us) == ("message", "-1002003004", ours)


def test_mentions_by_name_and_by_link_are_told_apart(
    server: TelegramServer, tmp_path: Path
) -> None:
    message = server.message(GROUP, ANNE, text="😀 Ben Anna @carl_x", entities=[
        {"type": "text_mention", "offset": 3, "length": 3, "user": BEN},
        {"type": "text_mention", "offset": 7, "length": 4, "user": BOT},
        {"type": "mention", "offset": 12, "length": 7},
    ])  # fmt: skip
    server.update(message=message)
    heard = one(server, tmp_path)
    assert heard.to_us
    assert heard.mentions == ("1002", "carl_x")


def test_a_reply_knows_its_parent_and_what_was_said_before(
    server: TelegramServer, tmp_path: Path
) -> None:
    ours = server.message(GROUP, BOT, text="I am Anna.")
    server.say("first")
    server.say("second", reply_to_message=ours)
    heard = hear(server, tmp_path, count=2).heard[-1]
    assert heard.parent_is_ours
    assert [(said.text, said.ours) for said in heard.context] == [
        ("I am Anna.", True), ("first", False)
    ]  # fmt: skip
    assert heard.context[1].name == "Anne Kramer"


def test_a_reply_to_somebody_else_is_not_one_to_us(server: TelegramServer, tmp_path: Path) -> None:
    other = server.message(GROUP, BEN | {"is_bot": True}, text="I am another bot.")
    server.say("yes", reply_to_message=other)
    assert not one(server, tmp_path).parent_is_ours


def test_a_topic_is_kept_apart_and_answered_in(server: TelegramServer, tmp_path: Path) -> None:
    forum, inside = GROUP | {"is_forum": True}, {"message_thread_id": 7, "is_topic_message": True}
    opened = server.message(
        forum, BOT, forum_topic_created={"name": "t", "icon_color": 1}, **inside
    )
    server.say("elsewhere", chat=forum)
    server.say("in the topic", chat=forum, reply_to_message=opened, **inside)
    ears = FakeEars()

    async def life() -> None:
        connector = made(server, tmp_path)
        async with listening(connector, ears):
            await until(lambda: len(ears.heard) == 2)
            assert await connector.send(reply(ears.heard[1], "here", as_reply=False))

    asyncio.run(life())
    assert (ears.heard[1].channel, ears.heard[1].context) == ("-1002003004", ())
    assert not ears.heard[1].parent_is_ours
    assert server.posted[0]["message_thread_id"] == 7


def test_a_photo_is_heard_by_its_caption_and_its_address_is_given_to_nobody(
    server: TelegramServer, tmp_path: Path
) -> None:
    photo = [{"file_id": "F", "file_unique_id": "f", "width": 9, "height": 9}]
    server.update(message=server.message(GROUP, ANNE, photo=photo, caption="my cat, Anna"))
    heard = one(server, tmp_path)
    assert (heard.text, heard.to_us, heard.images) == ("my cat, Anna", True, ())


def test_who_writes_in_the_name_of_a_group_is_that_group_and_no_bot(
    server: TelegramServer, tmp_path: Path
) -> None:
    hidden = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    server.say("hi", user=hidden, sender_chat=GROUP)
    server.say("beep", user={"id": 55, "is_bot": True, "first_name": "Beeper"})
    first, second = hear(server, tmp_path, count=2).heard
    assert (first.author, first.name, first.author_is_bot) == ("-1002003004", "Friends", False)
    assert second.author_is_bot


def test_an_edited_message_is_remembered_as_edited_and_not_heard_again(
    server: TelegramServer, tmp_path: Path
) -> None:
    said = server.say("colour me read")
    server.update(edited_message=said | {"text": "colour me red", "edit_date": 1700000000})
    server.say("next")
    heard = hear(server, tmp_path, count=2).heard
    assert [each.text for each in heard] == ["colour me read", "next"]
    assert [said.text for said in heard[1].context] == ["colour me red"]


def test_a_very_long_message_is_heard_whole(server: TelegramServer, tmp_path: Path) -> None:
    server.say("äß 😀 " * 20_000)
    assert one(server, tmp_path).text == "äß 😀 " * 20_000


MALFORMED: list[dict[str, Any]] = [
    {"message": {"message_id": 1}},
    {"message": "text"},
    {"message": []},
    {"message": {"message_id": 2, "date": "soon", "chat": GROUP, "text": "x"}},
    {"message": {"message_id": 3, "date": 1, "chat": {"id": "x"}, "text": "x"}},
    {"message": {"message_id": 4, "date": 10**30, "chat": GROUP, "text": "x"}},
    {"message": {"message_id": 5, "date": 1, "chat": GROUP, "from": ANNE, "text": 12}},
    {"message": {"message_id": 6, "date": 1, "chat": GROUP, "from": ANNE, "text": "a",
                 "entities": [{"type": "mention", "offset": "x", "length": None}]}},
    {"edited_message": {"message_id": 7}},
    {"a_kind_of_tomorrow": {"x": 1}},
    {"message": {"message_id": 8, "date": 1, "chat": GROUP, "new_chat_title": "x"}},
]  # fmt: skip


def test_malformed_updates_are_passed_over_and_confirmed(
    server: TelegramServer, tmp_path: Path
) -> None:
    for update in MALFORMED:
        server.update(**update)
    server.updates[500] = "no update at all"
    server.last_update = 501
    server.say("sound")
    ears = FakeEars()

    async def life() -> None:
        async with listening(made(server, tmp_path), ears):
            await until(lambda: not server.updates)

    asyncio.run(life())
    assert [heard.text for heard in ears.heard if heard.text != "a"] == ["sound"]


def test_nothing_is_confirmed_before_it_was_heard(server: TelegramServer, tmp_path: Path) -> None:
    for number in range(3):
        server.say(f"message {number}")

    class Failing(FakeEars):
        def hear(self, heard: Heard) -> bool:
            if heard.text == "message 1":
                raise OSError("the disk is full")
            return super().hear(heard)

    with pytest.raises(OSError, match="disk is full"):
        asyncio.run(made(server, tmp_path).run(Failing()))
    assert len(server.updates) == 3
    assert len(hear(server, tmp_path, count=3).heard) == 3


LIFE = """
import asyncio, os, signal, sys
from pathlib import Path
from clone_pipeline.bots.platform_settings import TelegramPlatform
from clone_pipeline.bots.platforms import telegram
from clone_pipeline_tests.bots.platforms.ears import FakeEars

class Deadly(FakeEars):
    def hear(self, heard):
        if heard.text == "message 150":
            os.kill(os.getpid(), signal.SIGKILL)
        with open(sys.argv[2], "a") as file:
            file.write(heard.text + "\\n")
        return True

settings = TelegramPlatform(api_url=sys.argv[1])
asyncio.run(telegram.connector(settings, bot="anna", folder=Path(sys.argv[2]).parent).run(Deadly()))
"""


def test_a_kill_between_hearing_and_confirming_loses_nothing(
    server: TelegramServer, tmp_path: Path
) -> None:
    for number in range(200):
        server.say(f"message {number}")
    into = tmp_path / "heard.txt"
    life = subprocess.run([sys.executable, "-c", LIFE, server.url, str(into)], timeout=60)
    assert life.returncode == -signal.SIGKILL
    first = into.read_text().splitlines()
    assert len(first) == 150
    second = [heard.text for heard in hear(server, tmp_path, count=100).heard]
    assert [*first[:100], *second] == [f"message {number}" for number in range(200)]


def say(server: TelegramServer, folder: Path, text: str, **how: Any) -> str:
    """Hear a message and answer it; the id of the answer."""
    server.say("Anna?")
    ears = FakeEars()

    async def life() -> str:
        connector = made(server, folder)
        async with listening(connector, ears):
            await until(lambda: ears.heard)
            return await connector.send(reply(ears.heard[-1], text, **how))

    return asyncio.run(life())


def test_an_answer_is_a_reply_without_any_formatting(
    server: TelegramServer, tmp_path: Path
) -> None:
    sent_id = say(server, tmp_path, "Yes <b>and</b> *no*")
    (posted,) = server.posted
    assert sent_id == f"-1002003004:{posted['message_id']}"
    assert posted["text"] == "Yes <b>and</b> *no*"
    assert posted["reply_to_message"]["text"] == "Anna?"
    assert posted["parse_mode"] is None
    say(server, tmp_path, "just so", as_reply=False)
    assert "reply_to_message" not in server.posted[-1]


def test_what_was_said_is_context_of_what_is_heard_next(
    server: TelegramServer, tmp_path: Path
) -> None:
    server.say("Anna?")
    ears = FakeEars()

    async def life() -> None:
        connector = made(server, tmp_path)
        async with listening(connector, ears):
            await until(lambda: ears.heard)
            await connector.send(reply(ears.heard[0], "Yes?"))
            server.say("Nothing.")
            await until(lambda: len(ears.heard) == 2)

    asyncio.run(life())
    assert [(said.text, said.ours) for said in ears.heard[1].context] == [
        ("Anna?", False), ("Yes?", True)
    ]  # fmt: skip


def test_nobody_is_mentioned(server: TelegramServer, tmp_path: Path) -> None:
    text = "@everyone @all @ben_x, see https://example.org/@user and a@example.org"
    say(server, tmp_path, text)
    assert [entity["type"] for entity in server.posted[0]["entities"]] == []
    assert server.posted[0]["text"].replace("\N{WORD JOINER}", "") == text
    assert "https://example.org/@user" in server.posted[0]["text"]


def test_a_long_answer_is_split_by_telegrams_own_count(
    server: TelegramServer, tmp_path: Path
) -> None:
    text = "😀" * 5000
    say(server, tmp_path, text)
    shown = [posted["text"] for posted in server.posted]
    assert "".join(shown) == text
    assert len(shown) == 3
    assert ["reply_to_message" in posted for posted in server.posted] == [True, False, False]


def test_after_a_flood_limit_the_rest_is_sent_and_nothing_twice_even_in_a_new_life(
    server: TelegramServer, tmp_path: Path
) -> None:
    server.say("Anna?")
    heard, text = one(server, tmp_path), "a" * 4096 + "b" * 4096 + "c"

    async def life() -> None:
        connector = made(server, tmp_path)
        async with listening(connector, FakeEars()):
            server.fault("sendMessage", none=True)
            server.fault("sendMessage", status=429, retry_after=7)
            with pytest.raises(TryLater) as later:
                await connector.send(reply(heard, text))
            assert later.value.seconds == 7

    async def next_life() -> str:
        connector = made(server, tmp_path)
        async with listening(connector, FakeEars()):
            return await connector.send(reply(heard, text, again=True))

    asyncio.run(life())
    assert asyncio.run(next_life()) == f"{GROUP['id']}:{server.posted[0]['message_id']}"
    assert [posted["text"][0] for posted in server.posted] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("status", "description", "expected"),
    [
        (403, "Forbidden: bot was blocked by the user", Gone),
        (400, "Bad Request: chat not found", Gone),
        (400, "Bad Request: not enough rights to send text messages to the chat", Gone),
        (400, "Bad Request: message text is empty", Refused),
        (401, "Unauthorized", TryLater),
    ],
)
def test_what_telegram_refuses_is_told_as_a_connector_does(
    server: TelegramServer, tmp_path: Path, status: int, description: str,
    expected: type[Exception],
) -> None:  # fmt: skip
    server.fault("sendMessage", status=status, description=description)
    with pytest.raises(expected) as told:
        say(server, tmp_path, "hi")
    assert type(told.value) is expected
    assert TOKEN not in str(told.value)


def test_a_message_that_was_deleted_while_the_bot_thought_is_not_answered(
    server: TelegramServer, tmp_path: Path
) -> None:
    said = server.say("Anna?")
    heard = one(server, tmp_path)
    server.remove(said)

    async def life() -> None:
        connector = made(server, tmp_path)
        async with listening(connector, FakeEars()):
            with pytest.raises(Gone):
                await connector.send(reply(heard, "hi"))

    asyncio.run(life())
    assert server.posted == []


@pytest.mark.parametrize("fault", [{"after": True}, {}, {"status": 502}])
def test_where_nobody_knows_whether_it_was_sent_nothing_is_claimed(
    server: TelegramServer, tmp_path: Path, fault: dict[str, Any]
) -> None:
    server.fault("sendMessage", **fault)
    with pytest.raises(Exception, match=r".") as told:
        say(server, tmp_path, "hi")
    assert not isinstance(told.value, Refused | TryLater)
    assert len(server.posted) == (1 if fault.get("after") else 0)


def test_no_connection_is_certainly_nothing_sent(server: TelegramServer, tmp_path: Path) -> None:
    server.say("Anna?")
    ears = FakeEars()

    async def life() -> None:
        connector = made(server, tmp_path)
        async with listening(connector, ears):
            await until(lambda: ears.heard)
            bot = await connector._standing()  # type: ignore[attr-defined]
            await bot.request.shutdown()
            await bot.request.initialize()
            bot._base_url = "http://127.0.0.1:9/bot"
            with pytest.raises(TryLater):
                await connector.send(reply(ears.heard[0], "hi"))

    asyncio.run(life())


def test_telegram_can_not_be_asked_what_was_sent(server: TelegramServer, tmp_path: Path) -> None:
    server.say("Anna?")
    heard = one(server, tmp_path)
    with pytest.raises(CannotTell):
        asyncio.run(made(server, tmp_path).look_up(sent(heard, "hi", None)))


def test_listening_goes_on_after_errors_and_broken_connections(
    server: TelegramServer, tmp_path: Path
) -> None:
    server.fault("getUpdates", status=502)
    server.fault("getUpdates")
    server.fault("getUpdates", status=429, retry_after=1)
    server.say("still there?")
    assert one(server, tmp_path).text == "still there?"


def test_a_second_program_with_the_token_is_a_clear_error(
    server: TelegramServer, tmp_path: Path
) -> None:
    async def lives() -> None:
        first = asyncio.create_task(made(server, tmp_path).run(FakeEars()))
        await until(lambda: server.polls == 1)
        second = asyncio.create_task(made(server, tmp_path).run(FakeEars()))
        with pytest.raises(ConnectionRefusedError, match="TELEGRAMBOTAPIKEY is in use elsewhere"):
            await first
        second.cancel()
        await asyncio.wait([second])

    asyncio.run(lives())


def test_a_wrong_token_is_an_error_that_does_not_hold_it(
    server: TelegramServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setenv("TELEGRAMBOTAPIKEY", "123:wrong")
    caplog.set_level("DEBUG")
    with pytest.raises(ConnectionRefusedError, match="TELEGRAMBOTAPIKEY") as told:
        asyncio.run(made(server, tmp_path).run(FakeEars()))
    assert "123:wrong" not in str(told.value)
    assert "123:wrong" not in caplog.text


def test_no_log_holds_the_token(
    server: TelegramServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    server.fault("getUpdates", status=500)
    say(server, tmp_path, "hi")
    assert TOKEN not in caplog.text


@pytest.mark.parametrize(
    ("text", "chat", "ordered"),
    [
        ("/stop", DIRECT, "stop"), ("/forget 80605", GROUP, "forget 80605"),
        ("/status@anna_bot", GROUP, "status"), ("/pause", DIRECT, "pause"),
    ],
)  # fmt: skip
def test_orders_are_carried_out_and_answered(
    server: TelegramServer, tmp_path: Path, text: str, chat: dict[str, Any], ordered: str
) -> None:
    server.say(text, chat=chat)
    ears = FakeEars(answer="So be it.")

    async def life() -> None:
        async with listening(made(server, tmp_path), ears):
            await until(lambda: server.posted)

    asyncio.run(life())
    assert ears.commands == [(ordered, "1001")]
    assert ears.heard == []
    assert server.posted[0]["text"] == "So be it."
    assert server.posted[0]["reply_to_message"]["text"] == text


@pytest.mark.parametrize("text", ["/stop@other_bot", "/stopping", "/start", "stop", "say /stop"])
def test_what_is_no_order_to_us_is_heard(server: TelegramServer, tmp_path: Path, text: str) -> None:
    server.say(text)
    ears = hear(server, tmp_path)
    assert (ears.commands, ears.heard[0].text) == ([], text)


def test_regenerate_takes_the_message_replied_to_or_else_our_last(
    server: TelegramServer, tmp_path: Path
) -> None:
    server.say("Anna?")
    ears = FakeEars()

    async def life() -> None:
        connector = made(server, tmp_path)
        async with listening(connector, ears):
            await until(lambda: ears.heard)
            await connector.send(reply(ears.heard[0], "One."))
            server.say("/regenerate")
            server.say("/regenerate", reply_to_message=server.message(GROUP, BOT, text="old"))
            await until(lambda: len(server.posted) == 3)

    asyncio.run(life())
    assert ears.regenerated == [("-1002003004:2", "1001"), ("-1002003004:4", "1001")]


def test_what_was_sent_is_edited_in_place_and_surplus_parts_go(
    server: TelegramServer, tmp_path: Path
) -> None:
    server.say("Anna?")
    ears = FakeEars()

    async def life() -> None:
        connector = made(server, tmp_path)
        async with listening(connector, ears):
            await until(lambda: ears.heard)
            heard = ears.heard[0]
            sent_id = await connector.send(reply(heard, "a" * 5000))
            item = sent(heard, "a" * 5000, sent_id)
            with pytest.raises(Refused, match="more parts"):
                await connector.edit(item, "b" * 9000)
            await connector.edit(item, "short, @ben_x")
            await connector.edit(item, "short, @ben_x")
            server.remove(server.posted[0])
            with pytest.raises(Gone):
                await connector.edit(item, "gone")

    asyncio.run(life())
    assert server.edited[0]["text"] == "short, @\N{WORD JOINER}ben_x"
    assert server.deleted == [(GROUP["id"], 3)]


def test_typing_is_shown_while_the_bot_writes_and_its_failure_disturbs_nothing(
    server: TelegramServer, tmp_path: Path
) -> None:
    server.say("Anna?")
    ears = FakeEars()

    async def life() -> None:
        connector = made(server, tmp_path)
        async with listening(connector, ears):
            await until(lambda: ears.heard)
            async with connector.typing(ears.heard[0]):
                await until(lambda: server.called("sendChatAction"))
            server.fault("sendChatAction", status=403, description="Forbidden: kicked")
            async with connector.typing(ears.heard[0]):
                await until(lambda: not server.faults["sendChatAction"])

    asyncio.run(life())
    assert server.called("sendChatAction")[0]["action"] == "typing"


def test_the_profile_says_bot_unless_it_does_already(
    server: TelegramServer, tmp_path: Path
) -> None:
    text = "I am a bot: an automated account that speaks as Anna. Tell me to stop. " + "x" * 100

    async def life() -> None:
        connector = made(server, tmp_path)
        async with listening(connector, FakeEars()):
            await connector.introduce(text)

    asyncio.run(life())
    assert server.profile["description"] == text
    assert server.profile["short_description"] == text[:70]
    server.profile |= {"description": "Your friendly Bot.", "short_description": "Anna"}
    asyncio.run(life())
    assert server.profile["description"] == "Your friendly Bot."
    assert server.profile["short_description"] == "Anna"


def test_without_its_token_the_platform_is_skipped_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("MY_TOKEN", raising=False)
    assert "MY_TOKEN" in (telegram.skipped(TelegramPlatform(token_env="MY_TOKEN")) or "")
    monkeypatch.setenv("MY_TOKEN", "x")
    assert telegram.skipped(TelegramPlatform(token_env="MY_TOKEN")) is None


def test_thousands_of_messages_are_heard_quickly(server: TelegramServer, tmp_path: Path) -> None:
    for number in range(2_000):
        server.say(f"message {number}", chat=GROUP | {"id": -100 - number % 50})
    assert len(hear(server, tmp_path, count=2_000).heard) == 2_000
