"""What a bot reads of a local Reddit: listings of several subreddits, accounts, the inbox.

Routes: https://www.reddit.com/dev/api (/r/a+b/comments and /new, /user/NAME/comments and
/submitted, /message/*, /api/v1/me, /r/u_NAME/about/edit). What else: `reddit_life`.
"""

from collections.abc import Iterator
from itertools import islice

from aiohttp import web

from clone_pipeline_tests.bots.platforms.reddit_life import ME, Json, Life
from clone_pipeline_tests.reddit import reddit_pages as pages
from clone_pipeline_tests.reddit.reddit_server import RedditServer
from clone_pipeline_tests.reddit.reddit_world import Note


class ReadableReddit(RedditServer):
    """`life` is what is there; `odd` stands first in each listing of submissions and comments."""

    def __init__(self, life: Life) -> None:
        super().__init__(life.world)
        self.life = life
        self.odd: list[Json] = []

    def application(self) -> web.Application:
        app = super().application()
        app.add_routes(
            [
                web.get("/r/{sub}/comments", self._comments),
                web.get("/r/{sub}/comments/", self._comments),
                web.get("/r/{sub}/about/edit/", self._settings),
                web.get("/user/{name}/{kind:comments|submitted}", self._by_user),
                web.get("/message/{box:unread|inbox|sent}/", self._box),
                web.get("/message/messages/{id}/", self._letters),
                web.get("/api/v1/me", self._who),
            ]
        )
        return app

    def looked_at_own_posts(self) -> None:
        """The account's submissions are about to be listed."""

    def _listed(self, request: web.Request, notes: Iterator[Note]) -> web.Response:
        after, limit = request.query.get("after"), min(int(request.query.get("limit", 25)), 100)
        there = iter(islice(notes, pages.LISTING_END))
        if after:
            next((note for note in there if note.name == after), None)
        page = list(islice(there, limit))
        more = page[-1].name if len(page) == limit else None
        shown = [*self.odd, *(self.life.thing(note) for note in page)]
        return web.json_response(pages.listing(shown, more))

    def _within(self, request: web.Request) -> set[str]:
        return set(request.match_info["sub"].lower().split("+"))

    async def _comments(self, request: web.Request) -> web.Response:
        subs, of = self._within(request), self.world.subreddit_of
        wanted = self.life.newest(lambda n: n.parent is not None and of[n.name].lower() in subs)
        return self._listed(request, wanted)

    async def _new(self, request: web.Request) -> web.Response:
        subs, of = self._within(request), self.world.subreddit_of
        wanted = self.life.newest(lambda n: n.parent is None and of[n.name].lower() in subs)
        return self._listed(request, wanted)

    async def _by_user(self, request: web.Request) -> web.Response:
        assert request.query["sort"] == "new"
        name, comments = request.match_info["name"].lower(), request.match_info["kind"][0] == "c"
        if not comments and name == ME:
            self.looked_at_own_posts()
        wanted = self.life.newest(
            lambda n: (n.parent is not None) is comments and n.author.lower() == name
        )
        return self._listed(request, wanted)

    async def _thread(self, request: web.Request) -> web.Response:
        post = self.world.by_name.get(f"t3_{request.match_info['id']}")
        note = self.world.by_name.get(f"t1_{request.match_info.get('comment')}")
        if post is None or (note is None and "comment" in request.match_info):
            return web.json_response({"message": "Not Found", "error": 404}, status=404)
        if note:
            shown = self.life.page(note, int(request.query.get("context", 0)))
        else:
            shown = self.life.tree(post.children)[::-1][: int(request.query["limit"])]
        head = pages.listing([self.life.thing(post)])
        return web.json_response([head, pages.listing(shown)])

    async def _info(self, request: web.Request) -> web.Response:
        names = request.query["id"].split(",")
        assert len(names) <= 100
        known = [self.world.by_name[name] for name in names if name in self.world.by_name]
        return web.json_response(pages.listing([self.life.thing(note) for note in known]))

    async def _box(self, request: web.Request) -> web.Response:
        box, limit = request.match_info["box"], min(int(request.query["limit"]), 100)
        with self.life.lock:
            if box == "sent":
                names = [each.name for each in self.life.letters.values() if each.author == ME]
            else:
                names = list(self.life.unread)
            names = names[::-1]
            start = names.index(request.query["after"]) + 1 if request.query.get("after") else 0
            page = [self.life.in_inbox(name) for name in names[start : start + limit]]
        more = names[start + limit - 1] if start + limit < len(names) else None
        return web.json_response(pages.listing(page, more))

    async def _letters(self, request: web.Request) -> web.Response:
        asked = self.life.letters[f"t4_{request.match_info['id']}"]
        first = self.life.letters[asked.first or asked.name]
        replies = [each for each in self.life.letters.values() if each.first == first.name]
        return web.json_response(pages.listing([self.life.mail(first, replies)]))

    async def _who(self, request: web.Request) -> web.Response:
        sub = {"display_name": f"u_{ME}", "name": "t5_1", "public_description": self.life.profile}
        return web.json_response({"id": "1", "name": ME, "subreddit": sub})

    async def _settings(self, request: web.Request) -> web.Response:
        told = {
            "public_description": self.life.profile, "default_set": True, "language": "en",
            "header_hover_text": "", "content_options": "any", "subreddit_id": "t5_1",
            "subreddit_type": "user", "title": "Anna", "over_18": False,
        }  # fmt: skip
        return web.json_response({"kind": "subreddit_settings", "data": told})
