import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.llm.exchange import MalformedReply, read
from clone_pipeline.llm.streaming import completion_of, is_stream


def chunk(content: str | None = None, reason: str | None = None, **more: Any) -> str:
    delta = {} if content is None else {"content": content}
    return json.dumps({"choices": [{"index": 0, "delta": delta, "finish_reason": reason}], **more})


def stream(*data: str, end: str = "\n") -> str:
    return "".join(f"data: {each}{end}{end}" for each in data)


WHOLE = stream(
    chunk("", id="c1", model="m"),
    chunk("Hi "),
    chunk("you"),
    chunk(reason="length"),
    '{"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}}',
    "[DONE]",
)


def test_pieces_make_a_whole_completion() -> None:
    data = completion_of(WHOLE)
    reply = read(data, journal_key="k", from_journal=False)
    assert (reply.text, reply.finish_reason) == ("Hi you", "length")
    assert (reply.prompt_tokens, reply.completion_tokens) == (3, 2)
    assert (data["id"], data["model"], data["object"]) == ("c1", "m", "chat.completion")


@given(st.text(min_size=1), st.sampled_from(["\n", "\r\n", "\r"]), st.data())
def test_any_text_in_any_pieces_with_any_line_ends_comes_whole(
    text: str, end: str, data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=4)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    events = [chunk(piece) for piece in pieces]
    whole = f": comment{end}{end}" + stream(*events, chunk(reason="stop"), "[DONE]", end=end)
    assert completion_of(whole)["choices"][0]["message"]["content"] == text


def test_one_event_may_span_several_data_lines_and_name_itself() -> None:
    spread = 'event: message\nid: 7\ndata: {"choices":\ndata: [{"index": 0, "delta":\n'
    spread += 'data: {"content": "a"}, "finish_reason": "stop"}]}\n\n'
    assert completion_of(spread)["choices"][0]["message"]["content"] == "a"


def test_choices_are_told_apart_by_their_index() -> None:
    pieces = [
        json.dumps({"choices": [{"index": i, "delta": {"content": t}, "finish_reason": r}]})
        for i, t, r in ((1, "b", None), (0, "a", None), (1, "B", "stop"), (0, "A", "length"))
    ]
    choices = completion_of(stream(*pieces))["choices"]
    assert [choice["message"]["content"] for choice in choices] == ["aA", "bB"]
    assert [choice["finish_reason"] for choice in choices] == ["length", "stop"]


def test_a_raw_completion_is_streamed_as_text() -> None:
    pieces = [json.dumps({"choices": [{"index": 0, "text": t}]}) for t in ("and ", "then")]
    assert completion_of(stream(*pieces, "[DONE]"))["choices"][0]["text"] == "and then"


@pytest.mark.parametrize(
    "text",
    [
        stream(chunk("half an ans")),
        stream(chunk("half"))[:-10],
        stream(chunk("half")) + 'data: {"choi',
        stream("[DONE]"),
        "",
        ": keep-alive\n\n",
    ],
)
def test_a_stream_that_breaks_off_is_refused(text: str) -> None:
    with pytest.raises(MalformedReply):
        completion_of(text)


@pytest.mark.parametrize(
    ("event", "status"),
    [
        ('{"error": {"message": "overloaded", "code": 503}}', 503),
        ('{"object": "error", "message": "too long", "code": 400}', 400),
        ('{"error": {"message": "overloaded", "type": "server_error"}}', 200),
        ('{"choices": [{"delta": {}, "finish_reason": "error", "error": {"code": 502}}]}', 502),
    ],
)
def test_an_error_among_the_events_is_no_answer(event: str, status: int) -> None:
    with pytest.raises(MalformedReply) as error:
        completion_of(stream(chunk("half"), event, "[DONE]"))
    assert error.value.status == status


def test_a_pair_of_surrogates_cut_in_two_is_whole_again() -> None:
    pieces = (r'{"choices": [{"delta": {"content": "a\ud83d"}}]}', chunk("b", reason="stop"))
    assert completion_of(stream(*pieces))["choices"][0]["message"]["content"] == "a\ufffdb"
    pieces = (
        pieces[0],
        r'{"choices": [{"delta": {"content": "\ude00"}, "finish_reason": "stop"}]}',
    )
    assert completion_of(stream(*pieces))["choices"][0]["message"]["content"] == "a\U0001f600"


def test_a_text_in_parts_is_joined() -> None:
    parts = '{"choices": [{"delta": {"content": [{"type": "text", "text": "a"}, {"type": "x"}]}}]}'
    data = completion_of(stream(parts, chunk("b", reason="stop")))
    assert data["choices"][0]["message"]["content"] == "ab"


@pytest.mark.parametrize(
    "event",
    [
        '{"choices": [null]}',
        '{"choices": [{"delta": "x"}]}',
        '{"choices": {"a": 1}}',
        '{"choices": 5}',
        '{"choices": [{"text": 5}]}',
        '{"choices": [{"delta": {"content": [null]}}]}',
    ],
)
def test_an_event_of_another_form_is_refused(event: str) -> None:
    with pytest.raises(MalformedReply):
        completion_of(stream(event, "[DONE]"))


def test_a_stream_is_known_by_its_type_or_its_first_bytes() -> None:
    assert is_stream("text/event-stream; charset=utf-8", WHOLE)
    assert is_stream("application/json", WHOLE)
    assert not is_stream("text/event-stream", '{"choices": []}')
    assert not is_stream("application/json", '{"choices": []}')
