"""What the events of a Matrix room say of each other: names, edits, redactions, times."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from clone_pipeline.chats.parsers.json_objects import mapping, moment, number, text
from clone_pipeline.chats.parsers.times import in_utc


@dataclass(slots=True)
class Known:
    """What later events say of earlier ones, and members of themselves."""

    names: dict[str, str] = field(default_factory=dict)
    edits: dict[str, tuple[datetime | None, dict[str, Any]]] = field(default_factory=dict)
    redacted: set[str] = field(default_factory=set)


def known_of(events: Iterable[dict[str, Any]]) -> Known:
    """What one pass over the events of a room gives."""
    known = Known()
    for event in events:
        content = mapping(event.get("content"))
        if event.get("type") == "m.room.member" and text(content.get("displayname")).strip():
            who = text(event.get("state_key")) or text(event.get("sender"))
            known.names[who] = text(content["displayname"]).strip()
        relation = mapping(content.get("m.relates_to"))
        if relation.get("rel_type") == "m.replace" and text(relation.get("event_id")):
            _keep_edit(known, text(relation["event_id"]), time_of(event), content)
        if event.get("type") == "m.room.redaction":
            known.redacted.add(text(event.get("redacts")) or text(content.get("redacts")))
    return known


def _keep_edit(known: Known, target: str, time: datetime | None, content: dict[str, Any]) -> None:
    """The latest edit of a message counts."""
    standing = known.edits.get(target)
    if standing is None or (time and (standing[0] is None or time >= standing[0])):
        known.edits[target] = (time, mapping(content.get("m.new_content")) or content)


def edit_of(event: dict[str, Any], known: Known) -> dict[str, Any] | None:
    """The content after the last edit, which may stand in the event itself."""
    if edit := known.edits.get(text(event.get("event_id"))):
        return edit[1]
    return mapping(mapping(_bundled(event).get("content")).get("m.new_content")) or None


def edited_at(event: dict[str, Any], known: Known) -> datetime | None:
    """When it was edited last, None if it never was."""
    if edit := known.edits.get(text(event.get("event_id"))):
        return edit[0]
    return time_of(_bundled(event))


def _bundled(event: dict[str, Any]) -> dict[str, Any]:
    """The last edit, as servers put it into the event that it replaces."""
    return mapping(mapping(mapping(event.get("unsigned")).get("m.relations")).get("m.replace"))


def is_redacted(event: dict[str, Any], known: Known) -> bool:
    """Whether somebody took it back."""
    because = mapping(event.get("unsigned")).get("redacted_because")
    return bool(because) or text(event.get("event_id")) in known.redacted - {""}


def time_of(event: dict[str, Any]) -> datetime | None:
    """When the server got it."""
    told = number(event.get("origin_server_ts"))
    if told is not None:
        return moment(told, per_second=1000)
    try:
        time = datetime.fromisoformat(text(event.get("timestamp")))
        return in_utc(time)
    except (ValueError, OverflowError):
        return None
