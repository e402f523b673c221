"""A local server that speaks OpenAI's Batch API and its files, scriptable, for tests.

Shapes: https://platform.openai.com/docs/api-reference/batch and .../files. As there, a file is
refused as a whole if a line is wrong, two lines have one `custom_id`, or it names two models.
"""

import asyncio
import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web

Body = dict[str, Any]
LIMIT = 50_000


def nothing_happens(event: str) -> None:
    """No hook."""


@dataclass
class BatchScript:
    """How the server behaves.

    `fate` is the end of the n-th batch (from 0): completed, expired or cancelled (half of the
    lines are worked on), failed, or the code of an error such as token_limit_exceeded. `status` is
    of a line by its body and how often it was worked on. `happens` is told uploaded, created and
    downloading before each is answered. `drops` names paths whose first POST gets no answer though
    it is carried out.
    """

    answer: Callable[[Body], str] = lambda body: "Yes."
    seconds: float = 0.0
    fate: Callable[[int], str] = lambda number: "completed"
    status: Callable[[Body, int], int] = lambda body, tries: 200
    happens: Callable[[str], None] = nothing_happens
    drops: set[str] = field(default_factory=set)
    page: int = 2


@dataclass
class _Batch:
    data: Body
    lines: list[Body]
    over_at: float
    fate: str
    errors: list[Body] | None


