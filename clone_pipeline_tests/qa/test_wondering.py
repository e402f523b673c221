import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.qa.clauses import is_name, main_clause
from clone_pipeline.qa.wondering import extracts, wonders
from clone_pipeline.qa.wording import base_forms, content, stem, words

ASKED = {
    "The crossing takes 25 minutes.": "How long does the crossing take?",
    "A return ticket costs 12 euros.": "How much does a return ticket cost?",
    "The whole work cost 212,000 crowns.": "How much did the whole work cost?",
    "The stair has 148 steps and two landings.": "How many steps does the stair have?",
    "A loaf needs 500 grams of flour.": "How many grams of flour does a loaf need?",
    "The tower is 31 metres high.": "How high is the tower?",
    "Climbers must be at least 110 centimetres tall.": "How tall must climbers be?",
    "The prisms are cleaned once a year with water.": "How often are the prisms cleaned?",
    "The club was founded in 1954 by eleven dockers.": "When was the club founded?",
    "In 2003 the coastguard placed a lamp on the gallery.": (
        "When did the coastguard place a lamp on the gallery?"
    ),
    "Bake the bread at 230 degrees for twenty minutes.": (
        "How long should you bake the bread at 230 degrees?"
    ),
    "Boats must be back early because the lights are weak.": "Why must boats be back early?",
    "Because eight panels pass, ships see one flash.": "Why do ships see one flash?",
    "The starter lives in the fridge.": "Where does the starter live?",
    "The boatman is Per Lund.": "Who is the boatman?",
    "Dagster is an orchestrator for data assets.": "What is Dagster?",
    "The double scull is called Marigold.": "What is the double scull called?",
    "Miners are rewarded for their efforts.": "What are miners rewarded for?",
    "Identities can be used to receive funds.": "What can identities be used for?",
    "Dagster helps you build data assets.": "What does Dagster help you do?",
    "Users can reset the clock by holding the red button.": "How can users reset the clock?",
    "To book a boat, write your name on the slate.": "How do you book a boat?",
    "If the red flag is up, the boats stay ashore.": "What happens if the red flag is up?",
    "The crust stays soft if the lid comes off too late.": (
        "What happens if the lid comes off too late?"
    ),
}


@pytest.mark.parametrize(("sentence", "question"), ASKED.items())
def test_plain_sentences_are_asked_about_in_plain_english(sentence: str, question: str) -> None:
    made = [wonder.question for wonder in wonders(sentence, text=sentence)]
    assert question in made


@pytest.mark.parametrize(
    "sentence",
    [
        "Before the tower was built, pilots steered by a boulder on the point.",
        "Balances and transactions associated with private addresses are confidential.",
        "Anyone can participate and contribute, no matter who.",
        "Go to the Verus channel.",
        "The referral system is implemented to reward users.",
        "On the night a storm broke two panes of the lantern.",
    ],
)
def test_nothing_is_asked_where_the_rules_see_no_question(sentence: str) -> None:
    assert wonders(sentence, text=sentence) == []


def test_extracts_are_the_sentence_or_its_start_that_still_holds_the_answer() -> None:
    sentence = "Each tour takes at most twelve people, because the lantern room is small."
    by_question = {w.question: extracts(sentence, w) for w in wonders(sentence, text=sentence)}
    assert by_question == {
        "Why does each tour take at most twelve people?": [sentence],
        "How many people does each tour take?": [
            sentence,
            "Each tour takes at most twelve people.",
        ],
    }


@given(st.text(alphabet=st.sampled_from("aeiou nrst TLB.,'1890"), max_size=80))
def test_any_sentence_gives_whole_questions_made_of_its_words(sentence: str) -> None:
    for wonder in wonders(sentence, text=sentence):
        assert wonder.question.endswith("?")
        assert wonder.question[0].isupper()
        assert extracts(sentence, wonder)[0] == sentence


def test_a_clause_is_put_in_question_order() -> None:
    clause = main_clause("The lens floats in a bath of mercury.", text="")
    assert clause is None or clause.asked("in mercury")
    clause = main_clause("The bath holds 120 kilograms.", text="")
    assert clause is not None
    assert clause.asked("") == "does the bath hold"


def test_names_keep_their_capital() -> None:
    assert is_name("VerusIDs", "")
    assert is_name("Alma", "the ferry Alma sails")
    assert not is_name("Members", "the members pay")
    assert not is_name("Mining", "Mining is fun.")


def test_words_keep_numbers_names_and_percentages_whole() -> None:
    assert words("At 09:00 VerusHash 2.2 took 5% of e-mail.") == [
        "At", "09:00", "VerusHash", "2.2", "took", "5%", "of", "e-mail",
    ]  # fmt: skip


def test_inflections_have_one_stem() -> None:
    for forms in (["distribute", "distributed", "distributes"], ["carry", "carried", "carries"],
                  ["keep", "kept", "keeps"], ["run", "running", "runs"]):  # fmt: skip
        assert len({stem(form) for form in forms}) == 1
    assert content("The lamps were burning.") == content("A lamp is burned")
    assert "distribute" in set(base_forms("distributed"))
    assert "stop" in set(base_forms("stopped"))
