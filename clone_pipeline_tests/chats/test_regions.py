import pytest

from clone_pipeline.chats.regions import ANYWHERE, calling_code, judged
from clone_pipeline_tests.chats.planted import TALK


@pytest.mark.parametrize(
    ("language", "regions"),
    [("en", {"US", "GB"}), ("de", {"DE", "AT", "CH"}), ("es", {"ES", "MX"}), ("zh", {"CN"})],
)
def test_a_chats_regions_are_those_of_its_language(language: str, regions: set[str]) -> None:
    found = judged(TALK[language])
    assert regions <= found
    assert not {"US", "DE", "ES", "CN"} - regions & found


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("привет, как дела? что ты делаешь сегодня вечером", "RU"),
        ("今日はどこへ行きますか、映画を見ましょう", "JP"),
        ("오늘 저녁에 영화 보러 갈래요? 날씨가 좋아요", "KR"),
        ("je ne sais pas, mais vous êtes dans la rue avec des amis et c'est pour ça", "FR"),
        ("nie wiem, ale to jest dla mnie już za dużo, tak że czy się nie da", "PL"),
    ],
)
def test_letters_and_words_tell_other_languages(text: str, region: str) -> None:
    assert region in judged([text])


def test_little_or_no_talk_tells_nothing() -> None:
    assert judged([]) == judged(["lol", "ok", "12345", "😂"]) == ANYWHERE


def test_a_country_code_adds_its_country() -> None:
    assert "SG" not in judged(TALK["en"])
    assert "SG" in judged([*TALK["en"], "I am on +65 9123 4567 now"])


def test_a_long_chat_is_judged_by_texts_spread_over_it() -> None:
    assert "DE" in judged(["ok"] * 5000 + list(TALK["de"]) * 2000)


def test_country_codes_have_one_to_three_digits() -> None:
    assert [calling_code(each) for each in ("4915", "1555", "35312", "99")] == [
        "49",
        "1",
        "353",
        "",
    ]
