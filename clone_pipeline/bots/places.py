"""Which rules and personas count where: the nearest setting wins, one by one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

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

_WHEN = {"post_frequency", "post_schedule"}


def faults(rules: RuleSettings, platform: PlatformSettings) -> Iterator[tuple[str, str]]:
    """Places whose settings do not go together with those around them: which, and why."""
    groups: list[tuple[str, list[tuple[str, list[PlaceSettings]]]]] = [("rules", [("", [])])]
    groups += [
        (name, [(place, [given]) for place, given in places.items()])
        for name, places in platform.places()
    ]
    for group, places in groups:
        for name, nearer in places:
            try:
                _merged(rules, platform, nearer)
            except ValidationError as error:
                where = f"{group}.{name}" if name else group
                yield where, "; ".join(each["msg"] for each in error.errors())


def place_of(heard: Heard, *, rules: RuleSettings, platform: PlatformSettings) -> PlaceSettings:
    """The rules and personas where `heard` was said.

    From the outside in: the bot's rules, the platform's, the server's, the channel's; on Reddit
    last those of a followed account.

    Args:
        heard: its channel, server and author are looked at.
        rules: of the bot.
        platform: of the bot on that platform.
    """
    return _merged(rules, platform, _nearer(heard, platform))


def _merged(
    rules: RuleSettings, platform: PlatformSettings, nearer: Sequence[PlaceSettings]
) -> PlaceSettings:
    made = rules.model_dump(exclude_unset=True)
    for place in (platform.rules, *nearer):
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
    if inner.keys() & _WHEN:  # of hours and clock times the nearer one counts
        made = {name: value for name, value in made.items() if name not in _WHEN}
    for name, value in inner.items():
        both = isinstance(value, Mapping) and isinstance(made.get(name), Mapping)
        made[name] = _over(made[name], value) if both else value
    return made
