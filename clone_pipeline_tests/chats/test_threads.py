"""Conversations of a session: own lines, laws, and the annotated IRC logs."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.chats.threads import Said, disentangle, links
from clone_pipeline_tests.chats.gold_threads import LEFT, figures, read_all, score, together
from clone_pipeline_tests.chats.samples import corpus

NAMES = ("Anna", "Ben", "Cleo", "Dan Berg", "Eve")
SAID = st.builds(
    Said,
    message_id=st.integers(0, 30).map(str),
    author_id=st.sampled_from(NAMES),
    author=st.sampled_from(NAMES),
    text=st.text(max_size=80)
    | st.builds("{}: {}".format, st.sampled_from(NAMES), st.text(max_size=20)),
    time=st.none() | st.floats(0, 10_000),
    reply_to=st.none() | st.integers(0, 30).map(str),
)


def talk(script: str) -> list[Said]:
    """A line "seconds author text" of the script each; "^3" before the text replies to line 3."""
    said = []
    for number, line in enumerate(script.strip().splitlines()):
        seconds, author, text = line.split(None, 2)
        reply = None
        if text.startswith("^"):
            reply, _, text = text[1:].partition(" ")
        said.append(Said(str(number), author.lower(), author, text, float(seconds), reply))
    return said


TWO_AT_ONCE = """
0 Anna does anyone know when the pool opens on sunday?
20 Cleo what do you all bring to the party tonight?
30 Ben Anna: at ten
40 Dan Cleo, a cake
45 Anna Ben: and the sauna?
50 Cleo nice!
60 Ben at noon I think
70 Dan Cleo, with candles
75 Anna thanks Ben
"""


def test_two_conversations_that_name_each_other_are_told_apart() -> None:
    assert disentangle(talk(TWO_AT_ONCE)) == [[0, 2, 4, 6, 8], [1, 3, 5, 7]]
    assert links(talk(TWO_AT_ONCE)) == [None, None, 0, 1, 2, 3, 4, 5, 6]


def test_a_reply_is_in_the_conversation_of_what_it_answers() -> None:
    script = """
        0 Anna the train is late again
        10 Ben what shall we cook tomorrow evening?
        20 Cleo ^0 oh no
        25 Dan ^1 soup
        30 Anna ^2 half an hour
        35 Ben ^3 again?
    """
    group = talk(script)
    assert disentangle(group) == [[0, 2, 4], [1, 3, 5]]


def test_a_reply_to_something_that_is_not_in_the_session_is_like_any_other_line() -> None:
    linked, plain = talk(TWO_AT_ONCE.replace(" nice!", " ^99 nice!")), talk(TWO_AT_ONCE)
    assert links(linked) == links(plain)


def test_nothing_is_cut_where_nobody_names_or_answers_anyone() -> None:
    lines = [f"{20 * n} {NAMES[n % 3]} so it goes, {n}?" for n in range(40)]
    assert disentangle(talk("\n".join(lines))) == [list(range(40))]


def test_friends_who_seldom_name_each_other_stay_together() -> None:
    script = """
        0 Anna who comes on saturday?
        20 Ben me
        35 Cleo me too
        50 Dan can't, work
        90 Ben what about sunday then?
        100 Cleo Dan, until when?
        130 Dan until ten, I could come later
        200 Eve hey what did I miss
        210 Ben ^0 the party
    """
    assert disentangle(talk(script)) == [list(range(9))]


def test_two_people_are_one_conversation_whatever_they_say() -> None:
    group = talk("0 Anna Ben: hi\n10 Ben what is this?\n500 Anna ^0 hello Ben\n501 Ben hello")
    assert disentangle(group) == [[0, 1, 2, 3]]


def test_nothing_said_is_no_conversation() -> None:
    assert disentangle([]) == []
    assert links([]) == []


@given(st.lists(SAID, max_size=40))
def test_conversations_are_a_partition_in_order(group: list[Said]) -> None:
    found = disentangle(group)
    assert sorted(place for conversation in found for place in conversation) == [*range(len(group))]
    assert all(conversation == sorted(conversation) for conversation in found)
    assert [conversation[0] for conversation in found] == sorted(c[0] for c in found)


@given(st.lists(SAID, max_size=40))
def test_a_link_leads_back_and_stays_in_its_conversation(group: list[Said]) -> None:
    number = {place: n for n, places in enumerate(disentangle(group)) for place in places}
    for place, answers in enumerate(links(group)):
        assert answers is None or (answers < place and number[answers] == number[place])


@given(st.lists(SAID, min_size=1, max_size=40, unique_by=lambda said: said.message_id))
def test_a_reply_never_leaves_what_it_answers(group: list[Said]) -> None:
    number = {place: n for n, places in enumerate(disentangle(group)) for place in places}
    places = {said.message_id: place for place, said in enumerate(group)}
    for place, said in enumerate(group):
        target = places.get(said.reply_to or "")
        if target is not None and target < place:
            assert number[target] == number[place]


@pytest.mark.parametrize("authors", [3, 2000])
def test_a_session_of_a_hundred_thousand_lines_takes_seconds(authors: int) -> None:
    group = [
        Said(str(n), f"n{n % authors}", f"n{n % authors}", f"n{n * 7 % authors}: yes?", n, None)
        for n in range(100_000)
    ]
    began = time.process_time()
    disentangle(group)
    assert time.process_time() - began < 3


def test_on_annotated_logs_the_splitter_finds_twice_the_links_of_the_gap_rule() -> None:
    logs = read_all(corpus())

    def measured(linker: object) -> dict[str, float]:
        assert callable(linker)
        return figures(together([score(logs[name], linker) for name in LEFT]))

    ours = measured(links)
    plain = measured(lambda group: [None, *range(len(group) - 1)])
    assert plain["f1"] < 0.26
    assert ours["precision"] > 0.64
    assert ours["recall"] > 0.61
    assert ours["vi"] > 0.84
    assert ours["one_to_one"] > 0.72
