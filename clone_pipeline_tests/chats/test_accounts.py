import pytest

from clone_pipeline.chats.accounts import Accounts, Names, names_shown, unmatched_accounts
from clone_pipeline.chats.pseudonyms import Pseudonyms, Which
from clone_pipeline.records import Message
from clone_pipeline.settings import FaultyInput

ANNA: Accounts = {"anna": {"neutral": ["ANNA"], "discord": ["111"]}}
MUM: Accounts = {"mum": {"whatsapp": ["Ute Kern", "+49 151 234 567 8"], "discord": ["222"]}}


def plain(text: str) -> str:
    return text


def given(which: Which, **names: str) -> Pseudonyms:
    return Pseudonyms(b"salt", which=which, taken=names.values())


def test_a_name_is_masked_only_where_it_is_no_number_of_a_platform() -> None:
    names = Names(ANNA, str.upper)
    assert names.of("neutral", "Anna", "Anna", "") == ("anna", "ANNA", "ANNA")
    assert names.of("neutral", "17", "Anna", "") == ("anna", "17", "ANNA")
    assert names.of("neutral", "ben", "Ben", "") == (None, "BEN", "BEN")
    assert names.channel("neutral", "77", "dm ben") == ("77", "DM BEN")


@pytest.mark.parametrize(
    ("wanted", "author"),
    [
        ("@anna", "Anna"),
        ("u/Anna", "anna"),
        ("Anna  K.", "\u200eanna k."),
        ("~ Anna", "Anna"),
        ("+49 151 23456789", "+49\u00a0151 234\u201156789"),
        ("Ａnna", "Anna"),
    ],
)
def test_an_account_is_found_however_it_is_written(wanted: str, author: str) -> None:
    assert Names({"anna": {"x": [wanted]}}, plain).of("x", author, author, "")[0] == "anna"


def test_an_id_is_looked_for_before_a_login_and_a_login_before_a_name() -> None:
    accounts = {"a": {"x": ["1"]}, "b": {"x": ["login"]}, "c": {"x": ["Name"]}}
    names = Names(accounts, plain)
    found = [names.of("x", *who)[0] for who in [("1", "Name", "login"), ("2", "Name", "login")]]
    assert found == ["a", "b"]
    assert names.of("x", "2", "Name", "other")[0] == "c"
    assert names.of("y", "1", "Name", "login")[0] is None


def test_a_person_is_one_author_on_every_platform() -> None:
    names = Names(ANNA, plain, people=MUM, names={"mum": "Mum"})
    assert names.of("whatsapp", "Ute Kern", "Ute Kern", "") == (None, "person:mum", "Mum")
    assert names.of("whatsapp", "+491512345678", "", "") == (None, "person:mum", "Mum")
    assert names.of("discord", "222", "ute", "ute#1") == (None, "person:mum", "Mum")


def test_an_account_claimed_twice_is_refused_with_every_claim() -> None:
    people = {"ben": {"discord": ["111"]}, "mum": {"neutral": ["anna "]}}
    with pytest.raises(FaultyInput) as refused:
        Names(ANNA, plain, people=people)
    assert [fault.where for fault in refused.value.faults] == [
        "people.ben.accounts.discord",
        "people.mum.accounts.neutral",
    ]


def test_a_replaced_reddit_user_is_the_persona_or_person_with_that_id_elsewhere() -> None:
    replacers = {"AnnaOnReddit": "111", "ute_k": "222", "Stranger": "333"}
    names = Names(ANNA, plain, people=MUM, names={"mum": "Mum"}, replacers=replacers)
    assert names.of("reddit", "annaonreddit", "annaonreddit", "")[0] == "anna"
    assert names.of("reddit", "ute_k", "ute_k", "") == (None, "person:mum", "Mum")
    assert names.of("reddit", "stranger", "stranger", "") == (None, "333", "stranger")
    assert names.of("discord", "stranger", "stranger", "")[1] == "stranger"


def test_an_account_in_clone_yaml_counts_more_than_a_replacer() -> None:
    people = {"ben": {"reddit": ["u/Both"]}}
    names = Names(ANNA, plain, people=people, replacers={"both": "111"})
    assert names.of("reddit", "both", "both", "") == (None, "person:ben", "ben")


def test_a_replaced_user_and_the_id_elsewhere_share_one_pseudonym() -> None:
    names = Names(ANNA, plain, replacers={"stranger": "333"}, pseudonyms=given("others"))
    assert names.of("reddit", "stranger", "stranger", "") == names.of("discord", "333", "S", "s")


