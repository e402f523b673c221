"""The demo's clone on Discord and Reddit, while another model is promoted: minutes long.

What is said is written to `transcript.txt` in the project's folder; docs/transcripts has one.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from clone_pipeline import registry
from clone_pipeline.bots import queue_file
from clone_pipeline.bots.item_rows import items
from clone_pipeline.bots.items import Item
from clone_pipeline_tests.bots.platforms import discord_server, reddit_server
from clone_pipeline_tests.bots.platforms.discord_server import DiscordServer
from clone_pipeline_tests.bots.platforms.reddit_bot import ENVIRONMENT
from clone_pipeline_tests.bots.platforms.reddit_life import Life
from clone_pipeline_tests.test_demo import ROOT, SHIPPED

RULES = {"mention_self_frequency": 1.0, "followup_frequency": 1.0, "delay": {"min": 0, "max": 2}}
BOT: dict[str, Any] = {
    "persona": "mara",
    "brain": {"model": {"temperature": 0.5, "max_tokens": 60}},
    "rules": RULES | {"limits": {"user_hour": None, "channel_hour": None}},
    "budget": {"characters": 300_000},
}
QUESTION = "<@{bot}> Are you coming to the lighthouse on Saturday?"
SMALL_TALK = (
    "How is the lens today?", "Did you sleep well?", "What is the weather like up there?",
    "Shall I bring some tea?", "Is Jonas still repairing the bike?", "What did you have for lunch?",
    "When does the ferry come?", "Have you seen the seals again?", "Which prism is missing?",
    "Do you need more varnish?", "Who has the key to the tower?", "Is the lamp turning yet?",
    "Did the museum write back?", "What are you reading?", "How many steps are there?",
    "Would you like a cake on Sunday?", "Is the paint dry?", "Did anybody call for me?",
    "Where did you put the brass screws?", "How was the storm last night?",
    "Can you see the island from there?", "What should I tell the children?",
    "Are the swallows back?", "When do you go home for the winter?", "What do you miss most?",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_demos_clone_answers_and_a_promotion_changes_its_voice_while_it_runs(
    tmp_path: Path,
) -> None:
    for name in SHIPPED:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    _typed(tmp_path, "run")
    lives(tmp_path)


def lives(folder: Path) -> None:
    """A trained project's clone meets people, is retrained meanwhile, and meets them again."""
    with discord_server.running(name="Mara") as discord, reddit_server.running(Life()) as reddit:
        given = yaml.safe_load((folder / "clone.yaml").read_text("utf-8"))
        bot = BOT | {
            "discord": {"api_url": discord.url, "slash_commands": False},
            "reddit": {"subs": {"lighthouses": {}}, "poll_seconds": 1},
        }
        given["bots"] = {"mara": bot}
        _write(folder, given)
        with _running(folder, discord, reddit.url) as alive:
            guild = discord.guild()
            channel, jonas = discord.channel(guild), discord.person("jonas", shown="Jonas")
            post = reddit.life.post("lighthouses", "Which paint lasts?", title="Paint in salt air")

            def ask(text: str) -> Item:
                asked = discord.say(channel, jonas, text.format(bot=discord.bot))
                return _answered(folder, asked, alive)

            def ask_on_reddit(text: str) -> Item:
                return _answered(folder, reddit.life.answer(post, text).name, alive)

            told = [ask(QUESTION), ask_on_reddit("u/anna what would you take for the railing?")]
            given["training"] |= {"method": {"name": "lora", "r": 24}}
            _write(folder, given)
            retraining = subprocess.Popen(
                _command("run", "--project", str(folder)), env=_environment(),
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            number = 0
            while retraining.poll() is None:
                told.append(ask(f"<@{{bot}}> {SMALL_TALK[number % len(SMALL_TALK)]}"))
                number += 1
                time.sleep(8)
            assert retraining.returncode == 0
            told += [ask(QUESTION), ask_on_reddit("u/anna and for the door?")]
    _check(folder, told)


def _check(folder: Path, told: list[Item]) -> None:
    lines = []
    for item in told:
        where = f"{item.key.platform} {'r/' if item.key.platform == 'reddit' else '#'}"
        where += "lighthouses" if item.key.platform == "reddit" else "general"
        lines += [f"[{where}] {item.heard.name or item.heard.author}: {item.heard.text}"]
        lines += [f"    Mara ({item.model}): {line}" for line in (item.text or "").splitlines()]
    (folder / "transcript.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    standing = registry.production(folder / "models")
    assert standing
    assert standing.version == "v0002"
    versions = [str(item.model) for item in told]
    assert all(item.state == "sent" for item in told)
    assert "v0001" in versions[0]
    assert "v0001" in versions[1]
    assert "v0002" in versions[-2]
    assert "v0002" in versions[-1]
    assert told[0].text != told[-2].text


def _answered(folder: Path, message_id: str, alive: Callable[[], None]) -> Item:
    """What the bot made of it; every message here addresses the bot."""
    for _ in range(1200):
        alive()
        with queue_file.open_file(folder / ".private" / "bots.sqlite") as file:
            found = items(file, "message_id = ? and state in ('sent', 'failed')", message_id)
        if found:
            return found[0]
        time.sleep(0.1)
    raise AssertionError(f"{message_id} was not answered in two minutes")


@contextmanager
def _running(folder: Path, discord: DiscordServer, reddit_url: str) -> Iterator[Callable[[], None]]:
    told = (folder / "bot.log").open("w")
    more = ENVIRONMENT | {
        "DISCORDTOKEN": discord.token, "praw_oauth_url": reddit_url, "praw_reddit_url": reddit_url,
    }  # fmt: skip
    process = subprocess.Popen(
        _command("bot", "--project", str(folder), "--status-port", "0"),
        env=_environment() | more, stdout=told, stderr=told, stdin=subprocess.DEVNULL,
    )  # fmt: skip

    def alive() -> None:
        assert process.poll() is None, (folder / "bot.log").read_text()[-3000:]

    try:
        for _ in range(1200):
            alive()
            if discord.do(lambda: len(discord.world.sessions)):
                break
            time.sleep(0.1)
        yield alive
    finally:
        process.terminate()
        process.wait(60)


def _command(*words: str) -> list[str]:
    return [sys.executable, "-c", "from clone_pipeline.cli import app; app()", *words]


def _environment() -> dict[str, str]:
    unset = {"DAGSTER_HOME", "CLONE_PIPELINE_PROJECT"}
    return {name: value for name, value in os.environ.items() if name not in unset}


def _typed(folder: Path, *words: str) -> None:
    subprocess.run(_command(*words, "--project", str(folder)), env=_environment(), check=True)


def _write(folder: Path, given: dict[str, Any]) -> None:
    text = yaml.safe_dump(given, sort_keys=False, allow_unicode=True)
    (folder / "clone.yaml").write_text(text, encoding="utf-8")
