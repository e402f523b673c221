"""A local Reddit that a bot can write to.

Routes: https://www.reddit.com/dev/api (/api/comment, /api/submit, /api/editusertext, /api/del,
/api/vote, /api/read_message, /api/site_admin); errors as [code, sentence, field] lists
in `json.errors`: https://github.com/reddit-archive/reddit/blob/master/r2/r2/lib/errors.py; media
leases and what their upload answers: praw's models/media.py. Reading: `reddit_reading`.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web

from clone_pipeline_tests.bots.platforms.reddit_life import ME, Json, Life
from clone_pipeline_tests.bots.platforms.reddit_reading import ReadableReddit
from clone_pipeline_tests.reddit.reddit_server import Fault
from clone_pipeline_tests.reddit.reddit_world import Note

Form = dict[str, str]


class BotReddit(ReadableReddit):
    """`life` is what is there; `written` holds every request that makes or changes something.

    `plan` (of requests before they count) and `spoil` (of answers to what was stored) are asked
    with the number and path of each request; `refuse` with path and form of each writing one, and
    gives Reddit's [code, sentence, field].
    """

    def __init__(self, life: Life) -> None:
        super().__init__(life)
        self.written: list[tuple[str, Form]] = []
        self.spoil: Callable[[int, str], Fault] = lambda number, path: None
        self.refuse: Callable[[str, Form], list[str] | None] = lambda path, form: None
        self.shy = False  # comments are taken, and neither told nor listed: a quarantine that lags
        self.uploads = ""  # host and port of the storage for media
        self.pictures_late = 0  # looks at the account's posts before an image post is among them
        self._processing: list[tuple[str, Form]] = []

    def application(self) -> web.Application:
        app = super().application()
        app.middlewares.append(self._spoiling)
        app.add_routes(
            [
                web.post("/api/comment/", self._reply),
                web.post("/api/submit/", self._submit),
                web.post("/api/editusertext/", self._edit),
                web.post("/api/del/", self._delete),
                web.post("/api/vote/", self._vote),
                web.post("/api/read_message/", self._read),
                web.post("/api/site_admin/", self._administer),
                web.post("/api/media/asset.json", self._lease),
            ]
        )
        return app

    @web.middleware
    async def _spoiling(self, request: web.Request, handler: Any) -> web.StreamResponse:
        response: web.StreamResponse = await handler(request)
        if fault := self.spoil(len(self.log), request.path):
            return self._faulty(fault, request)
        return response

    async def _form(self, request: web.Request) -> tuple[Form, list[str] | None]:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.written.append((request.path, form))
        return form, self.refuse(request.path, form)

    async def _reply(self, request: web.Request) -> web.Response:
        form, refused = await self._form(request)
        name, text = form["thing_id"], form["text"]
        if refused is None and len(text) > 10_000:
            refused = ["TOO_LONG", "this is too long (max: 10000)", "text"]
        if refused is None and self.shy:
            return web.json_response({"json": {"errors": [], "data": {"things": []}}})
        if refused is None and name.startswith("t4_"):
            asked = self.life.letters[name]
            made = self.life.mail(self.life.letter(
                text, author=ME, dest=asked.author or "", parent=asked))  # fmt: skip
        elif refused is None:
            parent = self.world.by_name[name]
            refused = self._closed(parent)
            if refused is None:
                made = self.life.thing(self.life.answer(parent, text, author=ME))
        if refused:
            return _errors(refused)
        return web.json_response({"json": {"errors": [], "data": {"things": [made]}}})

    def _closed(self, parent: Note) -> list[str] | None:
        if parent.deleted is not None:
            code = "DELETED_COMMENT" if parent.parent else "DELETED_LINK"
            return [code, "that has been deleted", "parent"]
        if self.life.extra.get(self.world.post_of[parent.name].name, {}).get("locked"):
            return ["THREAD_LOCKED", "Comments are locked.", "parent"]
        return None

    async def _submit(self, request: web.Request) -> web.Response:
        form, refused = await self._form(request)
        if refused:
            return _errors(refused)
        if form["kind"] == "image":
            self._processing.append((form["sr"], form))
            told: Json = {"websocket_url": "wss://none.invalid/x", "user_submitted_page": "x"}
            return web.json_response({"json": {"errors": [], "data": told}})
        note = self._posted(form)
        told = {"url": f"https://www.reddit.com/{note.id}/", "id": note.id, "name": note.name}
        return web.json_response({"json": {"errors": [], "data": told | {"drafts_count": 0}}})

    def _posted(self, form: Form) -> Note:
        more = {"url": form["url"], "is_self": False} if "url" in form else {}
        return self.life.post(
            form["sr"], form.get("text", ""), author=ME, title=form["title"],
            link_flair_text=form.get("flair_id"), **more,
        )  # fmt: skip

    def looked_at_own_posts(self) -> None:
        """Image posts appear some time after they were taken."""
        if self._processing and self.pictures_late > 0:
            self.pictures_late -= 1
        elif self._processing:
            self._posted(self._processing.pop(0)[1])

    async def _edit(self, request: web.Request) -> web.Response:
        form, refused = await self._form(request)
        if refused:
            return _errors(refused)
        note = self.world.by_name[form["thing_id"]]
        note.text = form["text"]
        things = {"things": [self.life.thing(note)]}
        return web.json_response({"json": {"errors": [], "data": things}})

    async def _delete(self, request: web.Request) -> web.Response:
        form, _ = await self._form(request)
        self.world.by_name[form["id"]].deleted = 1
        return web.json_response({})

    async def _vote(self, request: web.Request) -> web.Response:
        form, _ = await self._form(request)
        self.life.votes.append((form["id"], int(form["dir"])))
        return web.json_response({})

    async def _read(self, request: web.Request) -> web.Response:
        form, _ = await self._form(request)
        names = form["id"].split(",")
        assert len(names) <= 25
        with self.life.lock:
            for name in names:
                self.life.unread.pop(name, None)
        return web.json_response({})

    async def _administer(self, request: web.Request) -> web.Response:
        form, refused = await self._form(request)
        if refused:
            return _errors(refused)
        assert (form["sr"], form["type"]) == ("t5_1", "user")
        self.life.profile = form["public_description"]
        return web.json_response({"json": {"errors": []}})

    async def _lease(self, request: web.Request) -> web.Response:
        form = await request.post()
        assert form["mimetype"] == "image/png"
        fields = [{"name": "key", "value": "rte_images/abc"}, {"name": "acl", "value": "private"}]
        lease = {"action": f"//{self.uploads}", "fields": fields}
        return web.json_response({"args": lease, "asset": {"asset_id": "abc"}})


def _errors(refused: list[str]) -> web.Response:
    return web.json_response({"json": {"errors": [refused]}})


@contextmanager
def running(life: Life) -> Iterator[BotReddit]:
    """The server in a thread of its own; what it was asked wrongly fails the test at the end."""
    server, loop = BotReddit(life), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def listen() -> web.AppRunner:
        runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        server.port = runner.addresses[0][1]
        return runner

    runner = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
    assert not server.faults, server.faults
