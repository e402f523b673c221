"""Threads as messages, chain by chain."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.records import Message, RedditItem
from clone_pipeline.reddit.chains import BOTS, chains_of, messages, only_links, without_quotes
from clone_pipeline.reddit.nesting import threads
from clone_pipeline_tests.reddit.trees import START, TITLE, deep, forests, item

NOBODY: dict[str, str] = {}
PERSONAS = {"cy": "cyril"}


def chains(items: list[RedditItem], **personas: str) -> list[list[str]]:
    """The messages' ids, chain by chain, without `reddit:`."""
    found: dict[str | None, list[str]] = {}
    for each in messages(items, personas=personas, replacers=NOBODY):
        found.setdefault(each.conversation, []).append(each.message_id.removeprefix("reddit:"))
    return list(found.values())


def one(each: RedditItem) -> Message:
    (told,) = messages([each], personas=NOBODY, replacers=NOBODY)
    return told


@given(forests())
def test_every_item_is_told_exactly_once(items: list[RedditItem]) -> None:
    told = [each.message_id for each in messages(items, personas=PERSONAS, replacers=NOBODY)]
    assert sorted(told) == sorted(f"reddit:{each.item_id}" for each in items)


@given(forests())
def test_a_chain_is_a_path_from_parent_to_child_of_one_thread(items: list[RedditItem]) -> None:
    parents = {each.item_id: each.parent_id for each in items}
    for thread in threads(items):
        for chain in chains_of(thread, PERSONAS):
            names = [each.item_id for each in chain]
            assert [parents[name] for name in names[1:]] == names[:-1]
            assert all(each.thread_id == thread.thread_id for each in chain)
            assert sorted(chain, key=lambda each: each.created) == chain


@given(forests(), st.randoms())
def test_messages_are_the_same_whatever_the_order_of_the_items(
    items: list[RedditItem], rng: object
) -> None:
    mixed = list(items)
    rng.shuffle(mixed)  # type: ignore[attr-defined]
    arguments = {"personas": PERSONAS, "replacers": {"BEN": "123"}}
    assert messages(mixed, **arguments) == messages(items, **arguments)


@given(forests())
def test_chains_stand_together_in_the_order_of_their_beginnings(items: list[RedditItem]) -> None:
    told = messages(items, personas=NOBODY, replacers=NOBODY)
    names = [each.conversation for each in told]
    starts = [each for place, each in enumerate(told) if names.index(names[place]) == place]
    assert len(set(names)) == 1 + sum(a != b for a, b in zip(names, names[1:], strict=False)) or (
        not names
    )
    times = [each.timestamp for each in starts if each.timestamp]
    assert times == sorted(times)
    assert all(
        each.conversation and each.conversation.endswith(each.message_id.removeprefix("reddit"))
        for each in starts
    )


def test_a_fork_goes_on_to_a_personas_reply_then_to_one_above_a_persona_then_by_score() -> None:
    listed = [
        item("t3_a"),
        item("t1_1", "t3_a", "best", score=99),
        item("t1_2", "t3_a", "far above cy", score=5),
        item("t1_3", "t3_a", "near above cy"),
        item("t1_4", "t1_2", "between"),
        item("t1_5", "t1_4", "late", author="cy"),
        item("t1_6", "t1_3", "soon", author="Cy"),
        item("t1_7", "t1_3", "not soon", author="cy", at=8),
    ]
    assert chains(listed, cy="cyril") == [
        ["t3_a", "t1_3", "t1_6"], ["t1_1"], ["t1_2", "t1_4", "t1_5"], ["t1_7"],
    ]  # fmt: skip
    direct = [*listed, item("t1_9", "t3_a", "direct", author="cy", score=-9)]
    assert chains(direct, cy="cyril")[0] == ["t3_a", "t1_9"]
    assert chains(listed)[0] == ["t3_a", "t1_1"]


def test_equal_scores_go_to_the_oldest_and_then_to_the_smallest_id() -> None:
    listed = [
        item("t3_a"),
        item("t1_zz", "t3_a", at=5),
        item("t1_abc", "t3_a", at=5),
        item("t1_late", "t3_a", at=6),
    ]
    assert chains(listed) == [["t3_a", "t1_zz"], ["t1_abc"], ["t1_late"]]


