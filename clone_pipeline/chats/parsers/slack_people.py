"""Who and what the ids of a Slack export mean: users.json, channels.json and their like."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from clone_pipeline.chats.parsers.beside import Beside
from clone_pipeline.chats.parsers.json_array import JsonArray
from clone_pipeline.chats.parsers.json_objects import mapping, rows_of, text
from clone_pipeline.chats.partly import Losses

_USERS = ("users.json", "org_users.json")
_CHANNELS = ("channels.json", "groups.json", "mpims.json", "dms.json")
_FOLDERS_KEPT = 4


class Person(NamedTuple):
    """A user or an app: id, the name shown, the user name ("" if it is not known)."""

    id: str
    name: str
    login: str = ""
    is_bot: bool = False


@dataclass(slots=True)
class Directory:
    """Everybody by their ids, and conversations (id, shown name) by the name of their folder."""

    people: dict[str, Person] = field(default_factory=dict)
    channels: dict[str, tuple[str, str]] = field(default_factory=dict)
    channel_names: dict[str, str] = field(default_factory=dict)


def directory_of(beside: Beside) -> Directory:
    """The directory of the export that a channel's folder belongs to; read once an export."""
    users = tuple(_version(beside(f"../{name}")) for name in _USERS)
    channels = tuple(_version(beside(f"../{name}")) for name in _CHANNELS)
    return _directory(users, channels)


_Version = tuple[Path, int, int] | None


def _version(path: Path | None) -> _Version:
    """A file as it stands now: path, time of change in ns, size in bytes."""
    if path is None:
        return None
    try:
        known = path.stat()
    except OSError:
        return None
    return path, known.st_mtime_ns, known.st_size


@functools.lru_cache(maxsize=_FOLDERS_KEPT)
def _directory(users: tuple[_Version, ...], channels: tuple[_Version, ...]) -> Directory:
    directory = Directory()
    for row in _rows(users):
        person = person_of(row, text(row.get("id")))
        if not person.id:
            continue
        directory.people[person.id] = person
        if bot_id := text(mapping(row.get("profile")).get("bot_id")):
            directory.people[bot_id] = person
    for row in _rows(channels):
        channel_id = text(row.get("id"))
        folder = text(row.get("name")) or channel_id
        if channel_id:
            shown = text(row.get("name")) or _members(row, directory) or channel_id
            directory.channels[folder] = directory.channels[channel_id] = (channel_id, shown)
            directory.channel_names[channel_id] = shown
    return directory


def person_of(row: dict[str, Any], user_id: str) -> Person:
    """The person of a row of users.json, or of the `user_profile` of a message."""
    profile = mapping(row.get("profile")) or row
    shown = (profile.get("display_name"), profile.get("real_name"), row.get("real_name"))
    login = text(row.get("name"))
    name = next((text(each).strip() for each in shown if text(each).strip()), "")
    is_bot = row.get("is_bot") is True or user_id == "USLACKBOT"
    return Person(user_id, name or login or user_id, login, is_bot)


def _members(row: dict[str, Any], directory: Directory) -> str:
    members = row.get("members")
    ids = [each for each in members if isinstance(each, str)] if isinstance(members, list) else []
    return ", ".join(
        directory.people[each].name if each in directory.people else each for each in ids
    )


def _rows(versions: tuple[_Version, ...]) -> Iterator[dict[str, Any]]:
    """The rows of the files, as far as they can be read: a name that is not known stays an id."""
    for version in versions:
        if version is not None:
            try:
                yield from rows_of(JsonArray(version[0], key=None), Losses(""))
            except OSError:
                continue
