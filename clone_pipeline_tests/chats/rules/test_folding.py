import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.chats.rules.folding import plain_letters, without_accents


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        *(("𝓱𝓮𝓵𝓵𝓸", "hello"), ("𝐈𝐌𝐀𝐆𝐄", "IMAGE"), ("ｆｕｌｌ", "full"), ("Ⓐⓑ🅲🅳🄴🄵", "AbCDEF")),
        *(("ᴀʙᴄ", "abc"), ("ʰⁱ", "hi"), ("ℍ𝕖𝕪", "Hey"), ("𝟙𝟚", "12"), ("🇦🇧", "AB")),
        *(("Привет", "Привет"), ("αβγ", "αβγ"), ("你好ｓ", "你好s"), ("½ ﬁ ™ 😂", "½ ﬁ ™ 😂")),
    ],
)
def test_fancy_letters_become_plain_and_other_scripts_stay(text: str, plain: str) -> None:
    assert plain_letters(text) == plain


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        *(("Crème brûlée", "Creme brulee"), ("Łódź Straße Øl", "Lodz Strasse Ol")),
        *(("ñandú", "nandu"), ("й ё", "й ё"), ("が", "が"), ("हिन्दी", "हिन्दी"), ("e\u0301", "e")),
    ],
)
def test_latin_letters_lose_their_accents_and_others_keep_them(text: str, plain: str) -> None:
    assert without_accents(text) == plain


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    once = without_accents(plain_letters(text))
    assert plain_letters(once) == once
    assert without_accents(once) == once
