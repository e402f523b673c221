"""A local server that speaks Reddit's API, for tests: what unmodified praw talks with.

Shapes:
- token, scopes and Basic authentication: prawcore's auth.py and
  https://github.com/reddit-archive/reddit/wiki/OAuth2;
- listings (`kind`, `data.children`, `after`), t1, t3, `more`: praw's models (Submission, Comment,
  MoreComments, Listing) and https://github.com/reddit-archive/reddit/wiki/JSON; a `more` with
  count 0 and no children means "continue this thread" (praw/models/reddit/more.py);
- routes and bounds: https://www.reddit.com/dev/api (GET /new: 100 a page, about 1000 in all;
  /comments/article; /api/morechildren: one request at a time, up to 100 comments, which counts
  comments and not stubs: https://github.com/praw-dev/praw/pull/1737; /api/info: 100 a request);
- 429 with Retry-After, and without it to concurrent morechildren:
  https://github.com/praw-dev/prawcore/pull/112; X-Ratelimit headers: prawcore's rate_limit.py;
- user agent: https://support.reddithelp.com/hc/en-us/articles/16160319875092-Reddit-Data-API-Wiki.

A route that is not Reddit's is answered 404 and fails the test.
"""

import asyncio
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web

from clone_pipeline_tests.reddit import reddit_pages as pages
from clone_pipeline_tests.reddit.reddit_world import World

# What to do with the n-th request: answer with this status (429 with Retry-After, seconds or a
# date), break the connection off, or None: answer it.
Fault = tuple[int, int | str | None] | str | None
_AGENT = re.compile(r"^[a-z]+:clone_pipeline:v[\w.]+( \(by /u/\w+\))? .*prawcore/")


class RedditServer:
    """The world's API; `page` bounds the comments of a thread's first answer."""

    def __init__(self, world: World, *, page: int = 500) -> None:
        self.world, self.page = world, page
        self.port = 0
        self.plan: Callable[[int, str], Fault] = lambda number, path: None
        self.log: list[str] = []
        self.answered: Counter[str] = Counter()
        self.faults: list[str] = []
        self.tokens = 0
        self.clock: Callable[[], float] = lambda: 0.0
        self.on_request: Callable[[int], None] = lambda number: None
        self._not_before = 0.0
        self._children = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def requests(self) -> int:
        return len(self.log)

    def application(self) -> web.Application:
        app = web.Application(middlewares=[self._guarded])
        app.add_routes(
            [
                web.post("/api/v1/access_token", self._token),
                web.get("/r/{sub}/new", self._new),
                web.get("/r/{sub}/about", self._about),
                web.get("/comments/{id}/", self._thread),
                web.get("/comments/{id}/_/{comment}", self._thread),
                web.post("/api/morechildren/", self._more),
                web.get("/api/info/", self._info),
            ]
        )
        return app

    @web.middleware
    async def _guarded(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if request.match_info.http_exception is not None:
            self.faults.append(f"no such route: {request.method} {request.path}")
            raise request.match_info.http_exception
        if not _AGENT.match(request.headers.get("User-Agent", "")):
            self.faults.append(f"user agent {request.headers.get('User-Agent')}")
        if request.path.endswith("access_token"):
            return await handler(request)  # type: ignore[no-any-return]
        if request.headers.get("Authorization") != "bearer token":
            return web.json_response({"message": "Unauthorized", "error": 401}, status=401)
        if self.clock() < self._not_before:
            self.faults.append(f"asked before Retry-After was over: {request.path}")
        sent = dict(await request.post()) if request.method == "POST" else dict(request.query)
        key = f"{request.path}?{sorted(sent.items())}"
        self.log.append(key)
        self.on_request(len(self.log))
        if fault := self.plan(len(self.log), request.path):
            return self._faulty(fault, request)
        response: web.StreamResponse = await handler(request)
        response.headers.update(
            {"x-ratelimit-used": "1", "x-ratelimit-remaining": "995.0", "x-ratelimit-reset": "0"}
        )
        self.answered[key] += 1
        return response

    def _faulty(self, fault: Fault, request: web.Request) -> web.StreamResponse:
        if not isinstance(fault, tuple):
            assert request.transport
            request.transport.close()
            return web.Response(status=503)
        status, wait = fault
        headers = {} if wait is None else {"retry-after": str(wait)}
        self._not_before = self.clock() + (wait if isinstance(wait, int) else 0)
        told: dict[str, Any] = {"message": "Faulty", "error": status}
        if status == 400:  # as praw.Reddit.request reads it
            told |= {"reason": "BAD_NUMBER", "explanation": "no number", "fields": ["limit"]}
        return web.json_response(told, status=status, headers=headers)

    async def _token(self, request: web.Request) -> web.Response:
        self.tokens += 1
        sent = await request.post()
        user = (sent["grant_type"], sent.get("username"), sent.get("password"))
        known = user in {("client_credentials", None, None), ("password", "anna", "pass")}
        if request.headers["Authorization"] != "Basic aWQ6c2VjcmV0":  # id:secret
            return web.json_response({"message": "Unauthorized", "error": 401}, status=401)
        if not known:
            return web.json_response({"error": "invalid_grant"})
        token = {"access_token": "token", "token_type": "bearer", "expires_in": 86400}
        return web.json_response({**token, "scope": "*"})

    async def _new(self, request: web.Request) -> web.Response:
        sub, asked = request.match_info["sub"], request.query
        if sub.lower() not in self.world.posts:
            return web.json_response({"message": "Not Found", "error": 404}, status=404)
        limit, after = int(asked.get("limit", 25)), asked.get("after")
        return web.json_response(pages.new(self.world, sub, limit=limit, after=after))

    async def _about(self, request: web.Request) -> web.Response:
        born = self.world.born[request.match_info["sub"].lower()]
        return web.json_response({"kind": "t5", "data": {"created_utc": float(born)}})

    async def _thread(self, request: web.Request) -> web.Response:
        world, post = self.world, self.world.by_name[f"t3_{request.match_info['id']}"]
        head = pages.listing([pages.submission(world, post)])
        bound = min(int(request.query["limit"]), self.page)
        if comment := request.match_info.get("comment"):
            root = world.by_name[f"t1_{comment}"]
            roots, parent = [(root, 0)], root.parent or ""
        else:
            roots, parent = [(n, 0) for n in pages.shown_children(world, post)], post.name
        things = pages.flat(world, roots, bound)
        return web.json_response([head, pages.listing(pages.nested(things, parent))])

    async def _more(self, request: web.Request) -> web.Response:
        if self._children:
            return web.json_response({"error": 429}, status=429)
        self._children += 1
        try:
            asked = await request.post()
            names = [f"t1_{item}" for item in str(asked["children"]).split(",")]
            roots = [(n, 0) for name in names for n in pages.shown(self.world, name)]
            things = pages.flat(self.world, roots, pages.MORE)
        finally:
            self._children -= 1
        return web.json_response({"json": {"errors": [], "data": {"things": things}}})

    async def _info(self, request: web.Request) -> web.Response:
        names = request.query["id"].split(",")
        assert len(names) <= 100
        found = [pages.thing(self.world, name) for name in names if name in self.world.by_name]
        return web.json_response(pages.listing(found))


@contextmanager
def running(world: World, *, page: int = 500) -> Iterator[RedditServer]:
    """The server in a thread of its own; what it was asked wrongly fails the test at the end."""
    server, loop = RedditServer(world, page=page), asyncio.new_event_loop()
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
