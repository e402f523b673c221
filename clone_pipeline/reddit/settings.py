"""What is fetched of Reddit, and how much of it."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, field_validator

from clone_pipeline.settings import Settings

SUBREDDIT = re.compile(r"^[A-Za-z0-9_]{2,21}$")
_PREFIX = re.compile(r"^(/?u/|@)", re.IGNORECASE)

Subreddit = Annotated[str, StringConstraints(pattern=SUBREDDIT.pattern)]
Term = Annotated[str, StringConstraints(min_length=1)]
# Discord's ids are numbers, and YAML reads them as such.
Identity = Annotated[
    str,
    BeforeValidator(
        lambda value: str(value) if isinstance(value, int) and value is not True else value
    ),
    StringConstraints(min_length=1),
]
User = Annotated[
    str,
    BeforeValidator(
        lambda value: value if isinstance(value, bool) else _PREFIX.sub("", str(value).strip())
    ),
    StringConstraints(pattern=r"^[A-Za-z0-9_-]{3,20}$"),
]
Variable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


class SubSettings(Settings):
    """One subreddit; a bare name with nothing after it means the defaults."""

    skip: bool = Field(False, description="leave this subreddit out, and keep what was fetched")
    type: Literal["new", "top"] = Field(
        "new", description="which threads `limit` keeps: new, the latest; top, the best scored"
    )
    limit: int | None = Field(None, ge=1, description="threads a day; null: all")
    min_score: int | None = Field(
        None, description="lowest score of a thread when it was listed; null: any"
    )
    max_comments: int | None = Field(
        None, ge=0, description="comments a thread: its best-scored chains; null: whole trees"
    )
    filter: list[Term] = Field(
        default_factory=list, description="words that drop an item here, besides reddit.filter"
    )
    documents: bool = Field(False, description="threads become documents of an expert, too")


class RedditSettings(Settings):
    """What is read from Reddit every night; nothing without `subs`."""

    subs: dict[Subreddit, SubSettings] = Field(
        default_factory=dict, description="subreddits by name, without r/"
    )
    since: date | None = Field(
        None, description="the first day to fetch; null: a week before the first fetch"
    )
    filter: list[Term] = Field(
        default_factory=list,
        description="a thread or comment that contains one of these, in whatever case, is dropped",
    )
    replacers: dict[User, Identity] = Field(
        default_factory=dict,
        description="Reddit user to the same person's id elsewhere, such as a Discord id",
    )
    opted_out: list[User] = Field(
        default_factory=list, description="users of whom nothing is stored; what is held is erased"
    )
    training_texts: list[Literal["bias", "ssi"]] = Field(
        default_factory=list,
        description="texts to train on besides messages: bias (VTX's lines), ssi (ssi-bot's tags)",
    )
    client_id_env: Variable = Field(
        "REDDITCLIENT", description="environment variable that holds the app's client id"
    )
    client_secret_env: Variable = Field(
        "REDDITSECRET", description="environment variable that holds the app's secret"
    )
    username_env: Variable = Field(
        "REDDITAGENT", description="environment variable that holds your Reddit user name; optional"
    )
    password_env: Variable = Field(
        "REDDITPASSWORD",
        description="environment variable that holds its password; unset: read-only access",
    )

    @field_validator("subs", mode="before")
    @classmethod
    def _bare_names(cls, value: Any) -> Any:
        """`NoRules:` with nothing after it is that subreddit with the defaults."""
        if not isinstance(value, Mapping):
            return value
        return {name: {} if given is None else given for name, given in value.items()}

    @field_validator("replacers", mode="before")
    @classmethod
    def _replaced_once(cls, value: Any) -> Any:
        """u/Anna and anna are one user."""
        if isinstance(value, Mapping):
            _refuse_twice([_PREFIX.sub("", str(name).strip()) for name in value])
        return value

    @field_validator("subs")
    @classmethod
    def _named_once(cls, subs: dict[str, SubSettings]) -> dict[str, SubSettings]:
        """Reddit does not tell r/Norules from r/NoRules."""
        _refuse_twice(subs)
        return subs


def _refuse_twice(names: Iterable[str]) -> None:
    lowered = [name.lower() for name in names]
    if twice := sorted({name for name in lowered if lowered.count(name) > 1}):
        raise ValueError(f"named twice, in different case: {', '.join(twice)}")
