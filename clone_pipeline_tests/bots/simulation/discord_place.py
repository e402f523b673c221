import random
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from clone_pipeline.bots.heard import Platform
from clone_pipeline.bots.items import Item
from clone_pipeline.bots.splitting import split
from clone_pipeline_tests.bots.platforms import discord_server
from clone_pipeline_tests.bots.platforms.discord_server import DiscordServer
from clone_pipeline_tests.bots.platforms.discord_shapes import Body
from clone_pipeline_tests.bots.simulation.place import Stored, Watch
from clone_pipeline_tests.bots.simulation.traffic import Line

TOKEN = "MTA.secret-token.of-the-bot"
SELDOM = 8.0  # seconds between drops: discord.py waits longer and longer
DROPS = (None, 4000, 4009, 1001)


@dataclass
class DiscordPlace:
    """One server with channels, the last of them quiet."""

    server: DiscordServer
    guild: str
    channels: list[str]
    people: list[str]
    blocked: str
    bot: str
    platform: Platform = "discord"
    hook: Watch = field(default_factory=Watch)
    dropped: float = 0.0

    def __post_init__(self) -> None:
        self.direct = {each: self.server.direct(each) for each in self.people}
        self.environment = {"DISCORDTOKEN": TOKEN}
        self.homes: dict[str, str] = {}
        quiet = self.channels[-1]
        self.settings = {
            "api_url": self.server.url,
            "channels": {quiet: {"passive_chance": 0.0004, "active_chance": 0.0, "frequency": 0.0}},
            "musing": [{"channels": [quiet], "frequency": 0.05, "prompts": ["Speak of the sea."]}],
        }
        create, tell = self.server.faults.next, self.server.world.tell

        def arrived(*, creates: bool) -> Any:
            if creates:
                self.hook("discord", "before")
            return create(creates=creates)

        def told(event: str, data: Body, *, need: int = 0) -> None:
            if event == "MESSAGE_CREATE" and data["author"]["id"] == self.server.bot:
                self.hook("discord", "after")
            tell(event, data, need=need)

        setattr(self.server.faults, "next", arrived)  # noqa: B010
        setattr(self.server.world, "tell", told)  # noqa: B010

    def listened(self) -> int:
        return len(self.server.gateway.identified) + len(self.server.gateway.resumed)

    def say(self, lines: Iterable[Line]) -> Iterable[tuple[Line, str, str]]:
        given = list(lines)
        return self.server.do(lambda: [self._say(line) for line in given])

    def _say(self, line: Line) -> tuple[Line, str, str]:
        author, channel = self.people[line.who], self.channels[line.where]
        text, more = line.text, dict[str, Any]()
        match line.kind:
            case "bot":
                author = self.bot
            case "blocked":
                author = self.blocked
            case "direct":
                channel = self.direct[author]
            case "quiet":
                channel = self.channels[-1]
        if line.kind == "reply" and (ours := self._last_of_ours(channel)):
            more = {"answers": ours}
        elif line.kind not in ("chatter", "quiet", "direct", "bot"):
            text = f"<@{self.server.bot}> {text}"
        told = self.server.say_now(channel, author, text, **more)
        self.homes[told] = channel
        return line, told, author

    def _last_of_ours(self, channel: str) -> str:
        held = reversed(self.server.world.messages[channel].values())
        return next((m["id"] for m in held if m["author"]["id"] == self.server.bot), "")

    def delete(self, message_id: str) -> None:
        self.server.delete(self.homes[message_id], message_id)

    def disturb(self, draw: random.Random) -> None:
        chosen = draw.choice(("drop", "invalid", "fault", "fault"))
        if chosen != "fault" and time.monotonic() - self.dropped > SELDOM:
            self.dropped = time.monotonic()
        else:
            chosen = "fault"
        match chosen:
            case "drop":
                self.server.drop(draw.choice(DROPS))
            case "invalid":
                self.server.do(self.server.world.sessions.clear)
                self.server.drop()
            case _:
                faults = ("429", "429 for long", "500", "503", "cut before", "cut after")
                fault: Any = draw.choice(faults)
                self.server.do(lambda: self.server.faults.plan.append(fault))

    def malformed(self, draw: random.Random) -> None:
        data: Any = draw.choice((None, {}, [], "x", {"id": "no number"}, {"content": "half"}))
        payload = {"op": 0, "t": "MESSAGE_CREATE", "s": None, "d": data}
        self.server.do(lambda: self.server.gateway.send(payload))

    def parts(self, item: Item) -> list[str]:
        return split(item.text or "")

    def stored(self) -> list[Stored]:
        return [
            Stored(
                each.message["id"], each.message["content"],
                each.message.get("message_reference", {}).get("message_id", ""), each.pinged,
            )
            for each in self.server.posted
        ]  # fmt: skip


@contextmanager
def discord_place(people: int, channels: int, seed: int) -> Iterator[DiscordPlace]:
    with discord_server.running(token=TOKEN) as server:
        guild = server.guild()
        made = [server.channel(guild, f"room-{number}") for number in range(channels + 1)]
        crowd = [server.person(f"person{number}") for number in range(people)]
        blocked, bot = server.person("blocked"), server.person("otherbot", bot=True)
        server.faults.seed = seed
        yield DiscordPlace(server, guild, made, crowd, blocked, bot)