def test_a_bots_reply_does_not_lead_a_chain_astray() -> None:
    bot = item("t1_1", "t3_a", "Read the rules.", author="AutoModerator", score=500)
    listed = [item("t3_a"), bot, item("t1_2", "t3_a", "copper", score=-1)]
    assert chains(listed) == [["t3_a", "t1_2"], ["t1_1"]]
    assert one(bot).kind == "bot"
    assert all(one(item("t1_1", author=name)).kind == "bot" for name in BOTS)
    assert one(item("t1_1", author="robot_gpt2_bot", text="hi")).kind == "text"


def test_a_comment_without_its_parent_begins_a_chain() -> None:
    listed = [item("t3_a"), item("t1_2", "t1_1", "orphan"), item("t1_3", "t1_2", "answer")]
    told = messages(listed, personas=NOBODY, replacers=NOBODY)
    assert [each.conversation for each in told] == [
        "reddit:t3_a:t3_a", "reddit:t3_a:t1_2", "reddit:t3_a:t1_2",
    ]  # fmt: skip
    assert [each.reply_to for each in told] == [None, None, "reddit:t1_2"]


def test_a_message_says_where_when_and_whose_it_is() -> None:
    edited = START + timedelta(hours=1)
    (told,) = messages(
        [item("t3_a", text="They &amp; their eggs.", author="Cy", edited=edited)],
        personas=PERSONAS,
        replacers={"cY": "806051627198709760"},
    )
    assert told == Message(
        message_id="reddit:t3_a", platform="reddit", channel_id="r/gardening",
        channel="r/gardening", timestamp=START, author_id="806051627198709760", author="Cy",
        persona="cyril", kind="text", text=f"{TITLE}\n\nThey & their eggs.", reply_to=None,
        source_file="reddit/gardening/2024-05-01", conversation="reddit:t3_a:t3_a", edited=edited,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("each", "kind", "text"),
    [
        (item("t3_a", url="https://x.org/slug.png"), "text", TITLE),
        (item("t1_1", text="https://x.org\nwww.y.org"), "link", "https://x.org\nwww.y.org"),
        (item("t1_1", text="![gif](giphy|abc)"), "image", "![gif](giphy|abc)"),
        (item("t1_1", text="see https://x.org"), "text", "see https://x.org"),
        (item("t1_1"), "text", ""),
    ],
)
def test_a_link_posts_title_is_text_and_a_bare_link_is_none(
    each: RedditItem, kind: str, text: str
) -> None:
    told = one(each)
    assert (told.kind, told.text) == (kind, text)


def test_many_links_without_a_blank_are_read_in_no_time() -> None:
    assert not only_links("http://a" * 5000 + " x")
    assert only_links("http://a" * 5000)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("> They come at NIGHT...\n\nWith a torch?", "With a torch?"),
        ("> They come\n> at night\n>\nNo.\n> By day!\nNo", "No.\n> By day!\nNo"),
        (">!They come at night!<", ">!They come at night!<"),
        ("> They come at night", "> They come at night"),
    ],
)
def test_what_the_conversation_has_said_is_not_quoted_again(text: str, left: str) -> None:
    assert without_quotes(text, ["They *come* at night."]) == left


def test_the_first_of_a_chain_keeps_its_quotes() -> None:
    listed = [
        item("t3_a"),
        item("t1_1", "t3_a", "Beer traps work.", score=9),
        item("t1_2", "t1_1", "&gt; Beer traps work.\n\nNot here.", score=2),
        item("t1_3", "t1_1", "> Beer traps work.\n\nFor a week."),
    ]
    texts = {each.message_id: each.text for each in messages(listed, personas={}, replacers=NOBODY)}
    assert texts["reddit:t1_2"] == "Not here."
    assert texts["reddit:t1_3"].startswith("> Beer traps")


def test_a_tree_of_five_thousand_levels_is_one_chain() -> None:
    assert [len(chain) for chain in chains(deep(5000))] == [5001]
