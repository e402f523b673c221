import hashlib
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.llm.journal_packing import (
    DICTIONARY,
    LONG_CHARS,
    compress,
    decompress,
    numbers_in,
    pack,
    skeleton_of,
    unpack,
)

TEXTS: list[bytes] = []


def number_of(text: bytes) -> int:
    if text not in TEXTS:
        TEXTS.append(text)
    return TEXTS.index(text)


def text_of(number: int) -> bytes:
    return TEXTS[number]


paragraph = st.text("ab\n é", max_size=8).map(lambda text: text * 40) | st.text("ab\n", max_size=9)
content = st.lists(paragraph, max_size=5).map("\n\n".join)
message = st.fixed_dictionaries({"role": st.sampled_from(["system", "user"]), "content": content})
odd = st.sampled_from([{"role": "user", "content": [{"type": "text"}]}, {"role": "user"}])
requests = st.fixed_dictionaries(
    {
        "model": st.text(max_size=3),
        "messages": st.lists(message | odd, max_size=4),
        "vote": st.integers(0, 9),
        "extra": st.dictionaries(st.text(max_size=2), content, max_size=2),
        "temperature": st.sampled_from([0.0, 1.0, 0.25]),
    }
)


@given(requests)
def test_a_request_comes_back_as_it_was(plain: dict[str, Any]) -> None:
    skeleton = skeleton_of(pack(plain), number_of)
    assert unpack(skeleton, plain["vote"], text_of) == plain
    assert all(len(text_of(number)) >= LONG_CHARS for number in numbers_in(skeleton))


@given(requests)
def test_votes_on_one_question_share_a_skeleton(plain: dict[str, Any]) -> None:
    other = plain | {"vote": 10}
    assert skeleton_of(pack(plain), number_of) == skeleton_of(pack(other), number_of)


def test_what_two_prompts_share_is_stored_once() -> None:
    head, passage = "Judge. " * 100, "A passage. " * 30
    asked = [
        {
            "model": "m",
            "messages": [
                {"role": "system", "content": head},
                {"role": "user", "content": f"Text:\n\n{passage}\n\nQuestion: {number}?"},
            ],
        }
        for number in (1, 2)
    ]
    one, two = (list(numbers_in(skeleton_of(pack(plain), number_of))) for plain in asked)
    assert one == two
    assert [text_of(number).decode() for number in one] == [head, f"{passage}\n\n"]


@given(st.binary(max_size=3000))
def test_what_was_compressed_comes_back(content: bytes) -> None:
    assert decompress(compress(content)) == content


@pytest.mark.parametrize("cut", [0, 1, 30])
def test_a_stream_that_was_cut_or_changed_is_no_answer(cut: int) -> None:
    whole = compress(b"The answer is ACCURATE. " * 9 + bytes(range(99)))
    with pytest.raises(zlib.error):
        decompress(whole[:cut])
    turned = bytearray(whole)
    turned[cut] ^= 4
    with pytest.raises(zlib.error):
        decompress(bytes(turned))


def test_the_dictionary_is_that_of_the_files_there_are() -> None:
    assert hashlib.sha256(DICTIONARY).hexdigest().startswith("f9a39d9ea7041718")
