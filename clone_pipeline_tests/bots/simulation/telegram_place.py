import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from clone_pipeline.bots.heard import Platform
from clone_pipeline.bots.items import Item
from clone_pipeline.bots.platforms.telegram_sending import LIMIT, quiet
from clone_pipeline.bots.splitting import split
from clone_pipeline_tests.bots.platforms import telegram_server
from clone_pipeline_tests.bots.platforms.telegram_server import BOT, TOKEN, TelegramServer
from clone_pipeline_tests.bots.platforms.telegram_shapes import Message
from clone_pipeline_tests.bots.simulation.place import Stored, Watch
from clone_pipeline_tests.bots.simulation.traffic import Line

FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("sendMessage", {"status": 429, "retry_after": 1}), ("sendMessage", {"status": 502}),
    ("sendMessage", {"status": 0}), ("sendMessage", {"status": 0, "after": True}),
    ("sendMessage", {"status": 429, "retry_after": 1}), ("sendMessage", {"status": 429}),
    ("getUpdates", {"status": 502}), ("getUpdates", {"status": 0}),
    ("getUpdates", {"status": 0, "after": True}),
)  # fmt: skip
MALFORMED: tuple[dict[str, Any], ...] = (
    {"message": {"message_id": 1}}, {"message": "text"}, {"message": []}, {"edited_message": {}},
    {"a_kind_of_tomorrow": {"x": 1}},
)  # fmt: skip


@dataclass
class TelegramPlace:
    """Groups, the last of them quiet, and direct chats."""

    server: TelegramServer
    people: int
    groups: list[Message]
    platform: Platform = "telegram"
    hook: Watch = field(default_factory=Watch)
    told: dict[str, Message] = field(default_factory=dict)
    # How many sends had an outcome that nobody can know.
    unknown: int = 0

    def __post_init__(self) -> None:
        self.blocked = "999"
        self.environment = {"TELEGRAMBOTAPIKEY": TOKEN}
        rules = {"active_chance": 0.0, "frequency": 0.0, "passive_chance": 0.0004}
        self.settings = {"api_url": self.server.url, "chats": {str(self.groups[-1]["id"]): rules}}
        send = self.server._sendMessage

        async def arrived(parameters: dict[str, str]) -> web.Response:
            self.hook("telegram", "before")
            answer = await send(parameters)
            self.hook("telegram", "after")
            return answer

        setattr(self.server, "_sendMessage", arrived)  # noqa: B010

    def listened(self) -> int:
        return len(self.server.called("getMe"))

    def say(self, lines: Iterable[Line]) -> Iterable[tuple[Line, str, str]]:
        return [self._say(line) for line in lines]

    def _say(self, line: Line) -> tuple[Line, str, str]:
        user: Message = {
            "id": 1000 + line.who, "is_bot": False, "first_name": f"Person {line.who}"
        }  # fmt: skip
        chat, more = self.groups[line.where], dict[str, Any]()
        text = line.text.encode("utf-8", "ignore").decode()  # Telegram has no half characters
        match line.kind:
            case "bot":
                user = {"id": 888, "is_bot": True, "first_name": "Other", "username": "other_bot"}
            case "blocked":
                user = user | {"id": int(self.blocked)}
            case "direct":
                chat = {"id": user["id"], "type": "private", "first_name": user["first_name"]}
            case "quiet":
                chat = self.groups[-1]
        if line.kind == "reply" and (ours := self._last_of_ours(chat["id"])):
            more = {"reply_to_message": ours}
        elif line.kind not in ("chatter", "quiet", "direct", "bot"):
            text = f"@{BOT['username']} {text}"
        message = self.server.say(text, chat=chat, user=user, **more)
        told = f"{chat['id']}:{message['message_id']}"
        self.told[told] = message
        return line, told, str(user["id"])

    def _last_of_ours(self, chat: int) -> Message | None:
        ours = (each for each in reversed(self.server.posted) if each["chat"]["id"] == chat)
        found = next(ours, None)
        return None if found is None else self.server.messages.get((chat, found["message_id"]))

    def delete(self, message_id: str) -> None:
        self.server.remove(self.told[message_id])

    def disturb(self, draw: random.Random) -> None:
        method, fault = draw.choice(FAULTS)
        self.unknown += method == "sendMessage" and fault["status"] != 429
        self.server.fault(method, **fault)

    def malformed(self, draw: random.Random) -> None:
        self.server.update(**draw.choice(MALFORMED))

    def parts(self, item: Item) -> list[str]:
        return split(quiet(item.text or ""), limit=LIMIT, unit="utf16")

    def stored(self) -> list[Stored]:
        return [
            Stored(
                f"{each['chat']['id']}:{each['message_id']}", each["text"], _answers(each),
                any(e["type"] == "mention" for e in each["entities"]) or bool(each["parse_mode"]),
            )
            for each in list(self.server.posted)
        ]  # fmt: skip


def _answers(message: Message) -> str:
    parent = message.get("reply_to_message")
    return f"{message['chat']['id']}:{parent['message_id']}" if parent else ""


@contextmanager
def telegram_place(people: int, channels: int) -> Iterator[TelegramPlace]:
    with telegram_server.running() as server:
        groups = [
            {"id": -1_002_000_000_000 - number, "type": "supergroup", "title": f"Group {number}"}
            for number in range(channels + 1)
        ]
        yield TelegramPlace(server, people, groups)
