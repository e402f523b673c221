"""Whose messages a file of Discord's data package holds, and where they were written."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeVar

import msgspec

from clone_pipeline.chats.parsers.beside import Beside
from clone_pipeline.chats.parsers.json_objects import string_in

ME = "me"

_ACCOUNTS = (
    "account",
    "Account",
    "Konto",
    "konto",
    "Compte",
    "compte",
    "Cuenta",
    "cuenta",
    "Conta",
)
_HEAD = 1 << 16

Found = TypeVar("Found")


class Channel(msgspec.Struct):
    """channel.json, as far as it is used."""

    id: str | int
    name: str | None = None


_CHANNEL = msgspec.json.Decoder(Channel)
_INDEX = msgspec.json.Decoder(dict[str, str | None])


@dataclass(frozen=True, slots=True)
class Place:
    """The account's owner, and a channel."""

    author_id: str
    author: str
    login: str
    channel_id: str
    channel: str


def place_of(source_file: str, beside: Beside) -> Place:
    """The place of a messages file, by channel.json, index.json and user.json beside it."""
    folder = PurePosixPath(source_file).parent.name
    digits = re.sub(r"\Ac(?=\d)", "", folder)
    channel = _read(beside("channel.json"), _CHANNEL.decode)
    channel_id = str(channel.id) if channel else digits or PurePosixPath(source_file).stem
    index = _read(beside("../index.json"), _INDEX.decode) or {}
    name = (channel.name if channel else None) or index.get(channel_id) or channel_id
    users = (beside(f"../../{account}/user.json") for account in _ACCOUNTS)
    author_id, login, shown = _owner(next((user for user in users if user), None))
    return Place(author_id, shown or login or author_id, login, channel_id, name)


def _read(path: Path | None, decode: Callable[[bytes], Found]) -> Found | None:
    if path is None:
        return None
    try:
        return decode(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _owner(path: Path | None) -> tuple[str, str, str]:
    """Id, login name and shown name; user.json can be huge, and they stand at its start."""
    if path is None:
        return ME, "", ""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    own = re.search(rb'"id"\s*:\s*"?(\d{15,21})', head)
    return (
        own.group(1).decode() if own else ME,
        string_in(head, "username"),
        string_in(head, "global_name"),
    )
