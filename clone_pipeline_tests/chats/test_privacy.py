import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clone_pipeline.chats.privacy import Masker, load_masks, open_masker
from clone_pipeline.settings import FaultyInput

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


def test_what_is_to_be_kept_is_kept() -> None:
    masker = Masker(keep=["Shop@Example.org"])
    assert masker.mask("shop@example.org, me@example.org") == "shop@example.org, [EMAIL_1]"


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
    st.text(alphabet="0123456789.-+/ ()@:=[]aAbx_\n", max_size=14),
    st.text(max_size=8),
)


@settings(max_examples=300, deadline=None)
@given(pieces=st.lists(PIECES, max_size=6), glue=st.sampled_from(["", " ", "-", "/"]))
def test_masking_is_idempotent_stable_and_reversible(pieces: list[str], glue: str) -> None:
    text = glue.join(pieces)
    masker = Masker()
    masked = masker.mask(text)
    assert masker.mask(masked) == masked
    assert masker.mask(text) == masked
    again = Masker(json.loads(json.dumps(masker.known)))
    assert again.mask(masked) == masked
    assert again.known == masker.known
