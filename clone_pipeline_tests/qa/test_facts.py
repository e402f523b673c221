import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.qa.facts import content, facts


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "# The ferry\n\nThe ferry sails at 9 a.m. and returns at noon. Tickets, e.g. returns, "
            "are sold on board.\n",
            [
                "The ferry sails at 9 a.m. and returns at noon.",
                "Tickets, e.g. returns, are sold on board.",
            ],
        ),
        (
            'The keeper calls "Lights out." The boy then closes the shutters (all of them.) Go.',
            [
                'The keeper calls "Lights out."',
                "The boy then closes the shutters (all of them.)",
            ],
        ),
        (
            "Do this:\n\n1. Close the outlet valve.\n2. Open the bleed screw by one turn.\n",
            ["Close the outlet valve.", "Open the bleed screw by one turn."],
        ),
        (
            "| Lamp | Meaning |\n| --- | --- |\n| red | stop the pump at once |\n",
            ["red , stop the pump at once"],
        ),
        ("```\nrun the pump for three minutes\n```\n[Home](/) [Contact](/contact)\n", []),
        ('> pump \'{"jsonrpc": "1.0", "id": "x", "params": ["a", "b", "c"]}\'', []),
        ("Have you ever bled a diesel pump? See https://example.org/pump for pictures.", []),
        (
            "Die Fähre fährt zweimal täglich, z.B. um neun. Fahrräder reisen kostenlos mit.",
            [
                "Die Fähre fährt zweimal täglich, z.B. um neun.",
                "Fahrräder reisen kostenlos mit.",
            ],
        ),
        (
            "渡し船は一日に二回出ます。切符は七ユーロです。",
            ["渡し船は一日に二回出ます。", "切符は七ユーロです。"],
        ),
        (
            "नाव दिन में दो बार चलती है। टिकट नाव पर ही मिलता है।",
            ["नाव दिन में दो बार चलती है।", "टिकट नाव पर ही मिलता है।"],
        ),
        ("เรือออกวันละสองครั้งตอนเช้าและบ่าย", ["เรือออกวันละสองครั้งตอนเช้าและบ่าย"]),
    ],
)
def test_facts_are_the_sentences_list_items_and_rows_that_say_something(
    text: str, found: list[str]
) -> None:
    assert facts(text) == found


def test_a_fact_that_stands_twice_is_one() -> None:
    assert len(facts("The ferry sails twice a day. The ferry sails twice a day.")) == 1


def test_inflected_words_and_words_with_underscores_have_one_form() -> None:
    assert content("The ferries sailed") == content("A ferry sails")
    assert content("DEST_ETH (9)") == content("DESTETH 9")


@given(st.text())
def test_facts_are_read_from_any_text(text: str) -> None:
    assert all(fact.strip() == fact and content(fact) for fact in facts(text))
