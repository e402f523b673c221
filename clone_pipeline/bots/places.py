"""Which rules and personas count where: the nearest setting wins, one by one."""

from collections.abc import Mapping
from typing import Any

from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.limits import plain
from clone_pipeline.bots.platform_settings import (
    DiscordPlatform,
    MatrixPlatform,
    PlaceSettings,
    PlatformSettings,
    RedditPlatform,
    TelegramPlatform,
)
from clone_pipeline.bots.rule_settings import RuleSettings


def place_of(heard: Heard, *, rules: RuleSettings, platform: PlatformSettings) -> PlaceSettings:
    """The rules and personas where `heard` was said.

    From the outside in: the bot's rules, the platform's, the server's, the channel's; on Reddit
    last those of a followed account.

    Args:
        heard: its channel, server and author are looked at.
        rules: of the bot.
        platform: of the bot on that platform.
    """
    made = rules.model_dump(exclude_unset=True)
    for place in (platform.rules, *_nearer(heard, platform)):
        made = _over(made, place.model_dump(exclude_unset=True))
    # `agreed`, `vote` and the like of a followed account are no rules.
    known = {name: value for name, value in made.items() if name in PlaceSettings.model_fields}
    return PlaceSettings.model_validate(known)


def _nearer(heard: Heard, platform: PlatformSettings) -> list[PlaceSettings]:
    found: list[PlaceSettings | None] = []
    match platform:
        case RedditPlatform():
            found = [_at(platform.subs, heard.channel), _at(platform.follow, heard.author)]
            if not any(found):
                found = [_beside(platform)]
        case DiscordPlatform():
            at = platform.servers, platform.channels, platform.channels
            names = heard.server, heard.within, heard.channel
            found = [_at(places, name) for places, name in zip(at, names, strict=True)]
        case TelegramPlatform():
            found = [_at(platform.chats, heard.channel)]
        case MatrixPlatform():
            found = [_at(platform.rooms, heard.channel)]
    return [place for place in found if place]


def _beside(platform: RedditPlatform) -> PlaceSettings | None:
    """Where a followed account lately wrote: others are answered by its `proximal_frequency`."""
    followed = max(platform.follow.values(), key=lambda f: f.proximal_frequency, default=None)
    if followed is None or followed.proximal_frequency == 0:
        return None
    return PlaceSettings(chance=followed.proximal_frequency, persona=followed.persona)


def _at(places: Mapping[str, PlaceSettings], name: str) -> PlaceSettings | None:
    """The place of that name, in whatever case, with or without r/ and its like."""
    wanted = plain(name)
    if not wanted:
        return None
    return next((place for key, place in places.items() if plain(key) == wanted), None)


def _over(outer: Mapping[str, Any], inner: Mapping[str, Any]) -> dict[str, Any]:
    """Both; where both have a key the inner one's value, of groups one by one."""
    made = dict(outer)
    for name, value in inner.items():
        both = isinstance(value, Mapping) and isinstance(made.get(name), Mapping)
        made[name] = _over(made[name], value) if both else value
    return made