def test_only_deleted_users_get_a_pseudonym_by_default_and_each_keeps_its_own() -> None:
    names = Names(ANNA, plain, pseudonyms=given("deleted"))
    first = names.of("discord", "1", "Deleted User", "")
    other = names.of("discord", "2", "Deleted User", "")
    assert first[:2] == (None, "1")
    assert names.of("discord", "1", "Deleted User", "") == first
    assert len({first[2], other[2], "Deleted User"}) == 3
    assert names.of("discord", "3", "Ben", "") == (None, "3", "Ben")
    assert not names.aliases


def test_nobody_gets_a_pseudonym_if_none_are_wanted() -> None:
    names = Names(ANNA, plain, pseudonyms=given("none"))
    assert names.of("discord", "1", "Deleted User", "") == (None, "1", "Deleted User")


def test_with_others_nothing_of_a_stranger_is_shown() -> None:
    names = Names(
        ANNA, plain, people=MUM, names={"mum": "Mum"}, pseudonyms=given("others", anna="Anna")
    )
    persona, shown_id, shown = names.of("discord", "333", "Ben Okafor", "ben_o")
    assert persona is None
    assert shown_id.startswith("user:")
    assert "333" not in shown_id
    assert names.of("discord", "222", "Ute", "ute") == (None, "person:mum", "Mum")
    assert names.of("neutral", "anna", "Anna", "") == ("anna", "anna", "Anna")
    assert names.aliases == {"Ben Okafor": shown, "ben_o": shown, "Ute": "Mum", "ute": "Mum"}
    assert names.kept == {"Anna"}
    assert names.shown == {shown, "Mum", "Anna"}


def test_lines_of_nobody_stay_so() -> None:
    assert Names(ANNA, plain, pseudonyms=given("others")).of("x", "", "", "") == (None, "", "")


def test_a_persona_without_messages_is_told_who_writes_most() -> None:
    accounts = {"anna": {"neutral": ["anna"]}, "zed": {"neutral": ["qqqq"], "discord": []}}
    written = {("neutral", None, "Ben"): 2, ("neutral", "anna", "Anna"): 1, ("x", None, "C"): 9}
    (fault,) = unmatched_accounts(written, accounts=accounts)
    assert fault.where == "personas.zed.accounts.neutral"
    assert fault.fix == "Who writes most there: Ben, Anna."


def test_a_misspelt_account_is_told_with_the_closest_name() -> None:
    written: dict[tuple[str, str | None, str], int] = {("discord", None, "Nick 1"): 1}
    (fault,) = unmatched_accounts(written, accounts={"anna": {"discord": ["Nik 1"]}})
    assert fault.fix == "Did you mean `Nick 1`?"


def test_a_person_without_messages_is_told() -> None:
    written: dict[tuple[str, str | None, str], int] = {
        ("discord", None, "Ute"): 1,
        ("whatsapp", None, "Mum"): 1,
    }
    people = {"mum": {"discord": ["Utte"], "whatsapp": ["Mum"]}}
    (fault,) = unmatched_accounts(written, accounts={}, people=people, names={"mum": "Mum"})
    assert fault.where == "people.mum.accounts.discord"
    assert fault.fix == "Did you mean `Ute`?"


def test_an_id_that_is_a_name_is_replaced_in_texts_too() -> None:
    names = Names(ANNA, plain, pseudonyms=given("others"))
    _, _, shown = names.of("neutral", "kerstin.o", "Kerstin", "")
    names.of("discord", "333", "Ben", "")
    assert names.aliases["kerstin.o"] == shown
    assert "333" not in names.aliases


def test_reddit_s_authors_are_known_and_hidden_as_others_are() -> None:
    people = {"mum": {"reddit": ["/u/Ute_K"]}}
    names = Names(
        {"anna": {"reddit": ["anna"]}}, plain, people=people, names={"mum": "Mum"},
        pseudonyms=given("others"),
    )  # fmt: skip
    told = [
        Message(
            f"reddit:{n}", "reddit", "r/x", "r/x", None, who, who, persona, "text", "t", None, "s"
        )
        for n, (who, persona) in enumerate([("anna", "anna"), ("ute_k", None), ("zofka", None)])
    ]  # fmt: skip
    anna, mum, other = names_shown(told, names)
    assert anna == told[0]
    assert (mum.author_id, mum.author) == ("person:mum", "Mum")
    assert "zofka" not in other.author_id + other.author
    assert names.aliases["zofka"] == other.author
