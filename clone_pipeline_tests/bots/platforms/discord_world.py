"""What the local Discord holds: accounts, servers, channels, messages, and who is told of them."""

import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from clone_pipeline_tests.bots.platforms import discord_shapes as shapes
from clone_pipeline_tests.bots.platforms.discord_shapes import Body

# Bits of .../topics/gateway#list-of-intents.
GUILDS, GUILD_MESSAGES, GUILD_REACTIONS = 1 << 0, 1 << 9, 1 << 10
DIRECT_MESSAGES, DIRECT_REACTIONS, CONTENT = 1 << 12, 1 << 13, 1 << 15
_NONCE_SECONDS = 300.0


@dataclass
class Account:
    """A bot's account and application."""

    token: str
    user: Body
    description: str = ""
    commands: list[Body] = field(default_factory=list)


@dataclass
class Session:
    """A gateway session: `log` is what it was told, and is replayed by a resume."""

    account: Account
    identity: str
    intents: int
    seq: int = 0
    log: deque[Body] = field(default_factory=lambda: deque(maxlen=20_000))
    out: Any = None  # the queue of the connection that it has now


@dataclass
class Posted:
    """A message that a bot had created; `duplicates` counts requests that its nonce stopped."""

    message: Body
    body: Body
    account: Account
    duplicates: int = 0

    @property
    def pinged(self) -> bool:
        """Whether it could notify anybody, by .../resources/message#allowed-mentions-object."""
        allowed = self.body.get("allowed_mentions")
        if allowed is None:
            return True
        return bool(
            allowed.get("parse") or allowed.get("users") or allowed.get("roles")
            or allowed.get("replied_user")
        )  # fmt: skip


class World:
    """All of it, for the server's own thread only."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.users: dict[str, Body] = {}
        self.guilds: dict[str, Body] = {}
        self.channels: dict[str, Body] = {}
        self.messages: dict[str, dict[str, Body]] = {}
        self.sessions: dict[str, Session] = {}
        self.posted: list[Posted] = []
        self.nonces: dict[tuple[str, str, str], tuple[float, Posted]] = {}

    def account(self, token: str, identity: str, name: str) -> Account:
        self.users[identity] = made = shapes.user(identity, name, bot=True)
        self.accounts[token] = Account(token, made)
        return self.accounts[token]

    def add_channel(self, channel: Body) -> None:
        self.channels[channel["id"]] = channel
        self.messages.setdefault(channel["id"], {})
        if "guild_id" in channel:
            held = "threads" if channel["type"] == 11 else "channels"
            self.guilds[channel["guild_id"]][held].append(channel)

    def guild_of(self, channel_id: str) -> str | None:
        found: str | None = self.channels[channel_id].get("guild_id")
        return found

    def store(self, message: Body) -> None:
        """Keep a message; events and answers are made of what is kept."""
        self.messages[message["channel_id"]][message["id"]] = message
        self.channels[message["channel_id"]]["last_message_id"] = message["id"]

    def shown(self, message: Body, *, nested: bool = True) -> Body:
        """As REST tells it: with what it answers, and without its nonce."""
        made = {key: value for key, value in message.items() if key != "nonce"}
        reference = message.get("message_reference")
        if reference and nested and not reference.get("type"):
            held = self.messages.get(reference["channel_id"], {})
            parent = held.get(reference["message_id"])
            made["referenced_message"] = parent and self.shown(parent, nested=False)
        return made

    def event(self, message: Body) -> Body:
        """As MESSAGE_CREATE tells it: with the member, the server, and the nonce."""
        made = self.shown(message)
        if "nonce" in message:
            made["nonce"] = message["nonce"]
        guild_id = self.guild_of(message["channel_id"])
        if guild_id is not None:
            made["guild_id"] = guild_id
            if "webhook_id" not in message:
                made["member"] = self.member(guild_id, message["author"]["id"])
        return made

    def member(self, guild_id: str, user_id: str) -> Body:
        members = self.guilds[guild_id]["members"]
        found = next((each for each in members if each["user"]["id"] == user_id), None)
        given: Body = found or shapes.member(None)
        return {key: value for key, value in given.items() if key != "user"}

    def known_nonce(self, account: Account, body: Body, channel: str) -> Posted | None:
        if not (body.get("enforce_nonce") and body.get("nonce")):
            return None
        at, posted = self.nonces.get((account.token, channel, body["nonce"]), (0.0, None))
        return posted if time.monotonic() - at < _NONCE_SECONDS else None

    def tell(self, event: str, data: Body, *, need: int = 0) -> None:
        """Dispatch to all sessions that asked for such events."""
        for session in self.sessions.values():
            if not need or session.intents & need:
                given = data if session.intents & CONTENT else self._blind(event, data, session)
                self.dispatch(session, event, given)

    def dispatch(self, session: Session, event: str, data: Body) -> None:
        session.seq += 1
        payload = {"op": 0, "t": event, "s": session.seq, "d": data}
        session.log.append(payload)
        if session.out is not None:
            session.out.put_nowait(payload)

    def needed(self, channel: str, *, reaction: bool = False) -> int:
        direct = self.guild_of(channel) is None
        if reaction:
            return DIRECT_REACTIONS if direct else GUILD_REACTIONS
        return DIRECT_MESSAGES if direct else GUILD_MESSAGES

    def _blind(self, event: str, data: Body, session: Session) -> Body:
        """Without the privileged intent only what concerns the bot has a text."""
        me = session.account.user["id"]
        ours = data.get("author", {}).get("id") == me or "guild_id" not in data
        if not event.startswith("MESSAGE_") or "content" not in data or ours:
            return data
        return data | {"content": "", "embeds": [], "attachments": []}
