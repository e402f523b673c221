import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from clone_pipeline.chats import personal_data, regions
from clone_pipeline.chats.privacy import (
    Masker,
    PrivacySettings,
    load_masks,
    open_masker,
)
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.chats import planted

# Made up, or the examples of the standards; none is anybody's.
PERSONAL = {
    "EMAIL": ["anna.k+chat@example.org", "ÄNNA@exämple.co.uk"],
    "PHONE": [
        *("+49 151 23456789", "+1 (555) 123-4567", "(555) 123-4567", "555-123-4567", "5551234567"),
        *("0151 23456789", "030/1234567", "07700 900123", "06 12 34 56 78", "0044 20 7946 0958"),
        *("555-0134", "13812345678", "98765 43210", "090-1234-5678"),
    ],
    "CARD": ["4111 1111 1111 1111", "4111111111111111", "3782-822463-10005"],
    "IBAN": [
        "DE89 3704 0044 0532 0130 00",
        "GB29NWBK60161331926819",
        "mt84malt011000012345mtlcast001s",
    ],
    "IP": ["203.0.113.24", "2001:db8::ff00:42:8329"],
    "WALLET": [
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
        "0x00000000219ab540356cBB839Cbe05303d7705Fa",
    ],
    "KEY": [
        "sk-abcdefghij1klmnopqrstuvw",
        "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
        "AKIAIOSFODNN7EXAMPLE",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmN",
        "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----",
    ],
}
ORDINARY = [
    "see you at 12:30:45 on 12.12.2021, or 2021-12-30 22:01, or 31/12/2021",
    "1,000,000 people, 3.14159265358979, v1.2.3.4, 50% off, 100:1",
    "https://cdn.example.com/attachments/123456789012345678/987654321098765432/a.png",
    "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=1234567890",
    "<@806051234567890123> and 80605123456789012 and 1709312400 and 1709312400123",
    "std::vector::push_back ab::cd :joy::joy: 127.0.0.1 @anna @everyone",
    "the secret is love. my password: no. the token economy",
    "Pneumonoultramicroscopicsilicovolcanoconiosis is_a_very_long_identifier_here",
    "1234567890123456 is no card, DE00 XXXX no account",
    "[EMAIL_1] wrote to [PHONE_12]",
]
CASES = [(kind, text) for kind, texts in PERSONAL.items() for text in texts]


@pytest.mark.parametrize(("kind", "text"), CASES)
@pytest.mark.parametrize("frame", ["{}", "it is {}, ok?", "({})", "a\n{}\nb", "x: {}."])
def test_personal_data_is_masked_wherever_it_stands(kind: str, text: str, frame: str) -> None:
    masker = Masker()
    masked = masker.mask(frame.format(text))
    assert masked == frame.format(f"[{kind}_1]")
    assert frame.format(*masker.known.values()) == frame.format(text)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert Masker().mask(text) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("password: hunter22!", "password: [KEY_1]"),
        ("the api key is abc123xyz", "the api key is [KEY_1]"),
        ("SECRET=tr0ub4dor", "SECRET=[KEY_1]"),
    ],
)
def test_a_password_is_masked_by_the_word_before_it(text: str, masked: str) -> None:
    assert Masker().mask(text) == masked


def test_spellings_of_one_datum_have_one_placeholder() -> None:
    text = "Bob@Example.org bob@example.org +49 151 234567890 +4915-1234567890"
    assert Masker().mask(text) == "[EMAIL_1] [EMAIL_1] [PHONE_1] [PHONE_1]"


def test_what_is_to_be_kept_is_kept_however_it_is_spelt() -> None:
    masker = Masker(keep=["Shop@Example.org", "+49 151 23456789", "*@museum.example"])
    kept = "shop@example.org, +4915123456789, info@museum.example"
    assert masker.mask(f"{kept}, me@example.org") == f"{kept}, [EMAIL_1]"
    assert masker.chat([])([kept]) == [kept]
    assert list(masker.known.values()) == ["me@example.org"]


def test_only_the_kinds_that_are_wanted_are_masked() -> None:
    masker = Masker(kinds=["EMAIL"])
    text = "me@example.org or +49 151 23456789"
    assert masker.mask(text) == masker.chat([])([text])[0] == "[EMAIL_1] or +49 151 23456789"
    assert PrivacySettings(kinds=("EMAIL", "IP")).kinds == ("EMAIL", "IP")
    assert Masker(kinds=["IP"]).chat([])([text, "no"]) == [text, "no"]


@pytest.mark.parametrize(("kind", "text"), CASES)
def test_a_later_run_goes_on_with_the_same_numbers(tmp_path: Path, kind: str, text: str) -> None:
    with open_masker(tmp_path / ".private") as masker:
        masker.mask(f"first@example.org 203.0.113.9 {text}")
        first = masker.mask(f"so {text} again")
    with open_masker(tmp_path / ".private") as masker:
        assert masker.mask(f"so {text} again") == first
        assert masker.mask("new@example.org").startswith("[EMAIL_")
        assert masker.known[masker.mask("new@example.org")] == "new@example.org"


