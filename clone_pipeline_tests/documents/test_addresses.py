"""Listed addresses are fetched once, and one that fails is told and tried again."""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests
from aiohttp import web

from clone_pipeline.documents import addresses, youtube
from clone_pipeline.documents.reading import read_documents
from clone_pipeline_tests.documents.office_samples import docx

PAGE = "<html><head><title>Ferries</title></head><body><main><p>It sails at {n}.</p></main></body>"
# The shapes of https://www.youtube.com/watch, youtubei/v1/player and api/timedtext, as far as
# youtube-transcript-api reads them.
PLAYER = {
    "playabilityStatus": {"status": "OK"},
    "captions": {
        "playerCaptionsTracklistRenderer": {
            "captionTracks": [
                {
                    "baseUrl": "https://www.youtube.com/api/timedtext?v=abcdefghijk&lang=en",
                    "name": {"runs": [{"text": "English"}]},
                    "languageCode": "en",
                    "isTranslatable": False,
                }
            ],
            "translationLanguages": [],
        }
    },
}
SAID = (
    '<?xml version="1.0" encoding="utf-8" ?><transcript>'
    '<text start="0" dur="2">[Music]</text><text start="2" dur="2">Hello from the</text>'
    '<text start="4" dur="2">ferry.</text><text start="9" dur="2">It&#39;s late.</text>'
    "</transcript>"
)


class Site:
    """A web site that counts what is asked of it."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.broken: set[str] = set()
        self.port = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        path = request.path
        self.asked[path] += 1
        if path in self.broken:
            return web.Response(status=503)
        if path == "/watch":
            return web.Response(text='"INNERTUBE_API_KEY": "k3y"', content_type="text/html")
        if path == "/youtubei/v1/player":
            return web.json_response(PLAYER)
        if path == "/api/timedtext":
            return web.Response(text=SAID, content_type="text/xml")
        if path == "/letter":
            return web.Response(body=docx("The ferry."), content_type="application/octet-stream")
        if path == "/slow":
            await asyncio.sleep(2)
        if path == "/old":
            body = "<title>Б</title><p>Паром".encode("cp1251")
            headers = {"Content-Type": "text/html; charset=windows-1251"}
            return web.Response(body=body, headers=headers)
        if path.startswith("/page"):
            return web.Response(text=PAGE.format(n=path[-1]), content_type="text/html")
        return web.Response(status=404)


@contextmanager
def running() -> Iterator[Site]:
    site, loop = Site(), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def listen() -> web.AppRunner:
        application = web.Application()
        application.router.add_route("*", "/{tail:.*}", site.answer)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        site.port = runner.addresses[0][1]
        return runner

    runner = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    try:
        yield site
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


class ToSite(requests.adapters.HTTPAdapter):
    """Sends what is for www.youtube.com to the site."""

    def __init__(self, site: Site) -> None:
        self.site = site
        super().__init__()

    def send(self, request: requests.PreparedRequest, *given: Any, **named: Any) -> Any:
        assert named["timeout"], "a server that says nothing would be waited for without end"
        here = f"http://127.0.0.1:{self.site.port}"
        request.url = (request.url or "").replace("https://www.youtube.com", here)
        return super().send(request, *given, **named)


def session_to(site: Site) -> requests.Session:
    session = requests.Session()
    session.mount("https://", ToSite(site))
    return session


def read(folder: Path, site: Site) -> Any:
    told = partial(youtube.transcript, languages=["en"], session=session_to(site))
    return read_documents(
        folder / "docs", fetch=partial(addresses.pages, kept=folder / "pages", transcript=told)
    )


def write_list(folder: Path, *lines: str) -> None:
    (folder / "docs").mkdir(exist_ok=True)
    (folder / "docs" / "urls.txt").write_text("\n".join(lines), encoding="utf-8")


def test_listed_pages_are_documents_and_fetched_once(tmp_path: Path) -> None:
    with running() as site:
        here = f"http://127.0.0.1:{site.port}"
        write_list(
            tmp_path, "# ferries", f"{here}/page1", f"{here}/letter # a file", f"{here}/page1"
        )
        documents, dropped, faults = read(tmp_path, site)
        assert [(made.path, made.title, made.text) for made in documents] == [
            (f"{here}/page1", "Ferries", "It sails at 1."),
            (f"{here}/letter", "letter", "The ferry."),
        ]
        assert not dropped
        assert not faults
        assert read(tmp_path, site)[0] == documents
        assert site.asked == {"/page1": 1, "/letter": 1}


def test_what_fails_is_told_and_tried_again(tmp_path: Path) -> None:
    with running() as site:
        here = f"http://127.0.0.1:{site.port}"
        write_list(tmp_path, f"{here}/page1", f"{here}/gone", f"{here}/page2", "page three")
        site.broken.add("/page2")
        documents, dropped, faults = read(tmp_path, site)
        assert len(documents) == 1
        assert dropped == {"unreachable": 3}
        assert [fault.where for fault in faults] == [
            "urls.txt:4", f"{here}/gone", f"{here}/page2"
        ]  # fmt: skip
        assert "503" in faults[2].found
        site.broken.clear()
        assert [made.path for made in read(tmp_path, site)[0]] == [f"{here}/page1", f"{here}/page2"]
        assert site.asked["/page1"] == 1


def test_a_page_that_does_not_come_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "SECONDS", 0.3)
    with running() as site:
        write_list(tmp_path, f"http://127.0.0.1:{site.port}/slow")
        documents, dropped, faults = read(tmp_path, site)
        assert (documents, dropped) == ([], {"unreachable": 1})
        assert "seconds" in faults[0].found


def test_a_page_is_what_its_server_calls_it(tmp_path: Path) -> None:
    with running() as site:
        write_list(tmp_path, f"http://127.0.0.1:{site.port}/old")
        made = read(tmp_path, site)[0][0]
        assert (made.title, made.text, made.media_type) == ("Б", "Паром", "text/html")


def test_a_page_whose_bytes_are_gone_is_fetched_again(tmp_path: Path) -> None:
    with running() as site:
        write_list(tmp_path, f"http://127.0.0.1:{site.port}/page1")
        first = read(tmp_path, site)[0]
        next((tmp_path / "pages").glob("*.bin")).unlink()
        assert read(tmp_path, site)[0] == first
        assert site.asked["/page1"] == 2


def test_a_video_is_its_transcript(tmp_path: Path) -> None:
    with running() as site:
        write_list(tmp_path, "https://www.youtube.com/watch?v=abcdefghijk&t=3s")
        documents, _, faults = read(tmp_path, site)
        assert not faults
        assert documents[0].text == "Hello from the ferry.\n\nIt's late."
        assert site.asked == {"/watch": 1, "/youtubei/v1/player": 1, "/api/timedtext": 1}


def test_a_video_without_transcript_is_told(tmp_path: Path) -> None:
    with running() as site:
        site.broken.add("/youtubei/v1/player")
        write_list(tmp_path, "https://youtu.be/abcdefghijk")
        documents, dropped, faults = read(tmp_path, site)
        assert not documents
        assert dropped == {"unreachable": 1}
        assert "transcript" in faults[0].found


def test_a_list_is_a_document_where_nothing_is_fetched(tmp_path: Path) -> None:
    write_list(tmp_path, "https://example.org/a")
    assert [made.path for made in read_documents(tmp_path / "docs")[0]] == ["urls.txt"]
