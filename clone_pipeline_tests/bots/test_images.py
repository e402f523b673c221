"""Images of posts; shape: https://platform.openai.com/docs/api-reference/images/create."""

import asyncio
import base64
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from clone_pipeline.bots.budget import Cost
from clone_pipeline.bots.images import draw
from clone_pipeline.bots.platform_settings import ImageSettings
from clone_pipeline.bots.wire import BudgetSpent, Purse
from clone_pipeline.llm.asking import LlmFailure

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
IN_BASE_64 = {"data": [{"b64_json": base64.b64encode(PNG).decode()}]}


@dataclass
class Endpoint:
    """Answers with `told`, in which HERE is its own address; shows `file` at /made."""

    told: Any = field(default_factory=lambda: IN_BASE_64)
    status: int = 200
    file: bytes = PNG
    asked: list[tuple[str | None, Any]] = field(default_factory=list)
    fetched: list[str | None] = field(default_factory=list)

    async def generate(self, request: web.Request) -> web.Response:
        self.asked.append((request.headers.get("Authorization"), await request.json()))
        told = web.json_response(self.told, status=self.status)
        told.text = str(told.text).replace("HERE", f"http://{request.host}")
        return told

    async def made(self, request: web.Request) -> web.Response:
        self.fetched.append(request.headers.get("Authorization"))
        return web.Response(body=self.file)


def drawn(endpoint: Endpoint, into: Path, *, purse: Purse | None = None, **given: Any) -> Path:
    async def run() -> Path:
        app = web.Application()
        app.add_routes([web.post("/v1/images/generations", endpoint.generate)])
        app.add_routes([web.get("/made", endpoint.made)])
        async with TestServer(app) as server:
            plain = {"base_url": f"http://127.0.0.1:{server.port}/v1", "tries": 1} | given
            return await draw(
                ImageSettings.model_validate(plain), title="Basil\n {wilts}", into=into,
                purse=purse or Purse(), rng=random.Random(1),
            )  # fmt: skip

    return asyncio.run(run())


def test_an_image_is_drawn_from_the_title_paid_and_written_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DRAWING_KEY", "a-key")
    endpoint, paid = Endpoint(), list[tuple[str, Cost]]()

    def reserve(cost: Cost) -> int:
        paid.append(("reserved", cost))
        return 1

    purse = Purse(reserve, lambda ticket, cost: paid.append(("spent", cost)))
    into = tmp_path / "new" / "basil.png"
    given = {"prompt": "A photo: {title}", "size": "64x64", "model": "pencil", "price": 0.04}
    assert drawn(endpoint, into, purse=purse, api_key_env="DRAWING_KEY", **given) == into
    assert into.read_bytes() == PNG
    assert list(into.parent.iterdir()) == [into]
    asked = {"prompt": "A photo: Basil {wilts}", "n": 1, "size": "64x64", "model": "pencil"}
    assert endpoint.asked == [("Bearer a-key", asked)]
    cost = Cost(characters=22, money=0.04)
    assert paid == [("reserved", cost), ("spent", cost)]


def test_an_address_is_fetched_without_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DRAWING_KEY", "a-key")
    endpoint = Endpoint(told={"data": [{"url": "HERE/made"}]})
    into = drawn(endpoint, tmp_path / "basil.png", api_key_env="DRAWING_KEY")
    assert into.read_bytes() == PNG
    assert endpoint.fetched == [None]


@pytest.mark.parametrize(
    "endpoint",
    [
        Endpoint(status=500),
        Endpoint(status=400, told={"error": {"message": "not that"}}),
        Endpoint(told={"data": []}),
        Endpoint(told={"data": ["x"]}),
        Endpoint(told={"data": [{"b64_json": "%%%"}]}),
        Endpoint(told={"data": [{"b64_json": base64.b64encode(b"<html>").decode()}]}),
        Endpoint(told={"data": [{"url": "file:///etc/passwd"}]}),
        Endpoint(told={"data": [{"url": "HERE/made"}]}, file=b"<html>"),
        Endpoint(told={"data": [{"url": "HERE/missing"}]}),
        Endpoint(told={"data": [{"url": "http://127.0.0.1:9/"}]}),
    ],
)
def test_no_image_is_a_failure_and_leaves_no_file(endpoint: Endpoint, tmp_path: Path) -> None:
    with pytest.raises(LlmFailure):
        drawn(endpoint, tmp_path / "basil.png")
    assert not list(tmp_path.iterdir())


def test_what_the_budget_does_not_allow_is_not_drawn(tmp_path: Path) -> None:
    endpoint = Endpoint()
    with pytest.raises(BudgetSpent):
        drawn(endpoint, tmp_path / "basil.png", purse=Purse(lambda cost: None))
    assert not endpoint.asked
