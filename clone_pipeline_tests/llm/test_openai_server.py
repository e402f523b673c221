"""The test server is what it claims to be: OpenAI's own client can talk with it."""

import subprocess
import sys
import urllib.error
import urllib.request

import openai
import pytest

from clone_pipeline_tests.llm.openai_server import Answer, OpenAiServer, Script, running


def client(base_url: str, api_key: str = "k") -> openai.OpenAI:
    return openai.OpenAI(base_url=base_url, api_key=api_key, max_retries=0)


def test_the_openai_client_gets_answers_models_and_a_stream() -> None:
    with running(answer=lambda body: f"You said {body['messages'][-1]['content']}") as server:
        asked = client(server.base_url)
        reply = asked.chat.completions.create(
            model="small", messages=[{"role": "user", "content": "hello"}], max_tokens=5
        )
        assert reply.choices[0].message.content == "You said hello"
        assert reply.usage is not None
        assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens
        assert [model.id for model in asked.models.list()] == ["small", "large"]
        stream = asked.chat.completions.create(
            model="small", messages=[{"role": "user", "content": "hello"}], stream=True
        )
        words = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
        assert words.strip() == "You said hello"
        assert server.requests == 2


def test_the_openai_client_understands_its_errors() -> None:
    with running(api_key="right", faults={"429": 1.0}, retry_after="9") as server:
        messages: list[openai.types.chat.ChatCompletionUserMessageParam] = [
            {"role": "user", "content": "a"}
        ]
        with pytest.raises(openai.AuthenticationError, match="Incorrect API key"):
            client(server.base_url, "wrong").chat.completions.create(
                model="small", messages=messages
            )
        with pytest.raises(openai.NotFoundError, match="does not exist"):
            client(server.base_url, "right").chat.completions.create(
                model="none", messages=messages
            )
        with pytest.raises(openai.RateLimitError) as limited:
            client(server.base_url, "right").chat.completions.create(
                model="small", messages=messages
            )
        assert limited.value.response.headers["Retry-After"] == "9"


def test_unknown_routes_are_404() -> None:
    with running() as server, pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{server.base_url}/embeddings", data=b"{}")


def test_faults_hit_the_same_requests_for_the_same_seed() -> None:
    def hit(seed: int) -> list[bool]:
        server = OpenAiServer(Script(faults={"500": 0.3}, seed=seed))
        return [server._fault(str(number)) is not None for number in range(200)]

    assert hit(1) == hit(1) != hit(2)
    assert 30 < sum(hit(1)) < 90


def test_it_runs_as_a_program() -> None:
    command = [sys.executable, "-m", "clone_pipeline_tests.llm.openai_server", "--port", "0"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert child.stdout is not None
        url = child.stdout.readline().strip()
        prompt = "End with RELEVANT or IRRELEVANT.\nText: a"
        reply = client(url).chat.completions.create(
            model="small", messages=[{"role": "user", "content": prompt}]
        )
        assert "RELEVANT" in (reply.choices[0].message.content or "")
    finally:
        child.terminate()
        child.wait(60)
        assert child.stdout is not None
        child.stdout.close()


def test_a_script_may_send_any_status_and_body() -> None:
    with running(answer=lambda body: Answer(status=418, body="teapot")) as server:
        with pytest.raises(openai.APIStatusError) as error:
            client(server.base_url).chat.completions.create(
                model="small", messages=[{"role": "user", "content": "a"}]
            )
        assert error.value.status_code == 418
