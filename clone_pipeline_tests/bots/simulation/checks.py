"""What must be true when all is said."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from clone_pipeline.bots.items import ENDS, Item
from clone_pipeline_tests.bots.simulation import town as towns
from clone_pipeline_tests.bots.simulation.odds import interval
from clone_pipeline_tests.bots.simulation.outcome import Outcome
from clone_pipeline_tests.bots.simulation.town import Town
from clone_pipeline_tests.bots.simulation.traffic import Kind, Line

CONFIGURED = {
    "mentioned": (towns.MENTIONED, towns.MENTIONED), "followup": (towns.FOLLOWUP, towns.FOLLOWUP),
    "chance": (towns.CHANCE, towns.CHANCE), "active_chance": (towns.ACTIVE, towns.ACTIVE),
    "frequency": (0.0, towns.MAX_FREQUENCY),
}  # fmt: skip
_CHAT = {"frequency", "active_chance", "not_addressed"}
REASONS: Mapping[Kind, set[str]] = {
    "mention": {"mentioned"}, "toxic": {"mentioned"}, "injection": {"mentioned"},
    "everyone": {"mentioned"}, "long": {"mentioned"}, "direct": {"direct"},
    "reply": {"followup", "mentioned"}, "chatter": {*_CHAT, "chance"},
    "quiet": {*_CHAT, "chance"}, "bot": {"other_bot", "service_account"},
    "blocked": {"blocked_user"}, "stop": {"stopped"}, "negative": {"negative_keyword"},
}  # fmt: skip
FULL = {"user_limit", "channel_limit"}


def everything_ended(town: Town, found: Outcome) -> None:
    """Nothing is undecided, half-way, in anybody's hands; every decision has its reason."""
    assert not found.held
    for item in found.items:
        assert item.state in ENDS, item
        assert item.reason or item.failure in ("deleted", "stopped"), item
        key = (item.key.platform, item.key.message_id)
        line, author = town.told.get(key, (None, ""))
        gone = line is not None and line.deleted_after is not None
        if line is None or (gone and item.reason in ("", "deleted")):
            continue
        _reasoned(line, author, item, found)
        if line.kind == "toxic":
            assert item.state != "sent", item


def _reasoned(line: Line, author: str, item: Item, found: Outcome) -> None:
    since = found.stops.get((line.platform, author.casefold()))
    allowed = REASONS[line.kind] | (FULL if line.kind not in ("blocked", "bot", "stop") else set())
    if since is not None:
        allowed = allowed | {"stopped"}
    reason = item.reason or item.failure  # before anything was decided
    assert reason in allowed, (line, item)
    arrived = found.arrived[item.key.platform, item.key.message_id]
    if since is not None and arrived > since and line.kind not in ("blocked", "bot"):
        assert reason == "stopped", (since, item)


def decisions_are_as_configured(found: Outcome, *, confidence: float) -> dict[str, str]:
    """Of each platform and reason the share that was answered; what was seen, in words."""
    groups: dict[str, list[Item]] = defaultdict(list)
    for item in found.items:
        if item.probability is not None:
            groups[f"{item.key.platform} {item.reason}"].append(item)
    seen = {}
    for name, rolled in sorted(groups.items()):
        least, most = CONFIGURED[name.split()[1]]
        chances = [item.probability or 0.0 for item in rolled]
        assert all(least <= each <= most for each in chances), name
        low, high = interval(chances, confidence=confidence)
        spoke = sum(item.state != "silent" for item in rolled)
        assert low <= spoke <= high, f"{name}: {spoke} of {len(rolled)}, not {low} to {high}"
        seen[name] = f"{spoke} of {len(rolled)} ({low}-{high})"
    return seen


def stops_are_obeyed(town: Town, found: Outcome) -> None:
    """After somebody said stop no sending to them is begun, and all their stops are known."""
    items: dict[tuple[str, str], Item] = {
        (item.key.platform, item.key.message_id): item for item in found.items
    }
    for key, steps in found.steps.items():
        since = found.stops.get((key[0], items[key].heard.author.casefold()))
        if since is not None and items[key].task == "reply":
            late = [at for state, at in steps if state == "sending" and at > since]
            assert not late, (since, steps)
    for key, (line, author) in town.told.items():
        if line.kind == "stop" and key in items:
            assert (key[0], author.casefold()) in found.stops, line


def limits_are_kept(town: Town, found: Outcome) -> dict[str, int]:
    """In no hour more answers than allowed; the most that there were."""
    users: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    channels: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for platform, author, channel, task, at in found.spoken:
        channels[platform, channel].append(at)
        if task == "reply":
            users[platform, author].append(at)
    most = {"user": max(map(_fullest, users.values())),
            "channel": max(map(_fullest, channels.values()))}  # fmt: skip
    assert most["user"] <= town.size.user_hour, most
    assert most["channel"] <= town.size.channel_hour, most
    return most


def _fullest(times: list[datetime]) -> int:
    hour = timedelta(hours=1)
    return max(sum(start <= at < start + hour for at in times) for start in times)


def uncertain_are_listed(found: Outcome) -> list[Item]:
    """Only Telegram leaves anything open, and the queue lists it all."""
    left = [item for item in found.items if item.state == "uncertain"]
    assert {item.key for item in left} == {item.key for item in found.uncertain}
    assert {item.key.platform for item in left} <= {"telegram"}
    return left


def budget_is_exact(town: Town, found: Outcome) -> dict[str, int]:
    """What the model saw is what was counted; unread answers stay reserved."""
    ((characters, tokens),) = found.spent
    open_characters, open_tokens = map(sum, zip((0, 0), *found.reserved, strict=True))
    assert characters == town.model.seen
    assert open_characters == town.model.lost
    assert tokens - open_tokens == town.model.tokens
    return within_budget(town, found)


def within_budget(town: Town, found: Outcome) -> dict[str, int]:
    """Nothing above the limit, and it was reached; killed requests stay reserved at most once."""
    ((characters, _),) = found.spent
    open_characters = sum(row[0] for row in found.reserved)
    assert town.model.seen <= characters <= town.size.characters
    assert characters - town.model.seen <= open_characters
    assert any(item.failure.startswith("budget") for item in found.items), characters
    return {"tally": characters, "seen": town.model.seen, "open": open_characters}
