from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.bots.heard import Heard
from clone_pipeline_tests.bots.platforms.discord_life import Life, live
from clone_pipeline_tests.bots.platforms.listening import reply, until


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    return lambda test, **more: live(monkeypatch, tmp_path, test, **more)


def test_a_message_is_heard_with_all_that_is_known_of_it(play: Any) -> None:
    async def test(life: Life) -> None:
        before = await life.said("Anybody here?")
        heard = await life.said("Hello there")
        assert heard.platform == "discord"
        assert (heard.channel, heard.server) == (life.channel, life.guild)
        assert (heard.author, heard.name, heard.text) == (life.ann, "Ann", "Hello there")
        assert abs(heard.heard - datetime.now(UTC)) < timedelta(seconds=5)
        assert heard.kind == "message"
        assert [(said.message_id, said.author, said.name, said.text, said.ours)
                for said in heard.context] == [
            (before.message_id, life.ann, "Ann", "Anybody here?", False)
        ]  # fmt: skip
        said_of = (heard.to_us, heard.ours, heard.parent_is_ours, heard.author_is_bot)
        assert said_of == (False, False, False, False)
        assert (heard.mentions, heard.images, heard.locked, heard.thread_author) == ((), (), 0, "")

    play(test)


def test_a_chain_of_answers_is_walked_beyond_the_last_messages(play: Any) -> None:
    async def test(life: Life) -> None:
        server = life.server
        chain = [server.say(life.channel, life.ann, "link 0", told=False, ago=9000)]
        for number in range(1, 9):
            told = server.say(
                life.channel, life.ann, f"link {number}", answers=chain[-1], told=False,
                ago=9000 - number,
            )  # fmt: skip
            chain.append(told)
        for number in range(30):
            server.say(life.channel, life.ann, f"noise {number}", told=False, ago=100 - number)
        heard = await life.said("so?", answers=chain[-1])
        said = [each.text for each in heard.context]
        assert said[:6] == [f"link {number}" for number in range(3, 9)]
        assert said[6:] == [f"noise {number}" for number in range(5, 30)]

    play(test)


def test_an_answer_to_the_bot_is_known_as_such_and_no_mention(play: Any) -> None:
    async def test(life: Life) -> None:
        first = await life.said("Hi")
        ours = await life.connector.send(reply(first, "Hello!"))
        answer = await life.said("And you?", answers=ours, mentions=[])
        assert answer.parent_is_ours
        assert not answer.to_us
        assert [said.ours for said in answer.context] == [False, True]
        pinged = await life.said(
            "And?", answers=ours, mentions=[life.server.world.users["770000000000000001"]]
        )
        assert pinged.parent_is_ours
        assert not pinged.to_us
        forwarded = {"type": 1, "message_id": ours, "channel_id": life.channel}
        kept = {"message": {"type": 0, "content": "Hello!", "embeds": [], "attachments": [],
                            "timestamp": "2024-01-01T00:00:00+00:00", "edited_timestamp": None,
                            "mentions": [], "mention_roles": []}}  # fmt: skip
        again = await life.said("", message_reference=forwarded, message_snapshots=[kept])
        assert (again.text, again.parent_is_ours) == ("Hello!", False)
        assert life.ears.met == []

    play(test)


def test_other_bots_and_webhooks_are_bots_and_our_account_is_ours(play: Any) -> None:
    async def test(life: Life) -> None:
        other = life.server.person("MathBot", bot=True)
        assert (await life.said("4", by=other)).author_is_bot
        hooked = await life.said("posted", by=life.ann, webhook_id="55")
        assert hooked.author_is_bot
        mine = life.server.say(life.channel, life.server.bot, "said by hand")
        await until(lambda: life.ears.met)
        assert life.ears.met[0][0] == mine
        assert life.ears.met[0][1].ours
        assert not life.ears.known(mine)

    play(test)


def test_direct_messages_and_threads(play: Any) -> None:
    async def test(life: Life) -> None:
        direct = life.server.direct(life.ann)
        heard = await life.said("psst", channel=direct)
        assert (heard.kind, heard.server, heard.channel) == ("direct", "", direct)
        thread = life.server.thread(life.channel, owner=life.server.bot)
        aside = await life.said("in here", channel=thread)
        assert (aside.channel, aside.server, aside.kind) == (thread, life.guild, "message")
        assert aside.thread_is_ours
        assert aside.thread_started is not None
        assert await life.connector.send(reply(aside, "yes")) in life.server.world.messages[thread]

    play(test)


def test_edits_and_deletions_change_the_context(play: Any) -> None:
    async def test(life: Life) -> None:
        said = [life.server.say(life.channel, life.ann, text) for text in "abcd"]
        await life.heard(said[-1])
        life.server.edit(life.channel, said[0], "A")
        life.server.delete(life.channel, said[1])
        life.server.delete(life.channel, said[2], said[3])
        await until(lambda: len(life.ears.gone) == 3)
        assert sorted(life.ears.gone) == said[1:]
        assert [each.text for each in (await life.said("now")).context] == ["A"]

    play(test)


def test_system_messages_are_not_heard_and_unreadable_history_hurts_nobody(play: Any) -> None:
    async def test(life: Life) -> None:
        hidden = life.server.channel(life.guild, "hidden")
        life.server.rest.closed[hidden] = (403, {"code": 50001, "message": "Missing Access"})
        joined = life.server.say(hidden, life.ann, "", type=7)
        heard = await life.said("hello", channel=hidden, answers="1")
        assert heard.context == ()
        assert not life.ears.known(joined)

    play(test)


def test_a_hundred_messages_at_once_are_heard_in_their_order(play: Any) -> None:
    async def test(life: Life) -> list[Heard]:
        told = life.server.say_many((life.channel, life.ann, f"line {n}") for n in range(100))
        await life.heard(told[-1])
        assert [each.message_id for each in life.ears.heard] == told
        last = life.ears.heard[-1]
        assert [said.text for said in last.context] == [f"line {n}" for n in range(49, 99)]
        return life.ears.heard

    play(test)


def test_what_others_edit_is_told_with_names_and_files_and_shown_pages_are_no_edit(
    play: Any,
) -> None:
    async def test(life: Life) -> None:
        note = life.server.file("note.txt", b"beans", "text/plain")
        heard = await life.said("Hi", attachments=[note])
        held = life.server.world.messages[life.channel][heard.message_id]
        shown = life.server.world.event(held) | {"embeds": [{"type": "link", "title": "A page"}]}
        life.server.do(lambda: life.server.world.tell("MESSAGE_UPDATE", shown))
        ours = await life.connector.send(reply(heard, "Ho"))
        life.server.edit(life.channel, ours, "Hm")
        life.server.edit(life.channel, heard.message_id, f"Hi <@{life.server.bot}>")
        await until(lambda: life.ears.edits)
        text = "Hi @GardenBot\n\n[note.txt]\nbeans"
        assert life.ears.edits == [(heard.message_id, text)]

    play(test)
