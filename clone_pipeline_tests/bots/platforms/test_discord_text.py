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
