import json
from typing import Any

import pytest

from clone_pipeline.llm.asking import Request
from clone_pipeline.llm.exchange import (
    MalformedReply,
    body_of,
    failure,
    reply_of,
    without_surrogates,
)


def completion(message: dict[str, Any], reason: str | None = "stop") -> str:
    return json.dumps({"choices": [{"message": message, "finish_reason": reason}]})


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"content": "Hi"}, "Hi"),
        ({"content": None}, ""),
        ({"content": None, "refusal": "No."}, "No."),
        ({"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}, "ab"),
        ({}, ""),
    ],
)
def test_every_shape_of_message_is_read(message: dict[str, Any], text: str) -> None:
    assert reply_of(completion(message), journal_key="k", from_journal=False).text == text


def test_a_reply_cut_off_says_so() -> None:
    reply = reply_of(completion({"content": "Hi"}, "length"), journal_key="k", from_journal=True)
    assert (reply.finish_reason, reply.from_journal, reply.prompt_tokens) == ("length", True, 0)


@pytest.mark.parametrize(
    "raw", ["", "{", "[]", "null", "{}", '{"choices": []}', '{"choices": [{}]}',
            '{"choices": [{"message": {"content": 7}}]}', '{"choices": null}', "<html>"],
)  # fmt: skip
def test_what_is_no_completion_is_refused(raw: str) -> None:
    with pytest.raises(MalformedReply):
        reply_of(raw, journal_key="k", from_journal=False)


def test_an_error_sent_with_200_keeps_its_own_status() -> None:
    with pytest.raises(MalformedReply) as error:
        reply_of('{"error": {"code": 429, "message": "slow"}}', journal_key="", from_journal=False)
    assert error.value.status == 429


def test_extra_keys_of_the_body_win_and_an_empty_stop_is_left_out() -> None:
    request = Request("m", ({"role": "user", "content": "a"},), 0.5, 1.0, 9, extra={"seed": 3})
    body = body_of(request)
    assert body["seed"] == 3
    assert "stop" not in body


@pytest.mark.parametrize(
    ("status", "found", "says"),
    [
        (None, "refused", "llm.base_url"),
        (401, "bad key", "MY_KEY"),
        (403, "no", "MY_KEY"),
        (402, "pay", "money"),
        (429, "insufficient_quota", "money"),
        (429, "slow", "llm.concurrency"),
        (400, "stop: at most 4", "llm.stop_limit"),
        (400, "use max_completion_tokens", "llm.max_tokens_key"),
        (400, "too long", "prompt length"),
        (308, "https://new", "llm.base_url"),
        (200, "<html>", "OpenAI-compatible"),
        (503, "busy", "Try again later"),
    ],
)
def test_each_failure_says_what_to_do(status: int | None, found: str, says: str) -> None:
    error = failure("h", status, found, model="m", key_env="MY_KEY")
    assert says in str(error)
    assert str(error).startswith("h ")


def test_an_unknown_model_lists_those_that_are_offered() -> None:
    error = failure("h", 404, "no", model="smal", key_env=None, offered=["large", "small"])
    assert "It offers: large, small; did you mean `small`?" in str(error)


def test_halves_of_surrogate_pairs_become_utf8() -> None:
    mended = without_surrogates({"a": ["x\ud83d", "\ud83d\ude00"], "b": ("\udc00", 1)})
    assert mended == {"a": ["x\ufffd", "😀"], "b": ("\ufffd", 1)}
    json.dumps(mended, ensure_ascii=False).encode("utf-8")
