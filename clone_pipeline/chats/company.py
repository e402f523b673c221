"""Who is in a dialogue and when it was, as sentences below the persona's system prompt."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

MOST_NAMED = 12

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PARTS = ((5, "night"), (12, "morning"), (17, "afternoon"), (22, "evening"), (24, "night"))


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """Somebody whom clone.yaml names: what they are called, and who they are to the persona."""

    name: str
    relation: str = ""


@dataclass(frozen=True, slots=True)
class Telling:
    """What a dialogue's context tells.

    Attributes:
        people: by author id.
        times: whether it tells the time.
        zone: whose days and evenings are told.
    """

    people: Mapping[str, Acquaintance] = field(default_factory=dict)
    times: bool = False
    zone: tzinfo = UTC

    @property
    def silent(self) -> bool:
        """Whether no dialogue has a context."""
        return not self.people and not self.times

    def of(self, present: Mapping[str, str], started: datetime | None) -> str:
        """One line without a colon, may be empty.

        Args:
            present: the names of the others in the dialogue by author id, at least one.
            started: when the dialogue began, UTC; None if unknown.
        """
        company = _company(present, self.people) if self.people.keys() & present.keys() else ""
        moment = _moment(started, self.zone) if self.times and started else ""
        return " ".join(sentence for sentence in (company, moment) if sentence)


def _company(present: Mapping[str, str], people: Mapping[str, Acquaintance]) -> str:
    """`You are talking with Ben, your brother.`, or with several and who each of them is."""
    told = [people.get(who, Acquaintance(name)) for who, name in present.items()]
    if len(told) == 1:
        only = told[0]
        return f"You are talking with {', '.join(filter(None, _plain(only)))}."
    named = [f"{name} ({relation})" if relation else name for name, relation in map(_plain, told)]
    if len(named) > MOST_NAMED:
        named[MOST_NAMED - 1 :] = [f"{len(named) - MOST_NAMED + 1} others"]
    return f"You are talking with {', '.join(named[:-1])} and {named[-1]}."


def _plain(one: Acquaintance) -> tuple[str, str]:
    """Name and relation in one line without a colon, which would read as somebody's turn."""
    name, relation = (" ".join(text.replace(":", " ").split()) for text in (one.name, one.relation))
    return name or "someone", relation.rstrip(".")


def _moment(started: datetime, zone: tzinfo) -> str:
    """`It is Tuesday evening, 2021-03-02.`; empty for a time at the ends of the calendar."""
    try:
        here = started.astimezone(zone)
    except OverflowError:
        return ""
    part = next(name for end, name in _PARTS if here.hour < end)
    return f"It is {_DAYS[here.weekday()]} {part}, {here.date().isoformat()}."
