import json
from typing import Any

import pytest

from clone_pipeline.llm.asking import Request
from clone_pipeline.llm.exchange import (
    MalformedReply,
    body_of,
    reply_of,
    tokens_of,
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


def test_halves_of_surrogate_pairs_become_utf8() -> None:
    mended = without_surrogates({"a": ["x\ud83d", "\ud83d\ude00"], "b": ("\udc00", 1)})
    assert mended == {"a": ["x\ufffd", "😀"], "b": ("\ufffd", 1)}
    json.dumps(mended, ensure_ascii=False).encode("utf-8")


def test_an_error_in_a_choice_is_no_answer() -> None:
    raw = '{"choices": [{"finish_reason": "error", "message": {"content": "ha"}, "error": {"code": 502}}]}'  # noqa: E501
    with pytest.raises(MalformedReply) as error:
        reply_of(raw, journal_key="", from_journal=False)
    assert error.value.status == 502


def test_a_raw_completion_is_read_too() -> None:
    raw = '{"choices": [{"text": " and then", "finish_reason": "length"}]}'
    reply = reply_of(raw, journal_key="k", from_journal=False)
    assert (reply.text, reply.finish_reason) == (" and then", "length")


@pytest.mark.parametrize(
    "usage", [None, [], "3", {}, {"prompt_tokens": "3"}, {"prompt_tokens": 2**70}]
)
def test_tokens_that_are_no_count_are_not_counted(usage: object) -> None:
    assert tokens_of({"usage": usage}) == (0, 0)
