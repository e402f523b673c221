"""What a bot knows of the rooms that it is in, from what a homeserver tells it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from clone_pipeline.bots.platforms.matrix_wire import Json


@dataclass(slots=True)
class Room:
    """One room.

    Attributes:
        id: of the room.
        names: display names by user id, of those who wrote lately.
        joined: how many are in it, 0 if that was not told.
        encrypted: end to end, so that the bot understands nothing.
    """

    id: str
    names: dict[str, str] = field(default_factory=dict)
    joined: int = 0
    encrypted: bool = False

    def apply(self, event: Json) -> None:
        """Take over an event of state; others, and faulty ones, change nothing."""
        content, user = dict_of(event, "content"), event.get("state_key")
        if not isinstance(user, str):
            return
        if event.get("type") == "m.room.encryption":
            self.encrypted = True
        elif event.get("type") == "m.room.member":
            name = content.get("displayname")
            self.names[user] = name if isinstance(name, str) else ""

    def summary(self, told: Json) -> None:
        """Take over a sync's summary of the room."""
        joined = told.get("m.joined_member_count")
        if isinstance(joined, int):
            self.joined = joined


def dict_of(value: Any, *names: str) -> Json:
    """What lies under these names in a JSON object; {} if that is no object."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def events_of(value: Any, *names: str) -> list[Json]:
    """The objects of the list that lies under these names."""
    found = dict_of(value, *names[:-1]).get(names[-1])
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def direct_rooms(sync: Json) -> set[str] | None:
    """The rooms that m.direct of the account names, None if this sync does not tell."""
    for event in events_of(sync, "account_data", "events"):
        if event.get("type") == "m.direct":
            return set(_names(dict_of(event, "content")))
    return None


def begins(event: Json, user_id: str) -> bool:
    """With this event that user came into the room (and did not only change the name)."""
    if event.get("type") != "m.room.member" or event.get("state_key") != user_id:
        return False
    before = dict_of(event, "unsigned", "prev_content").get("membership")
    return dict_of(event, "content").get("membership") == "join" and before != "join"


def _names(content: Json) -> Iterator[str]:
    for rooms in content.values():
        yield from (
            (each for each in rooms if isinstance(each, str)) if isinstance(rooms, list) else ()
        )
