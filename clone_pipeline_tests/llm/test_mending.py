import pytest

from clone_pipeline.llm.mending import fewer_stops, is_about_choices, known_stop_limit, mended

OPENAI = (
    "Invalid 'stop': array too long. Expected an array with maximum length 4, "
    "but got an array with length 9 instead."
)


@pytest.mark.parametrize(
    ("url", "limit"),
    [
        ("https://api.openai.com/v1", 4),
        ("https://me.openai.azure.com/openai", 4),
        ("https://api.groq.com/openai/v1", 4),
        ("https://notapi.openai.com.example.org/v1", None),
        ("http://127.0.0.1:8000/v1", None),
    ],
)
def test_some_hosts_are_known_to_take_few_stop_texts(url: str, limit: int | None) -> None:
    assert known_stop_limit(url) == limit


@pytest.mark.parametrize(
    ("status", "found", "sent", "left"),
    [
        (400, OPENAI, 9, 4),
        (400, "'$.stop' is invalid. Please check the API reference", 10, 4),
        (400, "'$.stop' is invalid", 4, 0),
        (400, "stop:最大只能有4个停止词 (request id: 202409291149)", 5, 4),
        (422, "stop_sequences: at most 5", 10, 5),
        (400, "unknown field stop", 3, 0),
        (400, "the prompt is too long", 9, None),
        (400, "nonstop talk", 9, None),
        (500, OPENAI, 9, None),
        (400, OPENAI, 0, None),
    ],
)
def test_a_refusal_of_stop_texts_says_how_many_to_send(
    status: int, found: str, sent: int, left: int | None
) -> None:
    assert fewer_stops(status, found, sent=sent) == left


def test_what_is_refused_is_left_out_and_the_rest_stays() -> None:
    body = {"model": "m", "stop": ["a", "b", "c"], "stream_options": {"include_usage": True}}
    again = mended(body, stop="stop", status=422, found="stream_options: extra fields")
    assert again == {"model": "m", "stop": ["a", "b", "c"]}
    again = mended(body, stop="stop", status=400, found="stop: maximum 2")
    assert again == body | {"stop": ["a", "b"]}
    assert mended(body, stop="stop", status=400, found="bad temperature") is None
    assert mended({"model": "m"}, stop="stop", status=400, found="stop") is None


def test_a_refusal_of_choices_is_known_by_its_words() -> None:
    assert is_about_choices(400, "'n' : number must be at most 1")
    assert is_about_choices(500, "Only one completion choice is allowed")
    assert not is_about_choices(500, "out of memory")
