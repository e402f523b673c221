"""Saying something in a Matrix room: in parts, as a reply or in a thread, mentioning nobody."""

import hashlib
import json
import time
from datetime import datetime, timedelta

from nio import AsyncClient

from clone_pipeline.bots.connector import CannotTell, Gone, Refused, Saying
from clone_pipeline.bots.items import Item
from clone_pipeline.bots.platforms.matrix_reading import is_deleted, parent_of, thread_of
from clone_pipeline.bots.platforms.matrix_rooms import dict_of, events_of
from clone_pipeline.bots.platforms.matrix_wire import (
    BROKEN,
    Json,
    MatrixError,
    ask,
    checked,
    in_room,
    told,
)
from clone_pipeline.bots.platforms.parts import Parts
from clone_pipeline.bots.splitting import split

# An event has at most 65,536 bytes (https://spec.matrix.org/v1.11/client-server-api/#size-limits),
# and JSON writes a character in at most six.
LIMIT = 10_000
# Homeservers know transaction ids for half an hour at least.
DEDUPED = timedelta(minutes=20)
_PAGES, _PAGE = 5, 100  # and messages of each


async def send(client: AsyncClient, saying: Saying, *, tag: str, parts: Parts) -> str:
    """Send what is not out yet; the id of the first part.

    Each part has a transaction id of its own, the same at every try, so that the homeserver makes
    one message of it. See `connector.Connector` for what is raised.
    """
    texts = texts_of(saying.text, tag)
    if not texts:
        raise Refused("there is nothing to say")
    ids = list(parts.of(saying.nonce))
    try:
        relation = await _relation(client, saying)
        for position in range(len(ids), len(texts)):
            made = await client.room_send(
                saying.heard.channel, "m.room.message",
                content_of(texts[position], relation(first=position == 0)),
                tx_id=f"{saying.nonce}{position}",
            )  # fmt: skip
            ids.append(checked(made).event_id)
            if len(texts) > 1:
                parts.put(saying.nonce, tuple(ids))
    except (MatrixError, *BROKEN) as error:
        raise told(error) from None
    return ids[0]


async def look_up(
    client: AsyncClient, item: Item, *, tag: str, parts: Parts, now: datetime
) -> str | None:  # fmt: skip
    """The id of what `item` became.

    None may be untrue for twenty minutes: until then the same transaction ids make no second
    message. After that the room is read.

    Raises:
        CannotTell: the bot may not read the room, or said too much there since.
        MatrixError, aiohttp.ClientError, TimeoutError: it can't be asked now.
    """
    texts, ids = texts_of(item.text or "", tag), parts.of(item.key.nonce)
    if texts and len(ids) < len(texts) and now - item.heard.heard > DEDUPED:
        try:
            ids = await _find(client, item, texts)
        except MatrixError as error:
            if isinstance(told(error), Gone):
                raise CannotTell(str(error)) from None
            raise
        if len(texts) > 1:
            parts.put(item.key.nonce, ids)
    return ids[0] if texts and len(ids) == len(texts) else None


async def edit(client: AsyncClient, item: Item, text: str, *, tag: str, parts: Parts) -> None:
    """Put `text` in the place of all parts; parts that are too many are deleted.

    Raises:
        Refused: it needs more parts than there are, or the homeserver says no.
    """
    texts, room = texts_of(text, tag), item.heard.channel
    ids = parts.of(item.key.nonce) or ((item.sent_id,) if item.sent_id else ())
    if not ids:
        raise Gone("it is not known what was sent")
    if not texts or len(texts) > len(ids):
        raise Refused("the new text has more parts than the old one")
    now = str(time.time_ns())  # the same text may come again after another one
    try:
        for event_id, part in zip(ids, texts, strict=False):
            content = content_of(f"* {part}", {"rel_type": "m.replace", "event_id": event_id})
            content["m.new_content"] = content_of(part, {})
            once = transaction(event_id, part, now)
            checked(await client.room_send(room, "m.room.message", content, tx_id=once))
        for event_id in ids[len(texts) :]:
            once = transaction(event_id, "")
            checked(await client.room_redact(room, event_id, tx_id=once))
    except (MatrixError, *BROKEN) as error:
        raise told(error) from None
    if len(ids) > 1:
        parts.put(item.key.nonce, ids[: len(texts)])


def texts_of(text: str, tag: str) -> list[str]:
    """The messages that say `text`, each with the tag before it."""
    before = f"{tag} " if tag else ""
    return [f"{before}{part}" for part in split(text, limit=LIMIT - len(before))]


def content_of(text: str, relation: Json, kind: str = "m.text") -> Json:
    """A plain message that mentions nobody.

    With `m.mentions` there, and empty, neither names nor "@room" in the text count as mentions
    (https://spec.matrix.org/v1.11/client-server-api/#user-and-room-mentions).
    """
    content: Json = {"msgtype": kind, "body": text, "m.mentions": {}}
    return content | ({"m.relates_to": relation} if relation else {})


def transaction(*parts: str) -> str:
    """A transaction id that is the same for the same."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def related(content: Json, event_id: str, *, reply: bool) -> Json:
    """The relation of an answer to the event with that content: a reply, and in its thread."""
    answers: Json = {"m.in_reply_to": {"event_id": event_id}}
    if root := thread_of(content):
        return {"rel_type": "m.thread", "event_id": root, "is_falling_back": not reply} | answers
    return answers if reply else {}


class _Relation:
    """How the parts of a message relate to what it answers."""

    def __init__(self, content: Json, event_id: str, *, reply: bool) -> None:
        self.content, self.event_id, self.reply = content, event_id, reply

    def __call__(self, *, first: bool) -> Json:
        return (
            related(self.content, self.event_id, reply=self.reply and first)
            if self.event_id
            else {}
        )


async def _relation(client: AsyncClient, saying: Saying) -> _Relation:
    """Look the event up that is answered: it may be in a thread, and it may be gone."""
    event_id = saying.heard.message_id
    if not event_id.startswith("$"):
        return _Relation({}, "", reply=False)
    event = await ask(client, in_room(saying.heard.channel, "event", event_id))
    if is_deleted(event):
        raise Gone("the message was deleted")
    return _Relation(dict_of(event, "content"), event_id, reply=saying.as_reply)


async def _find(client: AsyncClient, item: Item, texts: list[str]) -> tuple[str, ...]:
    """The ids of those of the item's parts that are in the room, up to the first that is not."""
    found: dict[str, str] = {}
    ours = json.dumps({"types": ["m.room.message"], "senders": [client.user_id]})
    query: dict[str, str | int] = {"dir": "b", "limit": _PAGE, "filter": ours}
    since = item.heard.heard.timestamp() * 1000
    for _ in range(_PAGES):
        path = in_room(item.heard.channel, "messages")
        page = await ask(client, path, query)
        events = events_of(page, "chunk")
        for event in events:
            content = dict_of(event, "content")
            answers = parent_of(content)
            if event.get("sender") != client.user_id or answers not in ("", item.heard.message_id):
                continue
            if (body := content.get("body")) in texts and event.get("origin_server_ts", 0) >= since:
                found[body] = event["event_id"]
        oldest = events[-1].get("origin_server_ts", 0) if events else since
        if oldest < since or not isinstance(page.get("end"), str):
            break
        query["from"] = page["end"]
    else:
        raise CannotTell(f"more was said in {item.heard.channel} since than is read")
    known: list[str] = []
    for text in texts:
        if text not in found:
            break
        known.append(found[text])
    return tuple(known)