def test_the_map_is_for_its_owner_only(tmp_path: Path) -> None:
    with open_masker(tmp_path / ".private") as masker:
        masker.mask("a@example.org")
    path = tmp_path / ".private" / "masks.json"
    assert load_masks(path) == {"[EMAIL_1]": "a@example.org"}
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", ["{", "[]", '{"[EMAIL_1]": 3}'])
def test_a_broken_map_is_refused_rather_than_numbered_anew(tmp_path: Path, content: str) -> None:
    (tmp_path / "masks.json").write_text(content)
    with pytest.raises(FaultyInput, match=r"masks\.json"), open_masker(tmp_path):
        pass


PIECES = st.one_of(
    st.sampled_from([text for _, text in CASES] + ["[EMAIL_1]", "[KEY_2]", "password:", "secret="]),
    st.sampled_from(
        [case.text for case in planted.PERSONAL]
        + [text for texts in planted.HARMLESS.values() for text in texts]
    ),
    st.sampled_from(
        ["password is ", "密码是", "tel:", "wa.me/", "@", "<@", "https://", "Straße ", " St"]
    ),
    st.text(alphabet="0123456789.-+/ ()@:=[]aAbx_\n", max_size=14),
    st.text(alphabet="１２３４٣٤–\u00a0\u202f＠：é密", max_size=6),
    st.text(max_size=8),
)
TEXTS = st.builds(
    str.join, st.sampled_from(["", " ", "-", "/", "\0"]), st.lists(PIECES, max_size=6)
)
WHERE = st.sampled_from([[], *planted.TALK.values()])


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, talk=WHERE)
def test_masking_is_idempotent_stable_and_reversible(text: str, talk: list[str]) -> None:
    where = regions.judged(talk)
    masker = Masker()
    masked = masker.mask(text, where)
    assert masker.mask(masked, where) == masked
    assert masker.mask(text, where) == masked
    assert personal_data.find(personal_data.folded(masked), where) == []
    again = Masker(json.loads(json.dumps(masker.known)))
    assert again.mask(masked, where) == masked
    assert again.known == masker.known
    assert again.mask(text, where) == masked


@settings(max_examples=300, deadline=None)
@given(text=TEXTS)
def test_the_map_brings_the_text_back(text: str) -> None:
    masker = Masker()
    masked = masker.mask(text)
    assume("[EMAIL_" not in text and "[KEY_" not in text and "[PHONE_" not in text)
    assume("[CARD_" not in text)
    restored = masked
    for placeholder, original in reversed(masker.known.items()):
        restored = restored.replace(placeholder, original)
    letters = [
        re.sub(r"[\W_]", "", personal_data.folded(each)).casefold() for each in (restored, text)
    ]
    assert letters[0] == letters[1]


@settings(max_examples=300, deadline=None)
@given(texts=st.lists(TEXTS, max_size=12), talk=WHERE)
def test_a_list_of_texts_is_masked_as_each_is(texts: list[str], talk: list[str]) -> None:
    where = regions.judged(talk)
    one, other = Masker(), Masker()
    expected = [other.mask(text, where) for text in texts]
    assert one.chat(talk)(texts) == expected


LONG = {
    "digits": "1234567890" * 100_000,
    "digits apart": "1 2 3 4 5 6 7 8 9 0 " * 50_000,
    "pairs": "12 34 56 78 90 " * 66_000,
    "zeros": "01 02/03-" * 111_000,
    "groups of three": "212 555 " * 125_000,
    "dashes": "1-" * 500_000,
    "hyphens": "-" * 1_000_000,
    "dots": "1." * 500_000,
    "colons": "1:" * 500_000,
    "ats": "a@" * 500_000,
    "addresses": "a.b@c.d-" * 125_000,
    "ats alone": "@" * 1_000_000,
    "hexadecimal": "0123456789abcdef" * 62_500,
    "base58": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfN" * 30_000,
    "bech32": "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq" * 24_000,
    "keys": "-----BEGIN PRIVATE KEY-----" * 37_000,
    "passwords": "password: " * 100_000,
    "letters": "ab" * 500_000,
    "capitals": "AB " * 333_000,
    "users": "://a:b" * 166_000,
    "parameters": "https://x?token=" * 62_000,
    "groups": "DE89 3704 " * 100_000,
    "parentheses": "(0(0(0" * 166_000,
    "phrases": "seed: " + "word " * 200_000,
    "streets": "12 Main " * 125_000,
    "spaces": "password is" + " " * 1_000_000,
    "tokens": "eyJ" + "a" * 1_000_000,
    "plus": "+49 " * 250_000,
    "wide": "１２" * 500_000,
}


@pytest.mark.parametrize("name", LONG)
def test_no_text_takes_long(name: str) -> None:
    masker = Masker()
    start = time.process_time()
    masker.chat([])([LONG[name]])
    assert time.process_time() - start < 3
