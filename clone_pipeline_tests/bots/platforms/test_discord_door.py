import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from clone_pipeline.bots.platforms import discord
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.bots.platforms import discord_server
from clone_pipeline_tests.bots.platforms.discord_life import TOKEN, settings
from clone_pipeline_tests.bots.platforms.ears import FakeEars


@pytest.mark.parametrize(
    ("token", "allowed", "words"),
    [("wrong", True, "DISCORDTOKEN"), (TOKEN, False, "Message Content Intent")],
)
def test_refusals_at_the_door_say_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, token: str, allowed: bool, words: str
) -> None:
    monkeypatch.setenv("DISCORDTOKEN", token)
    with discord_server.running(token=TOKEN) as server:
        server.gateway.content_allowed = allowed
        connector = discord.connector(settings(server), bot="garden", folder=tmp_path)
        with pytest.raises(FaultyInput, match=words) as refused:
            asyncio.run(connector.run(FakeEars()))
    assert TOKEN not in str(refused.value)


def test_an_unreachable_discord_ends_the_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DISCORDTOKEN", TOKEN)
    with discord_server.running(token=TOKEN) as server:
        nowhere = settings(server)
    connector = discord.connector(nowhere, bot="garden", folder=tmp_path)
    with pytest.raises(OSError, match="connect"):
        asyncio.run(connector.run(FakeEars()))


def test_where_zstandard_is_missing_the_gateway_speaks_zlib(tmp_path: Path) -> None:
    script = f"""
import sys
sys.modules["zstandard"] = None
import asyncio, os
from pathlib import Path
from clone_pipeline.bots.platform_settings import DiscordPlatform
from clone_pipeline.bots.platforms import discord
from clone_pipeline_tests.bots.platforms.ears import FakeEars
os.environ["DISCORDTOKEN"] = {TOKEN!r}
ears = FakeEars()
async def main():
    platform = DiscordPlatform(api_url=sys.argv[1])
    connector = discord.connector(platform, bot="b", folder=Path({str(tmp_path)!r}))
    task = asyncio.create_task(connector.run(ears))
    while not ears.heard:
        await asyncio.sleep(0.01)
    print(ears.heard[0].text)
    task.cancel()
asyncio.run(main())
"""
    with discord_server.running(token=TOKEN) as server:
        channel = server.channel(server.guild())
        command = [sys.executable, "-c", script, server.url]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            while not server.do(lambda: any(s.out for s in server.world.sessions.values())):
                assert process.poll() is None
            server.say(channel, server.person("ann"), "squeezed")
            assert process.communicate(timeout=20)[0].strip() == "squeezed"
        assert server.gateway.compressed == ["zlib-stream"]
