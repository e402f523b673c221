"""Someone who reads a Markdown page and does what its fenced blocks say."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import textwrap
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import NamedTuple

# Long, needing the network or an account, or never ending: only their syntax is checked.
NOT_RUN = re.compile(
    r"\bmake (?:test|install|dev|demo)|\bdagster dev|\bpip install|\baxolotl train|\bbenchmarks/"
    r"|until Ctrl-C|\bclone-pipeline (?:import|journal)|127\.0\.0\.1:8766|\bbot explain"
)
_FENCE = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.M | re.S)
_PATH = re.compile(r"# (\S+/clone\.yaml)\n")


class Block(NamedTuple):
    """A fenced block: its page's name and line, its language, its text."""

    where: str
    language: str
    text: str


def blocks(page: Path, *languages: str) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(f"{page.name}:{text.count(chr(10), 0, found.start()) + 1}", found[2], body)
        for found in _FENCE.finditer(text)
        for body in [textwrap.dedent(found[3])]
        if found[2] in languages
    ]


def shell(block: Block) -> str:
    """The commands of a block; of a console, the lines behind a "$"."""
    if block.language == "sh":
        return block.text
    return "\n".join(line[2:] for line in block.text.splitlines() if line.startswith("$ "))


class Reader:
    """Someone who types what the pages say, in a folder of their own."""

    def __init__(self, folder: Path, llm_url: str) -> None:
        self.folder = folder
        self.port = _free_port()
        self._changes = {"http://127.0.0.1:8000/v1": llm_url, "8080": str(self.port)}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self.environment = os.environ | {
            "CLONE_PIPELINE_CACHE": str(folder / "cache"),
            "OMP_NUM_THREADS": "1",
            "PATH": path,
        }
        self._serving: subprocess.Popen[bytes] | None = None

    def does(self, block: Block) -> None:
        text = block.text
        for written, here in self._changes.items():
            text = text.replace(written, here)
        if block.language == "yaml":
            if place := _PATH.match(text):
                (self.folder / place[1]).write_text(text, encoding="utf-8")
        elif block.language == "python":
            self._run([sys.executable, "-c", text], block)
        elif block.language in ("sh", "console") and not NOT_RUN.search(text):
            commands = shell(block._replace(text=text))
            if "clone-pipeline serve" in commands:
                self._serve(commands)
            else:
                self._run(["bash", "-euo", "pipefail", "-c", commands], block)

    def stops_serving(self) -> None:
        if self._serving:
            self._serving.terminate()
            self._serving.wait(30)
            self._serving = None

    def _run(self, command: list[str], block: Block) -> None:
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True
        )
        assert not done.returncode, f"{block.where}\n{block.text}\n{done.stdout}\n{done.stderr}"

    def _serve(self, commands: str) -> None:
        command = ["bash", "-c", f"exec {commands.strip()}"]
        self._serving = subprocess.Popen(
            command, cwd=self.folder, env=self.environment, stderr=subprocess.DEVNULL
        )
        for _ in range(600):
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=5)
                return
            assert self._serving.poll() is None, "serve ended"
            time.sleep(0.1)
        raise AssertionError("serve did not come up in a minute")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
