"""Replies put behind what they answer: own lines and laws."""

import time

from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.chats.threads import Said, rethreaded
from clone_pipeline_tests.chats.test_threads import SAID, talk


def order(script: str) -> str:
    """The first words of the lines in their new order."""
    group = talk(script)
    return " ".join(group[place].text.split()[0] for place in rethreaded(group))


def test_a_late_reply_goes_behind_what_it_answers_with_what_its_author_added() -> None:
    script = """
        0 Anna who
        5 Anna tonight
        9 Cleo dinner
        12 Dan pizza
        20 Ben ^0 me
        22 Ben gladly
        30 Cleo then
    """
    assert order(script) == "who tonight me gladly dinner pizza then"


def test_what_the_two_say_directly_after_a_reply_goes_with_it() -> None:
    script = "0 Anna q\n5 Cleo x\n9 Ben ^0 a\n12 Anna thanks\n13 Ben welcome\n15 Cleo y"
    assert order(script) == "q a thanks welcome x y"


def test_replies_to_one_message_keep_their_order_and_replies_to_replies_follow_them() -> None:
    script = "0 Anna q\n1 Dan x\n2 Ben ^0 one\n3 Cleo ^0 two\n4 Dan ^2 of-one\n5 Eve ^3 of-two"
    assert order(script) == "q one of-one two of-two x"


def test_a_reply_that_already_follows_moves_nothing() -> None:
    script = "0 Anna q\n1 Anna more\n2 Ben ^0 a\n3 Anna ^2 b\n4 Cleo c"
    assert order(script) == "q more a b c"


def test_links_that_lead_nowhere_forward_or_to_themselves_move_nothing() -> None:
    assert order("0 Anna ^9 a\n1 Ben ^1 b\n2 Cleo ^3 c\n3 Anna d") == "a b c d"


@given(st.lists(SAID, max_size=40))
def test_an_order_has_every_place_once(group: list[Said]) -> None:
    assert sorted(rethreaded(group)) == [*range(len(group))]


@given(st.lists(SAID, max_size=40, unique_by=lambda said: said.message_id))
def test_a_reply_never_comes_before_what_it_answers(group: list[Said]) -> None:
    new = {place: number for number, place in enumerate(rethreaded(group))}
    places = {said.message_id: place for place, said in enumerate(group)}
    for place, said in enumerate(group):
        target = places.get(said.reply_to or "")
        if target is not None and target < place:
            assert new[target] < new[place]


@given(st.lists(SAID, max_size=40))
def test_without_replies_nothing_moves(group: list[Said]) -> None:
    silent = [said._replace(reply_to=None) for said in group]
    assert rethreaded(silent) == [*range(len(group))]


def test_a_chain_of_a_hundred_thousand_replies_takes_seconds() -> None:
    group = [Said(str(n), str(n % 7), "", "", n, str(n // 2)) for n in range(100_000)]
    began = time.process_time()
    assert sorted(rethreaded(group)) == [*range(100_000)]
    assert time.process_time() - began < 3
