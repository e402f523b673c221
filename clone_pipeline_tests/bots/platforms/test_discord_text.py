from pathlib import Path
from typing import Any

import pytest

from clone_pipeline_tests.bots.platforms.discord_life import Life, live
from clone_pipeline_tests.bots.platforms.discord_server import DiscordServer


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    return lambda test, **more: live(monkeypatch, tmp_path, test, **more)


def test_who_is_meant_is_told_from_mentions_roles_and_names(play: Any) -> None:
    async def test(life: Life) -> None:
        bob = life.server.person("bob", shown="Bob Beans")
        guild = life.server.guild("Shed", nick="Mr. Spade", role="spades")
        role = life.server.world.guilds[guild]["roles"][1]["id"]
        there = life.server.channel(guild)

        async def to_us(text: str) -> bool:
            return (await life.said(text, channel=there)).to_us

        assert await to_us(f"<@{life.server.bot}> hi")
        assert await to_us(f"<@!{life.server.bot}> hi")
        assert await to_us(f"all <@&{role}>")
        assert await to_us("what says garden bot?")
        assert await to_us("MR. SPADE, please")
        assert not await to_us("the garden bottom")
        assert not await to_us(f"<@{bob}> and <@&{guild}> @everyone")
        both = await life.said(f"<@{bob}> <@{life.server.bot}> <@{bob}>")
        assert both.mentions == (bob,)
        assert both.text == "@Bob Beans @GardenBot @Bob Beans"

    play(test)


def test_ids_are_shown_as_names(play: Any) -> None:
    async def test(life: Life) -> None:
        shown = await life.said(
            f"<:beans:123> <a:grow:456> in <#{life.channel}> by <@&{life.guild}>, </pause:789> "
            "<@111> & <#222> <t:1700000000>"
        )
        assert shown.text == (
            ":beans: :grow: in #general by @@everyone, /pause @someone & #channel <t:1700000000>"
        )

    play(test)


def test_attached_texts_are_read_and_images_told(play: Any) -> None:
    async def test(life: Life) -> None:
        server: DiscordServer = life.server
        long = ("bean " * 20_000).encode()
        files = [
            server.file("message.txt", long, "text/plain; charset=utf-8"),
            server.file("cat.png", b"PNG", "image/png"),
            server.file("dog.webp", b"WEBP"),
            server.file("huge.txt", b"x" * 500_000, "text/plain"),
            server.file("tool.exe", b"MZ", "application/octet-stream"),
        ]
        lost = server.file("lost.md", b"", "text/markdown") | {
            "url": f"{server.url}/attachments/nowhere"
        }
        embeds = [{"type": "image", "thumbnail": {"url": "https://example.org/a.png"}}]
        heard = await life.said("look", attachments=[*files, lost], embeds=embeds)
        assert heard.text.startswith("look\n\n[message.txt]\nbean bean")
        assert 99_000 < len(heard.text) <= 100_010
        assert heard.images == (
            f"{server.url}/attachments/cat.png", f"{server.url}/attachments/dog.webp",
            "https://example.org/a.png",
        )  # fmt: skip
        assert (await life.said("next")).context[-1].text == heard.text[:4000]

    play(test)


def test_a_name_in_files_forwards_links_and_emoji_calls_nobody(play: Any) -> None:
    async def test(life: Life) -> None:
        server, name = life.server, "spade"
        place = server.channel(server.guild(nick=name), name)
        file = server.file("x.log", f"12:00 {name} joined".encode(), "text/plain")
        sayings: list[tuple[str, dict[str, Any]]] = [
            ("see my log", {"attachments": [file]}),
            (f"in <#{place}>, <:spade:1>", {}),
            ("", {"message_snapshots": [forwarded(f"{name}!")], **FORWARD}),
            ("https://x.example/?spade", {}),
        ]
        for text, more in sayings:
            assert not (await life.said(text, channel=place, **more)).to_us, text
        assert (await life.said(f"https://x.example <#{place}>, Spade?", channel=place)).to_us

    play(test)


FORWARD: dict[str, Any] = {"message_reference": {"type": 1, "message_id": "1", "channel_id": "2"}}


def forwarded(text: str, **more: Any) -> dict[str, Any]:
    return {"message": {
        "type": 0, "content": text, "embeds": [], "attachments": [], "mentions": [],
        "timestamp": "2024-01-01T00:00:00+00:00", "edited_timestamp": None, "mention_roles": [],
    } | more}  # fmt: skip


def test_stickers_polls_boxes_of_bots_and_forwards_are_told_in_words(play: Any) -> None:
    async def test(life: Life) -> None:
        server = life.server
        sticker = [{"id": "1", "name": "wave", "format_type": 1}]
        assert (await life.said("", sticker_items=sticker)).text == "[sticker: wave]"
        answers = [
            {"answer_id": number, "poll_media": {"text": text}}
            for number, text in enumerate(("fern", "moss"), 1)
        ]
        poll = {
            "question": {"text": "Which?"}, "answers": answers, "allow_multiselect": False,
            "expiry": "2040-01-01T00:00:00+00:00", "layout_type": 1,
        }  # fmt: skip
        assert (await life.said("", poll=poll)).text == "[poll: Which?]\n- fern\n- moss"
        box = [{"type": "rich", "title": "Build", "description": "It failed."}]
        other = server.person("CI", bot=True)
        assert (await life.said("#7", by=other, embeds=box)).text == "#7\n\nBuild\nIt failed."
        assert (await life.said("a link", embeds=box)).text == "a link"
        picture = server.file("cat.png", b"PNG", "image/png")
        old = forwarded("", attachments=[picture], sticker_items=sticker)
        heard = await life.said("", message_snapshots=[old], **FORWARD)
        assert (heard.text, heard.images) == ("[sticker: wave]", (picture["url"],))

    play(test)


def test_a_thread_has_its_title_and_what_discord_itself_says_is_no_turn(play: Any) -> None:
    async def test(life: Life) -> None:
        thread = life.server.thread(life.channel, "Water my fern?", owner=life.ann)
        life.server.say(thread, life.ann, "", type=6, told=False)  # pinned a message
        life.server.say(thread, life.ann, "It wilts", told=False)
        heard = await life.said("daily?", channel=thread)
        assert heard.title == "Water my fern?"
        assert [said.text for said in heard.context] == ["It wilts"]
        assert (await life.said("Hi")).title == ""

    play(test)