class BatchServer:
    """Remembers what arrives.

    Attributes:
        paid: how often each custom_id was answered with a completion.
        worked: how often it was worked on.
        sizes: of the batches, in order.
        files: the content of those that were not deleted, by id.
    """

    def __init__(self, script: BatchScript) -> None:
        self.script, self.port = script, 0
        self.paid, self.worked = Counter[str](), Counter[str]()
        self.sizes: list[int] = []
        self.files: dict[str, bytes] = {}
        self.faults: list[str] = []
        self._batches: dict[str, _Batch] = {}
        self._ids = itertools.count(1)

    @property
    def base_url(self) -> str:
        """What a client is given."""
        return f"http://127.0.0.1:{self.port}/v1"

    def application(self) -> web.Application:
        """The routes; any other is a 404 and a fault."""
        application = web.Application(client_max_size=2**30)
        router = application.router
        router.add_post("/v1/files", self._upload)
        router.add_get("/v1/files/{id}/content", self._download)
        router.add_delete("/v1/files/{id}", self._delete)
        router.add_post("/v1/batches", self._create)
        router.add_get("/v1/batches", self._list)
        router.add_get("/v1/batches/{id}", self._retrieve)
        router.add_route("*", "/{path:.*}", self._unknown)
        return application

    async def _unknown(self, request: web.Request) -> web.Response:
        self.faults.append(f"{request.method} {request.path}")
        return web.json_response({"error": {"message": "no such path"}}, status=404)

    def _store(self, content: bytes) -> str:
        name = f"file-{next(self._ids)}"
        self.files[name] = content
        return name

    async def _upload(self, request: web.Request) -> web.Response:
        form = await request.post()
        if form["purpose"] != "batch" or not isinstance(form["file"], web.FileField):
            self.faults.append(f"uploaded for {form['purpose']!r}")
        assert isinstance(form["file"], web.FileField)
        content = form["file"].file.read()
        name = self._store(content)
        await self._happened("uploaded", request)
        return web.json_response(
            {"id": name, "object": "file", "bytes": len(content), "created_at": int(time.time()),
             "filename": form["file"].filename, "purpose": "batch", "status": "processed"}
        )  # fmt: skip

    async def _download(self, request: web.Request) -> web.StreamResponse:
        content = self.files.get(request.match_info["id"])
        if content is None:
            return web.json_response({"error": {"message": "no such file"}}, status=404)
        await self._happened("downloading", request)
        return web.Response(body=content)

    async def _delete(self, request: web.Request) -> web.Response:
        name = request.match_info["id"]
        if self.files.pop(name, None) is None:
            return web.json_response({"error": {"message": "no such file"}}, status=404)
        return web.json_response({"id": name, "object": "file", "deleted": True})

    async def _create(self, request: web.Request) -> web.Response:
        body = await request.json()
        if body["completion_window"] != "24h" or body["endpoint"] != "/v1/chat/completions":
            self.faults.append(f"created with {body}")
        name, number = f"batch_{next(self._ids)}", len(self.sizes)
        lines = [orjson.loads(line) for line in self.files[body["input_file_id"]].splitlines()]
        self.sizes.append(len(lines))
        fate, errors = self.script.fate(number), _mistakes(lines, body["endpoint"])
        if errors or fate not in ("completed", "expired", "cancelled"):
            errors = errors or [{"code": fate, "message": f"{fate}!", "line": None, "param": None}]
        data = {
            "id": name, "object": "batch", "endpoint": body["endpoint"], "errors": None,
            "input_file_id": body["input_file_id"], "completion_window": "24h",
            "status": "in_progress", "created_at": int(time.time()) + number,
            "metadata": body.get("metadata"),
        }  # fmt: skip
        over_at = time.monotonic() + self.script.seconds
        self._batches[name] = _Batch(data, lines, over_at, fate, errors)
        await self._happened("created", request)
        return web.json_response(self._shown(self._batches[name]))

    async def _retrieve(self, request: web.Request) -> web.Response:
        batch = self._batches.get(request.match_info["id"])
        if batch is None:
            return web.json_response({"error": {"message": "no such batch"}}, status=404)
        return web.json_response(self._shown(batch))

    async def _list(self, request: web.Request) -> web.Response:
        newest = [self._shown(batch) for batch in reversed(self._batches.values())]
        names = [batch["id"] for batch in newest]
        start = names.index(request.query["after"]) + 1 if "after" in request.query else 0
        shown = newest[start : start + self.script.page]
        more = start + len(shown) < len(newest)
        return web.json_response({"object": "list", "data": shown, "has_more": more})

    async def _happened(self, event: str, request: web.Request) -> None:
        await asyncio.to_thread(self.script.happens, event)
        if request.path in self.script.drops and request.method == "POST":
            self.script.drops.discard(request.path)
            if request.transport:
                request.transport.abort()

    def forget(self) -> None:
        """Know no batch any more."""
        self._batches.clear()

    def _shown(self, batch: _Batch) -> Body:
        if batch.data["status"] == "in_progress" and time.monotonic() >= batch.over_at:
            self._work(batch)
        failed = batch.data.get("failed", 0)
        done = batch.data.get("done", 0)
        counts = {"total": len(batch.lines), "completed": done, "failed": failed}
        return {**batch.data, "request_counts": counts}

    def _work(self, batch: _Batch) -> None:
        if batch.errors:
            batch.data |= {"status": "failed", "errors": {"object": "list", "data": batch.errors}}
            return
        cut = len(batch.lines) if batch.fate == "completed" else len(batch.lines) // 2
        worked = [self._worked(line) for line in batch.lines[:cut]]
        good = [each for each in worked if each["response"]["status_code"] == 200]
        bad = [each for each in worked if each["response"]["status_code"] != 200]
        if batch.fate == "expired":
            late = {"code": "batch_expired", "message": "This request could not be executed."}
            bad += [
                {"id": "r", "custom_id": line["custom_id"], "response": None, "error": late}
                for line in batch.lines[cut:]
            ]
        batch.data |= {"status": batch.fate, "done": len(good), "failed": len(bad)}
        for name, found in (("output_file_id", good), ("error_file_id", bad)):
            written = b"".join(orjson.dumps(each) + b"\n" for each in reversed(found))
            batch.data[name] = self._store(written) if found else None

    def _worked(self, line: Body) -> Body:
        key, body = line["custom_id"], line["body"]
        self.worked[key] += 1
        status = self.script.status(body, self.worked[key])
        replied: Body = {"error": {"message": f"an error {status}", "code": None}}
        if status == 200:
            self.paid[key] += 1
            replied = _completion(body, self.script.answer(body))
        response = {"status_code": status, "request_id": "r", "body": replied}
        return {"id": f"batch_req_{key[:8]}", "custom_id": key, "response": response, "error": None}


def _mistakes(lines: list[Body], endpoint: str) -> list[Body]:
    found = []
    if len({line["custom_id"] for line in lines}) < len(lines):
        found.append("duplicate_custom_id")
    if len({line["body"]["model"] for line in lines}) != 1:
        found.append("mismatched_model")
    if not 1 <= len(lines) <= LIMIT:
        found.append("too_many_requests")
    if any(line["url"] != endpoint or line["method"] != "POST" for line in lines):
        found.append("mismatched_url")
    return [{"code": code, "message": code, "line": 1, "param": None} for code in found]


def _completion(body: Body, text: str) -> Body:
    message = {"role": "assistant", "content": text, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1700000000,
        "model": body["model"], "choices": [choice],
        "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
    }  # fmt: skip


@contextmanager
def running(**script: Any) -> Iterator[BatchServer]:
    """The server in a thread of its own, for `BatchScript`'s arguments; stops with the block."""
    server, loop = BatchServer(BatchScript(**script)), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    runner = asyncio.run_coroutine_threadsafe(_listen(server), loop).result(10)
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
    assert server.faults == []


async def _listen(server: BatchServer) -> web.AppRunner:
    runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.port = runner.addresses[0][1]
    return runner
