import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.chats.common_words import COMMON_WORDS
from clone_pipeline.chats.first_names import FIRST_NAMES
from clone_pipeline.chats.pseudonyms import Pseudonyms, has_no_name, open_pseudonyms
from clone_pipeline.settings import FaultyInput


@given(st.lists(st.text(max_size=5)), st.binary(min_size=1, max_size=99), st.sets(st.text()))
def test_no_two_have_one_pseudonym_and_each_keeps_it(
    identities: list[str], salt: bytes, taken: set[str]
) -> None:
    made = Pseudonyms(salt, which="others", taken=taken)
    first = {each: made.of(each) for each in identities}
    assert len({name.casefold() for name in first.values()}) == len(set(identities))
    assert not {name.casefold() for name in first.values()} & {name.casefold() for name in taken}
    later = Pseudonyms(salt, which="others", given=made.given)
    assert first == {each: later.of(each) for each in reversed(identities)}


def test_more_people_than_names_get_numbers() -> None:
    made = Pseudonyms(b"s", which="others")
    names = {made.of(f"x:{n}") for n in range(3 * len(FIRST_NAMES))}
    assert len(names) == 3 * len(FIRST_NAMES)
    assert any(name.endswith(" 2") for name in names)


def test_a_pseudonym_tells_nothing_without_the_salt() -> None:
    made = [Pseudonyms(salt, which="others") for salt in (b"one", b"two")]
    ids = [f"discord:{n}" for n in range(20)]
    assert [made[0].of(i) for i in ids] != [made[1].of(i) for i in ids]
    assert made[0].hidden_id(ids[0]) != made[1].hidden_id(ids[0])


def test_a_name_that_somebody_bears_is_given_to_nobody_else() -> None:
    drawn = Pseudonyms(b"s", which="deleted").of("x:1")
    made = Pseudonyms(b"s", which="deleted")
    made.avoid(drawn)
    assert made.of("x:1") == f"{drawn} 2"


def test_pseudonyms_stay_from_run_to_run_in_a_private_file(tmp_path: Path) -> None:
    folder = tmp_path / ".private"
    with open_pseudonyms(folder, taken=["Anna"]) as made:
        first = made.of("discord:1")
    path = folder / "pseudonyms.json"
    assert path.stat().st_mode & 0o777 == 0o600
    with open_pseudonyms(folder) as made:
        made.of("discord:0")
        assert made.of("discord:1") == first
    assert len(json.loads(path.read_text())["given"]) == 2


def test_a_run_that_gave_none_leaves_no_file(tmp_path: Path) -> None:
    with open_pseudonyms(tmp_path, which="none"):
        pass
    assert not (tmp_path / "pseudonyms.json").exists()


@pytest.mark.parametrize("stored", ["", "[]", '{"salt": "xy", "given": {}}', '{"salt": "00"}',
                                    '{"salt": "00", "given": {"a": 1}}', "null"])  # fmt: skip
def test_a_broken_file_is_refused(tmp_path: Path, stored: str) -> None:
    (tmp_path / "pseudonyms.json").write_text(stored)
    with pytest.raises(FaultyInput, match="no list of pseudonyms"), open_pseudonyms(tmp_path):
        pass


@pytest.mark.parametrize(
    ("platform", "author"),
    [
        ("discord", "Deleted User"),
        ("discord", "deleted_user_0a1b2c3d"),
        ("telegram", "Deleted Account"),
        ("telegram", "Удалённый аккаунт"),
        ("telegram", ""),
        ("messenger", "Facebook user"),
        ("messenger", "Facebook User"),
        ("instagram", "Instagram User"),
        ("slack", "U024BE7LH"),
        ("slack", "Deactivated User"),
        ("reddit", "[deleted]"),
    ],
)
def test_what_platforms_show_of_deleted_accounts_is_no_name(platform: str, author: str) -> None:
    assert has_no_name(platform, author)


@pytest.mark.parametrize(
    ("platform", "author"), [("discord", "U024BE7LH"), ("slack", "Ulla"), ("x", "Deleted")]
)
def test_names_are_names(platform: str, author: str) -> None:
    assert not has_no_name(platform, author)


def test_no_pseudonym_is_an_everyday_word_and_none_is_there_twice() -> None:
    assert len({name.casefold() for name in FIRST_NAMES}) == len(FIRST_NAMES) > 400
    assert not {name.casefold() for name in FIRST_NAMES} & COMMON_WORDS
