import pytest

from clone_pipeline.chats.suspicions import count_masks, suspects


@pytest.mark.parametrize(
    ("text", "kind", "shown"),
    [
        ("ours is 4711-0815-22 ok", "long numbers", "ours is «0000-0000-00» ok"),
        ("ask bob@home today", "words with an @", "ask «xxx@xxxx» today"),
        ("try Ab3dEfGh1jKlMn0pQrStUvWx now", "long keys", "try «Xx0xXxXx0xXxXx0xXxXxXxXx» now"),
        ("so, Peter Pan came", "pairs of capitalised words", "so, «Xxxxx Xxx» came"),
        ("the old road, number 5", "words of a street", "the old «xxxx, xxxxxx 0»"),
    ],
)
def test_what_may_be_personal_is_counted_and_shown_by_its_shape(
    text: str, kind: str, shown: str
) -> None:
    seen = suspects([text])
    assert seen.counts[kind] == 1
    assert [" ".join(each.lower().split()) for each in seen.samples[kind]] == [shown.lower()]


def test_masks_and_ordinary_talk_are_not_suspected() -> None:
    seen = suspects(["[EMAIL_1] and [PHONE_12345678] at 12:30", "see you <@806051234567890123>"])
    assert seen.counts.total() == 0
    assert seen.samples == {}


def test_a_few_of_many_are_shown() -> None:
    seen = suspects(["the code 123456789 is long"] * 10)
    assert seen.counts["long numbers"] == 10
    assert seen.samples["long numbers"] == ["the code «000000000» is long"] * 3


def test_masks_are_counted_by_kind() -> None:
    raw = b"[EMAIL_1] [EMAIL_2][IP_1] [KEY_0] [x_1]"
    assert count_masks(raw) == {"EMAIL": 2, "IP": 1}
