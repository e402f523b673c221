"""Slash commands: /stop and what operators order; the answers are seen by who asks alone."""

import logging
from collections.abc import Mapping
from typing import Any

import aiohttp
import discord
from discord import app_commands

from clone_pipeline.bots.connector import Ears
from clone_pipeline.bots.platforms.recent import Recent
from clone_pipeline.bots.splitting import DISCORD_LIMIT

log = logging.getLogger(__name__)

Tree = app_commands.CommandTree[discord.Client]
Interaction = discord.Interaction[discord.Client]

_WORDS = {
    "stop": "Never write to me again",
    "pause": "Say nothing until /resume (operators)",
    "resume": "Speak again (operators)",
    "status": "How the bot is doing (operators)",
}
_NO_MESSAGE = "Nothing of mine is known here: give the message's link."


def add_orders(tree: Tree, *, ears: Ears, recent: Recent) -> None:
    """Put the commands into the tree; what they do is the ears' business."""
    for word, description in _WORDS.items():
        tree.add_command(_simple(word, description, ears))

    @tree.command(description="Erase what was kept of a user (operators: of others)")
    @app_commands.describe(user="left out: you")
    async def forget(interaction: Interaction, user: discord.User | None = None) -> None:
        await _obey(interaction, ears, f"forget {(user or interaction.user).id}")

    @tree.command(description="Write a reply anew (operators)")
    @app_commands.describe(message="its link or id; left out: the last one here")
    async def regenerate(interaction: Interaction, message: str | None = None) -> None:
        given = (message or "").rstrip("/").rpartition("/")[2].strip()
        found = given or _last(recent, str(interaction.channel_id))
        if found:
            await _obey(interaction, ears, f"regenerate {found}")
        else:
            await interaction.response.send_message(_NO_MESSAGE, ephemeral=True)


async def sync(tree: Tree) -> None:
    """Tell Discord the commands, unless it has them just so."""
    application = tree.client.application_id
    if application is None:
        return
    wanted = [_plain(each.to_dict(tree)) for each in tree.get_commands()]
    known = await tree.client.http.get_global_commands(application)
    if sorted(map(str, wanted)) != sorted(str(_plain(each)) for each in known):
        await tree.sync()


def _simple(
    word: str, description: str, ears: Ears
) -> app_commands.Command[app_commands.Group, [], None]:
    async def obey(interaction: Interaction) -> None:
        await _obey(interaction, ears, word)

    return app_commands.Command(name=word, description=description, callback=obey)


async def _obey(interaction: Interaction, ears: Ears, words: str) -> None:
    try:
        await interaction.response.defer(ephemeral=True, thinking=True)
        answer = await ears.command(words, author=str(interaction.user.id))
        await interaction.edit_original_response(
            content=answer[:DISCORD_LIMIT] or "Done.",
            allowed_mentions=discord.AllowedMentions.none(),
        )
    except (discord.DiscordException, aiohttp.ClientError) as error:
        log.warning("The command %s could not be answered: %r", words.split()[0], error)


def _last(recent: Recent, channel: str) -> str:
    """The bot's last message there."""
    ours = [each.message_id for each in recent.before(channel, "") if each.ours]
    return ours[-1] if ours else ""


def _plain(command: Mapping[str, Any]) -> tuple[object, ...]:
    """What of a command a user sees."""
    options = command.get("options") or []
    return (
        command.get("name"), command.get("description"), command.get("type", 1),
        [(each["name"], each["description"], each["type"], bool(each.get("required")))
         for each in options],
    )  # fmt: skip
