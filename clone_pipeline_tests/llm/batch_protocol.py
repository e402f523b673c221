"""OpenAI's Batch API and its files, scriptable: the application behind `batch_server`.

Shapes: https://platform.openai.com/docs/api-reference/batch and .../files. As there, a file is
refused as a whole if a line is wrong, two lines have one `custom_id`, or it names two models.
"""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import orjson
from aiohttp import web

from clone_pipeline_tests.llm.batch_shapes import Body, completion, mistakes


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
    happens: Callable[[str], object] = str
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
        batches: by id, in order.
        files: the content of those that were not deleted, by id.
    """

    def __init__(self, script: BatchScript) -> None:
        self.script, self.port = script, 0
        self.paid, self.worked = Counter[str](), Counter[str]()
        self.sizes: list[int] = []
        self.files: dict[str, bytes] = {}
        self.faults: list[str] = []
        self.batches: dict[str, _Batch] = {}
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
        fate, errors = self.script.fate(number), mistakes(lines, body["endpoint"])
        if errors or fate not in ("completed", "expired", "cancelled"):
            errors = errors or [{"code": fate, "message": f"{fate}!", "line": None, "param": None}]
        data = {
            "id": name, "object": "batch", "endpoint": body["endpoint"], "errors": None,
            "input_file_id": body["input_file_id"], "completion_window": "24h",
            "status": "in_progress", "created_at": int(time.time()) + number,
            "metadata": body.get("metadata"),
        }  # fmt: skip
        over_at = time.monotonic() + self.script.seconds
        self.batches[name] = _Batch(data, lines, over_at, fate, errors)
        await self._happened("created", request)
        return web.json_response(self._shown(self.batches[name]))

    async def _retrieve(self, request: web.Request) -> web.Response:
        batch = self.batches.get(request.match_info["id"])
        if batch is None:
            return web.json_response({"error": {"message": "no such batch"}}, status=404)
        return web.json_response(self._shown(batch))

    async def _list(self, request: web.Request) -> web.Response:
        newest = [self._shown(batch) for batch in reversed(self.batches.values())]
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

    def _shown(self, batch: _Batch) -> Body:
        if batch.data["status"] == "in_progress" and time.monotonic() >= batch.over_at:
            self._work(batch)
        done, failed = batch.data.get("done", 0), batch.data.get("failed", 0)
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
            replied = completion(body, self.script.answer(body))
        response = {"status_code": status, "request_id": "r", "body": replied}
        return {"id": f"batch_req_{key[:8]}", "custom_id": key, "response": response, "error": None}
