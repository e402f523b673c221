from clone_pipeline.chats.accounts import Names, unmatched_accounts
from clone_pipeline_tests.chats.samples import message


def test_a_name_is_decided_once_and_masked_only_where_it_is_no_number_of_a_platform() -> None:
    asked: list[str] = []

    def mask(text: str) -> str:
        asked.append(text)
        return text.upper()

    names = Names({"anna": {"neutral": ["ANNA"]}}, mask)
    listed = [
        message(n, author_id=who, author="Anna") for n, who in enumerate(["Anna", "17", "Anna"])
    ]
    assert [names(m) for m in listed] == [
        ("anna", "ANNA", "ANNA"),
        ("anna", "17", "ANNA"),
        ("anna", "ANNA", "ANNA"),
    ]
    assert asked == ["Anna", "Anna"]


def test_a_persona_without_messages_is_told_who_writes_most() -> None:
    listed = [message(0, author="ben"), message(1, author="anna")]
    accounts = {"anna": {"neutral": ["anna"]}, "zed": {"neutral": ["qqqq"], "discord": []}}
    (fault,) = unmatched_accounts(listed, accounts=accounts)
    assert fault.where == "personas.zed.accounts.neutral"
    assert "Ben" in fault.fix
