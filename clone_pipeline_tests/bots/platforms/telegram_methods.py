"""The methods of a local Bot API server; see `telegram_server`."""

import asyncio
import json
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from clone_pipeline_tests.bots.platforms.telegram_shapes import (
    Fault,
    Message,
    cut,
    entities,
    failure,
    result,
    told,
)

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
BOT = {"id": 110201543, "is_bot": True, "first_name": "Anna", "username": "anna_bot"}


@dataclass
class BotApi:
    """What a server knows, and its methods by their names with an underscore."""

    posted: list[Message] = field(default_factory=list)
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    edited: list[Message] = field(default_factory=list)
    deleted: list[tuple[int, int]] = field(default_factory=list)
    profile: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    faults: dict[str, deque[Fault]] = field(default_factory=dict)
    updates: dict[int, Any] = field(default_factory=dict)
    messages: dict[tuple[int, int], Message] = field(default_factory=dict)
    numbers: dict[int, int] = field(default_factory=dict)
    changed: threading.Condition = field(default_factory=threading.Condition)
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    polls: int = 0
    last_update: int = 0

    def message(self, chat: Message, user: Message, **more: Any) -> Message:
        """A new message, numbered within its chat."""
        with self.changed:
            number = self.numbers[chat["id"]] = self.numbers.get(chat["id"], 0) + 1
            made = {"message_id": number, "date": int(time.time()), "chat": chat, "from": user}
            self.messages[chat["id"], number] = made | more
            return made | more

    async def astray(self, request: web.Request) -> web.Response:
        self.unknown.append(f"{request.method} {request.path}")
        return failure(404, "Not Found")

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Any method; https://core.telegram.org/bots/api#making-requests."""
        if request.match_info["token"] != TOKEN:
            return failure(401, "Unauthorized")
        method = request.match_info["method"]
        handler = getattr(self, f"_{method}", None)
        parameters = {name: str(value) for name, value in (await request.post()).items()}
        if handler is None or request.method != "POST":
            self.unknown.append(f"{request.method} {method}")
            return failure(404, "Not Found")
        fault = self._next_fault(method)
        if fault and not fault.after:
            return cut(request) if not fault.status else failure(**told(fault))
        answer: web.StreamResponse = await handler(parameters)
        with self.changed:
            self.calls.append((method, parameters))
            self.changed.notify_all()
        return cut(request) if fault else answer

    def _next_fault(self, method: str) -> Fault | None:
        waiting = self.faults.get(method)
        fault = waiting.popleft() if waiting else None
        return None if fault and fault.none else fault

    async def _getMe(self, parameters: dict[str, str]) -> web.Response:  # noqa: N802
        return result(BOT | {"can_join_groups": True, "can_read_all_group_messages": True})

    async def _getUpdates(self, parameters: dict[str, str]) -> web.Response:  # noqa: N802
        self.polls += 1
        mine = self.polls
        self.arrived.set()
        first = int(parameters.get("offset", 0))
        with self.changed:
            for number in [each for each in self.updates if each < first]:
                del self.updates[number]
            self.changed.notify_all()
        until = self.loop.time() + float(parameters.get("timeout", 0))
        while not self.updates and (left := until - self.loop.time()) > 0:
            self.arrived.clear()
            try:
                await asyncio.wait_for(self.arrived.wait(), min(left, 0.5))
            except TimeoutError:
                continue
            if mine != self.polls:
                return failure(409, "Conflict: terminated by other getUpdates request")
        limit = int(parameters.get("limit", 100))
        with self.changed:
            return result([self.updates[number] for number in sorted(self.updates)[:limit]])

    async def _sendMessage(self, parameters: dict[str, str]) -> web.Response:  # noqa: N802
        chat_id, text = int(parameters["chat_id"]), parameters["text"]
        if len(text.encode("utf-16-le")) // 2 > 4096:
            return failure(400, "Bad Request: message is too long")
        more: Message = {}
        reply = json.loads(parameters.get("reply_parameters", "null"))
        if reply and (chat_id, reply["message_id"]) in self.messages:
            more["reply_to_message"] = self.messages[chat_id, reply["message_id"]]
        elif reply and not reply.get("allow_sending_without_reply"):
            return failure(400, "Bad Request: message to be replied not found")
        if "message_thread_id" in parameters:
            more |= {"message_thread_id": int(parameters["message_thread_id"])}
            more |= {"is_topic_message": True}
        chat = {"id": chat_id, "type": "private" if chat_id > 0 else "supergroup"}
        made = self.message(chat, BOT, text=text, entities=entities(text), **more)
        with self.changed:
            self.posted.append(made | {"parse_mode": parameters.get("parse_mode")})
            self.changed.notify_all()
        return result(made)

    async def _editMessageText(self, parameters: dict[str, str]) -> web.Response:  # noqa: N802
        place = int(parameters["chat_id"]), int(parameters["message_id"])
        if place not in self.messages:
            return failure(400, "Bad Request: message to edit not found")
        if self.messages[place]["text"] == parameters["text"]:
            return failure(400, "Bad Request: message is not modified: specified new message ...")
        self.messages[place] |= {"text": parameters["text"], "edit_date": int(time.time())}
        self.edited.append(self.messages[place])
        return result(self.messages[place])

    async def _deleteMessage(self, parameters: dict[str, str]) -> web.Response:  # noqa: N802
        place = int(parameters["chat_id"]), int(parameters["message_id"])
        if self.messages.pop(place, None) is None:
            return failure(400, "Bad Request: message to delete not found")
        self.deleted.append(place)
        return result(True)

    async def _sendChatAction(self, parameters: dict[str, str]) -> web.Response:  # noqa: N802
        return result(True)

    async def _getMyShortDescription(self, parameters: dict[str, str]) -> web.Response:  # noqa: N802
        return result({"short_description": ""} | self.profile)

    async def _getMyDescription(self, parameters: dict[str, str]) -> web.Response:  # noqa: N802
        return result({"description": ""} | self.profile)

    async def _setMyShortDescription(self, parameters: dict[str, str]) -> web.Response:  # noqa: N802
        return self._described(parameters, 120)

    async def _setMyDescription(self, parameters: dict[str, str]) -> web.Response:  # noqa: N802
        return self._described(parameters, 512)

    def _described(self, parameters: dict[str, str], most: int) -> web.Response:
        if max(map(len, parameters.values())) > most:
            return failure(400, "Bad Request: description is too long")
        self.profile |= parameters
        return result(True)
