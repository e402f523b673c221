from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from clone_pipeline.llm import connecting
from clone_pipeline.llm.endpoint import Endpoint
from clone_pipeline_tests.llm.openai_server import running
from clone_pipeline_tests.llm.test_endpoint import question, with_endpoint


async def answered(endpoint: Endpoint) -> str:
    return (await endpoint.ask(question())).text


def test_a_login_in_netrc_does_not_take_the_place_of_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("default login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setattr(connecting, "is_local", lambda url: False)
    with running(answer=lambda body: "Hi", api_key="k") as server:
        assert with_endpoint(server, tmp_path, answered, api_key="k") == "Hi"


def test_the_proxy_that_the_environment_names_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(answer=lambda body: "Hi") as server:
        monkeypatch.setenv("http_proxy", server.base_url.removesuffix("/v1"))
        elsewhere: Any = SimpleNamespace(base_url="http://api.example.test/v1")
        assert with_endpoint(elsewhere, tmp_path, answered) == "Hi"
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        assert with_endpoint(server, tmp_path, answered) == "Hi", "not for this machine"
