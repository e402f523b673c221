"""Where a bot is: one model a platform, each with its own rules and places."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from clone_pipeline.bots.endpoints import EndpointSettings
from clone_pipeline.bots.limits import Name
from clone_pipeline.bots.rule_settings import Probability, RuleSettings
from clone_pipeline.settings import Settings

Variable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s?#]+$")]


def _several(value: Any) -> Any:
    """One name may stand without brackets."""
    return (value,) if isinstance(value, str) else value


def _bare(value: Any) -> Any:
    """`name:` with nothing after it is that place with the defaults."""
    if not isinstance(value, dict):
        return value
    return {str(name): {} if given is None else given for name, given in value.items()}


Personas = Annotated[tuple[str, ...], BeforeValidator(_several)]


class PlaceSettings(RuleSettings):
    """A subreddit, server, channel or chat: what is set here counts there, the rest as around."""

    persona: Personas = Field(
        (), description="who speaks there: a key, or several, of which each reply takes one"
    )


Places = Annotated[dict[str, PlaceSettings], BeforeValidator(_bare)]


class PlatformSettings(Settings):
    """What all platforms have."""

    enabled: bool = Field(True, description="false: left out for now")
    rules: PlaceSettings = Field(
        default_factory=PlaceSettings,
        description="when it speaks here; the rest as bots.NAME.rules",
    )
    operators: tuple[Name, ...] = Field(
        (), description="ids (on Reddit names) of those who may pause, resume, forget, regenerate"
    )

    def places(self) -> list[tuple[str, Mapping[str, PlaceSettings]]]:
        """Its groups of places, each with the name of its key."""
        groups = ("subs", "follow", "servers", "channels", "chats", "rooms")
        return [(name, getattr(self, name)) for name in groups if name in type(self).model_fields]


class TerminalSettings(PlatformSettings):
    """The terminal: every line is a direct message."""


class VoteSettings(Settings):
    """Votes on what an account writes."""

    up: Probability = Field(0.0, description="chance of an upvote")
    down: Probability = Field(0.0, description="chance of a downvote, if there is no upvote")
    min: float = Field(60, ge=0, description="shortest wait before it, in seconds")
    max: float = Field(900, ge=0, description="longest wait before it, in seconds")


class FollowSettings(PlaceSettings):
    """An account that is followed all over Reddit (VTX's `stalk`)."""

    agreed: Literal[True] = Field(
        description="true: its owner knows and agreed, as where it is your own or another bot"
    )
    proximal_frequency: Probability = Field(
        0.0, description="chance for other new comments in the subreddits where it lately wrote"
    )
    vote: VoteSettings | None = Field(None, description="votes on what it writes; left out: none")


class ImageSettings(EndpointSettings):
    """An images endpoint of OpenAI's shape (POST /images/generations)."""

    base_url: str = Field(
        pattern=r"^https?://[^\s@?#]+$", description="such as https://api.example.org/v1"
    )
    size: str = Field("1024x1024", pattern=r"^\d+x\d+$", description="as the endpoint names sizes")
    prompt: str = Field(
        "{title}", pattern=r"\{title\}", description="what is drawn, with the post's {title}"
    )
    price: float = Field(0, ge=0, description="money for one image")


class RedditPlatform(PlatformSettings):
    """A bot on Reddit; it watches the subreddits of `subs`, and its inbox."""

    subs: Places = Field(default_factory=dict, description="subreddits by name, without r/")
    follow: dict[str, FollowSettings] = Field(
        default_factory=dict, description="accounts that agreed to be followed, by name"
    )
    inbox: bool = Field(True, description="hear replies, mentions and private messages")
    mark_read: bool = Field(True, description="mark what was heard in the inbox as read")
    flair: str | None = Field(None, description="flair id of its posts")
    images: ImageSettings | None = Field(None, description="draws image posts; left out: none")
    image_share: Probability = Field(0.0, description="share of its posts that are images")
    poll_seconds: float = Field(
        15, ge=1, le=3600, description="longest pause between two looks at a stream"
    )
    client_id_env: Variable = Field("REDDITCLIENT", description="variable with the app's client id")
    client_secret_env: Variable = Field("REDDITSECRET", description="variable with its secret")
    username_env: Variable = Field("REDDITAGENT", description="variable with the bot's user name")
    password_env: Variable = Field("REDDITPASSWORD", description="variable with its password")


class MusingSettings(Settings):
    """Remarks that nothing prompted."""

    channels: tuple[Name, ...] = Field(min_length=1, description="channels' ids")
    frequency: Probability = Field(description="chance of a remark, rolled once a minute")
    persona: Personas = Field((), description="who muses; left out: the channel's")
    instruction: str = Field("", max_length=2000, description="put before each prompt")
    prompts: tuple[str, ...] = Field(
        ("What is on your mind?",), min_length=1, description="of which one is taken at random"
    )


class DiscordPlatform(PlatformSettings):
    """A bot on Discord."""

    token_env: Variable = Field("DISCORDTOKEN", description="variable with the bot's token")
    servers: Places = Field(default_factory=dict, description="servers by id, with their own rules")
    channels: Places = Field(
        default_factory=dict, description="channels by id; nearer than servers"
    )
    musing: tuple[MusingSettings, ...] = Field((), description="remarks that nothing prompted")
    regenerate_emoji: str = Field(
        "\N{BRAIN}", min_length=1, description="reaction to a reply that has it written anew"
    )
    slash_commands: bool = Field(True, description="register /stop, /pause and the others")
    banned_servers: tuple[Name, ...] = Field((), description="servers that the bot leaves")
    api_url: Url | None = Field(
        None,
        description="of a proxy, /api/v10 is added if it names no /api; left out: Discord's own",
    )


class TelegramPlatform(PlatformSettings):
    """A bot on Telegram."""

    token_env: Variable = Field("TELEGRAMBOTAPIKEY", description="variable with the bot's token")
    chats: Places = Field(default_factory=dict, description="chats by id, with their own rules")
    api_url: Url | None = Field(None, description="of a Bot API server; left out: Telegram's own")
    confirm: bool = Field(True, description="what was heard is not told again")


class MatrixPlatform(PlatformSettings):
    """A bot on Matrix."""

    homeserver: Url = Field("https://matrix.org", description="its address")
    user_env: Variable = Field(
        "MATRIXUSER", description="variable with the user id, @bot:example.org"
    )
    password_env: Variable = Field("MATRIXPASSWORD", description="variable with its password")
    rooms: Places = Field(default_factory=dict, description="rooms by id, with their own rules")
    tag: str = Field("", max_length=40, description="put before each message, such as [BOT]")
    accept_invites: bool = Field(False, description="join rooms that anybody invites the bot to")
