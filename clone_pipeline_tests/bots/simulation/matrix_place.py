import json
import random
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from clone_pipeline.bots.heard import Platform
from clone_pipeline.bots.items import Item
from clone_pipeline.bots.platforms.matrix_sending import texts_of
from clone_pipeline_tests.bots.platforms import matrix_proxy
from clone_pipeline_tests.bots.platforms.matrix_proxy import Json, MatrixProxy
from clone_pipeline_tests.bots.platforms.synapse import PASSWORD, Synapse, User
from clone_pipeline_tests.bots.simulation.place import Stored, Watch
from clone_pipeline_tests.bots.simulation.traffic import Line

_SEND = re.compile(r"/_matrix/client/v3/rooms/[^/]+/send/m\.room\.message/")
FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("PUT .*/send/m.room.message/", {"status": 429, "body": {
        "errcode": "M_LIMIT_EXCEEDED", "error": "slow", "retry_after_ms": 100}}),
    ("PUT .*/send/m.room.message/", {"status": 502, "body": "<html>Bad Gateway</html>"}),
    ("PUT .*/send/m.room.message/", {"status": 0}),
    ("PUT .*/send/m.room.message/", {"status": 0, "after": True}),
    ("GET .*/sync", {"status": 502, "body": "<html>Bad Gateway</html>"}),
    ("GET .*/sync", {"status": 0, "after": True}),
)  # fmt: skip
MALFORMED: tuple[Any, ...] = (
    None, 7, {}, {"type": 7}, {"type": "m.room.message", "content": None},
    {"type": "m.room.redaction", "redacts": 7}, {"type": "m.room.encrypted", "content": 7},
)  # fmt: skip
_PEOPLE = 5
MOST = 60_000  # bytes; an event has at most 65,536


@dataclass
class MatrixPlace:
    """Rooms on a real homeserver, a direct one for each of its few people."""

    proxy: MatrixProxy
    bot: User
    people: list[User]
    other: User
    shut_out: User
    rooms: list[str]
    directs: dict[str, str]
    platform: Platform = "matrix"
    hook: Watch = field(default_factory=Watch)
    homes: dict[str, tuple[str, User]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.blocked = self.shut_out.id
        self.environment = {"MATRIXUSER": self.bot.id, "MATRIXPASSWORD": PASSWORD}
        self.settings = {"homeserver": self.proxy.url}
        forward, note = self.proxy._forward, self.proxy._note

        async def arrived(request: Any, body: bytes) -> Any:
            if _SEND.match(request.raw_path):
                self.hook("matrix", "before")
            return await forward(request, body)

        def noted(request: Any, *given: Any) -> None:
            note(request, *given)
            if _SEND.match(request.raw_path):
                self.hook("matrix", "after")

        setattr(self.proxy, "_forward", arrived)  # noqa: B010
        setattr(self.proxy, "_note", noted)  # noqa: B010

    def listened(self) -> int:
        return self.proxy.count("GET .*/sync") // 2

    def say(self, lines: Iterable[Line]) -> Iterable[tuple[Line, str, str]]:
        for line in lines:
            author, more = self.people[line.who % _PEOPLE], Json()
            text = line.text
            room = self.rooms[line.where % len(self.rooms)]
            match line.kind:
                case "bot":
                    author, more = self.other, {"msgtype": "m.notice"}
                case "blocked":
                    author = self.shut_out
                case "stop":  # of so few people only one
                    author = self.people[-1]
                case "direct":
                    room = self.directs[author.id]
            if line.kind == "reply" and (ours := self._last_of_ours(room)):
                more = {"m.relates_to": {"m.in_reply_to": {"event_id": ours}}}
            elif line.kind not in ("chatter", "quiet", "direct", "bot"):
                text = f"Anna, {text}"
            while len(json.dumps(text)) > MOST:
                text = text[: len(text) * 3 // 4]
            told = author.say(room, text, **more)
            self.homes[told] = (room, author)
            yield line, told, author.id

    def _last_of_ours(self, room: str) -> str:
        sent = reversed(self.proxy.sent)
        return next((s.event_id for s in sent if s.room == room and "body" in s.content), "")

    def delete(self, message_id: str) -> None:
        room, author = self.homes[message_id]
        author.redact(room, message_id)

    def disturb(self, draw: random.Random) -> None:
        match, fault = draw.choice(FAULTS)
        self.proxy.fault(match, **fault)

    def malformed(self, draw: random.Random) -> None:
        self.proxy.inject(draw.choice(self.rooms), draw.choice(MALFORMED))

    def parts(self, item: Item) -> list[str]:
        return texts_of(item.text or "", "")

    def stored(self) -> list[Stored]:
        """As the homeserver tells it to somebody in the rooms, all of them."""
        found = [e for room in self.rooms for e in _all(self.people[0], room)]
        found += [e for u in self.people for e in _all(u, self.directs[u.id])]
        return [_stored(event) for event in found if event["sender"] == self.bot.id]


def _all(user: User, room: str) -> list[Json]:
    return user.messages(room, limit=10_000)[::-1]


def _stored(event: Json) -> Stored:
    content = event["content"]
    answers = content.get("m.relates_to", {}).get("m.in_reply_to", {}).get("event_id", "")
    mentions = content.get("m.mentions")
    pings = mentions is None or bool(mentions) or "formatted_body" in content
    return Stored(event["event_id"], content["body"], answers, pings)


@contextmanager
def matrix_place(server: Synapse, channels: int) -> Iterator[MatrixPlace]:
    """New accounts and rooms on a homeserver that runs."""
    with matrix_proxy.running(f"http://127.0.0.1:{server.port}") as proxy:
        names = ("Anna", "Other", "Blocked")
        bot, other, shut_out = (server.user(name.casefold(), name) for name in names)
        people = [server.user("person") for _ in range(_PEOPLE)]
        rooms = [people[0].room(bot, other, shut_out, *people[1:]) for _ in range(channels)]
        directs = {each.id: each.room(bot) for each in people}
        path = f"/user/{quote(bot.id)}/account_data/m.direct"
        bot.call("PUT", path, {person: [room] for person, room in directs.items()})
        yield MatrixPlace(proxy, bot, people, other, shut_out, rooms, directs)
