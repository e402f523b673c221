"""A real homeserver: Synapse as a child process, with SQLite, alone in the world.

Its settings: https://element-hq.github.io/synapse/latest/usage/configuration/config_documentation
"""

import contextlib
import hashlib
import hmac
import importlib.util
import json
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml

SERVER_NAME = "test.local"
PASSWORD = "correct horse battery staple"
_NO_LIMIT = {"per_second": 10_000, "burst_count": 10_000}
Json = dict[str, Any]


@dataclass
class User:
    """Somebody with an account, who speaks from whatever thread."""

    port: int
    id: str
    token: str
    _lines: threading.local = field(default_factory=threading.local)

    def call(self, method: str, path: str, body: Json | None = None) -> Json:
        """One request to the client-server API; fails the test where the server says no."""
        status, answer = _call(self._line(), method, f"/_matrix/client/v3{path}", body, self.token)
        assert status == 200, (method, path, status, answer)
        return answer

    def say(self, room: str, text: str, **content: Any) -> str:
        """Write; `content` are other keys of the event's content. The event's id."""
        return self.send(room, {"msgtype": "m.text", "body": text} | content)

    def send(self, room: str, content: Json, kind: str = "m.room.message") -> str:
        path = f"/rooms/{quote(room)}/send/{kind}/{secrets.token_hex(8)}"
        return str(self.call("PUT", path, content)["event_id"])

    def room(self, *invited: "User", **more: Any) -> str:
        """A new room, which those who are invited join too."""
        body = {"preset": "private_chat", "invite": [user.id for user in invited]} | more
        room = str(self.call("POST", "/createRoom", body)["room_id"])
        for user in invited:
            user.call("POST", f"/rooms/{quote(room)}/join", {})
        return room

    def redact(self, room: str, event_id: str) -> None:
        once = secrets.token_hex(8)
        self.call("PUT", f"/rooms/{quote(room)}/redact/{quote(event_id)}/{once}", {})

    def messages(self, room: str, limit: int = 100) -> list[Json]:
        """The newest messages, newest first."""
        found = self.call("GET", f"/rooms/{quote(room)}/messages?dir=b&limit={limit}")["chunk"]
        return [event for event in found if event["type"] == "m.room.message"]

    def _line(self) -> HTTPConnection:
        if not hasattr(self._lines, "line"):
            self._lines.line = HTTPConnection("127.0.0.1", self.port, timeout=30)
        line: HTTPConnection = self._lines.line
        return line


@dataclass
class Synapse:
    """A running homeserver."""

    port: int
    secret: str
    _count: int = 0

    def user(self, name: str, display_name: str = "") -> User:
        """A new account; the name is made unique.

        https://element-hq.github.io/synapse/latest/admin_api/register_api.html
        """
        self._count += 1
        name, line = f"{name}{self._count}", HTTPConnection("127.0.0.1", self.port, timeout=30)
        path = "/_synapse/admin/v1/register"
        nonce = _call(line, "GET", path)[1]["nonce"]
        signed = "\0".join((nonce, name, PASSWORD, "notadmin")).encode()
        mac = hmac.new(self.secret.encode(), signed, hashlib.sha1).hexdigest()
        body = {
            "nonce": nonce, "username": name, "displayname": display_name or name.capitalize(),
            "password": PASSWORD, "admin": False, "mac": mac,
        }  # fmt: skip
        status, made = _call(line, "POST", path, body)
        assert status == 200, made
        return User(self.port, made["user_id"], made["access_token"])


def _call(
    line: HTTPConnection, method: str, path: str, body: Json | None = None, token: str = ""
) -> tuple[int, Json]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    line.request(method, path, None if body is None else json.dumps(body), headers)
    response = line.getresponse()
    return response.status, json.loads(response.read())


@contextlib.contextmanager
def running(folder: Path, **settings: Any) -> Iterator[Synapse]:
    """Synapse, with its data in `folder`; up in about three seconds.

    Args:
        folder: empty.
        settings: of homeserver.yaml, besides or instead of ours.
    """
    if importlib.util.find_spec("synapse") is None:
        pytest.skip("matrix-synapse is not installed: it has wheels for Linux only")
    server = Synapse(_free_port(), secrets.token_hex(16))
    path = folder / "homeserver.yaml"
    path.write_text(yaml.safe_dump(_settings(folder, server) | settings), encoding="utf-8")
    command = [sys.executable, "-m", "synapse.app.homeserver", "--config-path", str(path)]
    environment = os.environ | {"SYNAPSE_CACHE_FACTOR": "0.5"}
    with (folder / "log").open("wb") as log:
        subprocess.run([*command, "--generate-keys"], check=True, stdout=log, stderr=log)
        child = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
    try:
        _wait_for(server.port, child, folder / "log")
        yield server
    finally:
        child.kill()
        child.wait(10)


def _settings(folder: Path, server: Synapse) -> Json:
    listener = {
        "port": server.port, "type": "http", "bind_addresses": ["127.0.0.1"],
        "resources": [{"names": ["client"], "compress": False}],
    }  # fmt: skip
    limits = ("rc_message", "rc_registration", "rc_joins_per_room", "rc_room_creation")
    grouped = {
        "rc_login": dict.fromkeys(("address", "account", "failed_attempts"), _NO_LIMIT),
        "rc_joins": dict.fromkeys(("local", "remote"), _NO_LIMIT),
        "rc_invites": dict.fromkeys(("per_room", "per_user", "per_issuer"), _NO_LIMIT),
    }
    return {
        "server_name": SERVER_NAME, "pid_file": str(folder / "pid"), "listeners": [listener],
        "database": {"name": "sqlite3", "args": {"database": str(folder / "homeserver.db")}},
        "media_store_path": str(folder / "media"), "signing_key_path": str(folder / "key"),
        "log_config": _log_config(folder), "report_stats": False, "trusted_key_servers": [],
        "suppress_key_server_warning": True, "registration_shared_secret": server.secret,
        "macaroon_secret_key": secrets.token_hex(16), "form_secret": secrets.token_hex(16),
        "bcrypt_rounds": 4, "url_preview_enabled": False, "presence": {"enabled": False},
        "federation_domain_whitelist": [], "stats": {"enabled": False},
        "user_directory": {"enabled": False}, "push": {"enabled": False},
    } | dict.fromkeys(limits, _NO_LIMIT) | grouped  # fmt: skip


def _log_config(folder: Path) -> str:
    path = folder / "log.yaml"
    console = {"console": {"class": "logging.StreamHandler"}}
    root = {"level": "ERROR", "handlers": ["console"]}
    path.write_text(yaml.safe_dump({"version": 1, "handlers": console, "root": root}))
    return str(path)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _wait_for(port: int, child: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(1800):
        with contextlib.suppress(OSError, HTTPException):
            if _call(
                HTTPConnection("127.0.0.1", port, timeout=5), "GET", "/_matrix/client/versions"
            ):
                return
        assert child.poll() is None, log.read_text()
        time.sleep(0.05)
    raise AssertionError(log.read_text())
