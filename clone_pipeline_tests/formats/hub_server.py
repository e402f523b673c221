"""A hub on this machine: what huggingface_hub asks for when a dataset is pushed, and no more.

As https://huggingface.co/docs/hub/api and git-lfs's batch API have it. A path that it does not know
answers 404 and is written down in `unknown`.
"""

import base64
import hashlib
import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Hub:
    """One dataset, `me/clone`, and what was asked."""

    public: bool = False
    token: str = "hf_right"
    made: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    stored: dict[str, bytes] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    commits: int = 1
    url: str = ""

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        """The status and the JSON of an answer."""
        bare = path.partition("?")[0]
        if bare == "/api/repos/create":
            self.made.append(json.loads(body))
            return 200, {"url": f"{self.url}/datasets/me/clone"}
        if bare == "/api/validate-yaml":
            return 200, {"errors": [], "warnings": []}
        if bare == "/datasets/me/clone.git/info/lfs/objects/batch":
            return 200, self._batch(json.loads(body))
        if bare.startswith("/stored/") and method == "PUT":
            self.stored[bare.removeprefix("/stored/")] = body
            return 200, {}
        if bare.startswith("/datasets/me/clone/resolve/"):
            name = bare.removeprefix("/datasets/me/clone/resolve/").partition("/")[2]
            return (200, self.files[name]) if name in self.files else (404, {})
        inside = bare.removeprefix("/api/datasets/me/clone")
        if inside == bare:
            self.unknown.append(f"{method} {path}")
            return 404, {}
        return self._dataset(inside, body)

    def _dataset(self, inside: str, body: bytes) -> tuple[int, Any]:
        _, _, rest = inside.partition("/")
        what, _, more = rest.partition("/")
        if what in {"", "revision"}:
            shown = [{"rfilename": name} for name in self.files]
            known = {"id": "me/clone", "private": not self.public, "sha": self._sha()}
            return 200, {**known, "siblings": shown, "tags": [], "downloads": 0, "likes": 0}
        if what == "preupload":
            asked = json.loads(body)["files"]
            return 200, {"files": [
                {"path": f["path"], "shouldIgnore": False,
                 "uploadMode": "lfs" if f["path"].endswith(".parquet") else "regular"}
                for f in asked]}  # fmt: skip
        if what == "tree":
            return self._tree(more.partition("/")[2])
        if what == "commit":
            return self._commit([json.loads(line) for line in body.splitlines()])
        self.unknown.append(inside)
        return 404, {}

    def _tree(self, folder: str) -> tuple[int, Any]:
        inside = f"{folder}/" if folder else ""
        found = {n: c for n, c in self.files.items() if n.startswith(inside)}
        if folder and not found:
            return 404, {}
        entries: dict[str, dict[str, Any]] = {}
        for name, content in found.items():
            first, slash, _ = name[len(inside) :].partition("/")
            kind = "directory" if slash else "file"
            known = {"type": kind, "path": inside + first, "oid": "b" * 40}
            entries[first] = {**known, "size": 0 if slash else len(content)}
        return 200, list(entries.values())

    def _batch(self, asked: dict[str, Any]) -> dict[str, Any]:
        objects = [
            {**each, "actions": {"upload": {"href": f"{self.url}/stored/{each['oid']}"}}}
            for each in asked["objects"]
        ]
        return {"transfer": "basic", "objects": objects}

    def _commit(self, lines: list[dict[str, Any]]) -> tuple[int, Any]:
        for line in lines:
            value = line["value"]
            if line["key"] == "file":
                self.files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                self.files[value["path"]] = self.stored[value["oid"]]
        self.commits += 1
        url = f"{self.url}/datasets/me/clone/commit/{self._sha()}"
        return 200, {"commitUrl": url, "commitOid": self._sha(), "pullRequestUrl": None}

    def _sha(self) -> str:
        return f"{self.commits:040x}"


@contextmanager
def running(hub: Hub) -> Iterator[Hub]:
    """The hub while it listens; its address is `hub.url`."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            right = self.headers.get("authorization") in {f"Bearer {hub.token}", None}
            status, told = hub.answer(self.command, self.path, body) if right else (401, {})
            written = told if isinstance(told, bytes) else json.dumps(told).encode()
            self.send_response(status)
            self.send_header("X-Repo-Commit", f"{hub.commits:040x}")
            self.send_header("ETag", hashlib.sha1(written).hexdigest())
            if status == 404:
                self.send_header("X-Error-Code", "EntryNotFound")
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(written)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(written)

        do_HEAD = do_GET = do_POST = do_PUT = answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
