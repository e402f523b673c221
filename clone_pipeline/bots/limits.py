"""How much one user and one channel may get, and who gets anything at all."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints

from clone_pipeline.bots.heard import Heard, Platform
from clone_pipeline.bots.history import History
from clone_pipeline.bots.reasons import Reason
from clone_pipeline.settings import Settings

# Accounts of a platform's own service, which nobody answers.
SERVICE_ACCOUNTS: dict[Platform, frozenset[str]] = {
    "reddit": frozenset({"automoderator", "reddit", "profanitycounter"})
}


def _text(value: Any) -> Any:
    """Ids are numbers on some platforms, and YAML reads them as such."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Name = Annotated[str, BeforeValidator(_text), StringConstraints(min_length=1)]
Limit = Annotated[int, Field(ge=0, le=1_000_000)]


class LimitSettings(Settings):
    """Most answers within the last hour and the last day; 0: none, null: no limit."""

    user_hour: Limit | None = Field(20, description="answers to one user an hour, everywhere")
    user_day: Limit | None = Field(100, description="answers to one user a day, everywhere")
    channel_hour: Limit | None = Field(30, description="answers and remarks in a channel an hour")
    channel_day: Limit | None = Field(200, description="answers and remarks in a channel a day")


def barred_user(
    heard: Heard, *, allow_users: Sequence[str], block_users: Sequence[str], allow_dms: bool
) -> Reason | None:
    """Why nothing that this user writes is answered, None if it may be.

    Names are compared in whatever case, with or without u/ or @. A user in both lists is blocked.
    """
    author = plain(heard.author)
    if author in SERVICE_ACCOUNTS.get(heard.platform, ()):
        return "service_account"
    if author in _plain(block_users):
        return "blocked_user"
    if allow_users and author not in _plain(allow_users):
        return "unlisted_user"
    return "no_dms" if heard.kind == "direct" and not allow_dms else None


def barred_channel(
    channel: str,
    *,
    within: str = "",
    direct: bool = False,
    allow_channels: Sequence[str],
    block_channels: Sequence[str],
) -> Reason | None:
    """Why the bot says nothing in this channel, None if it may.

    Names are compared in whatever case, with or without r/ or #. `allow_channels` does not count
    for a direct message (`direct`), which has a channel of its own. What is said of the channel
    that a thread lies `within` is said of the thread.
    """
    names = {plain(channel), plain(within)} - {""}
    if names & _plain(block_channels):
        return "blocked_channel"
    unlisted = allow_channels and not direct and not names & _plain(allow_channels)
    return "unlisted_channel" if unlisted else None


def user_full(history: History, *, user_hour: int | None, user_day: int | None) -> bool:
    """Whether the user had as many answers as allowed."""
    return _full(history.to_author_hour, user_hour) or _full(history.to_author_day, user_day)


def channel_full(history: History, *, channel_hour: int | None, channel_day: int | None) -> bool:
    """Whether the channel had as many answers and remarks as allowed."""
    hour, day = history.in_channel_hour, history.in_channel_day
    return _full(hour, channel_hour) or _full(day, channel_day)


def plain(name: str) -> str:
    """A user's or channel's name as it is compared: lower case, without u/, r/, @ or #."""
    folded = name.strip().casefold().lstrip("/@#")
    return folded[2:] if folded[:2] in ("u/", "r/") else folded


def _plain(names: Sequence[str]) -> set[str]:
    return {plain(name) for name in names}


def _full(count: int, limit: int | None) -> bool:
    return limit is not None and count >= limit
