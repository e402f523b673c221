"""From a thread's items to a persona's dialogues."""

from hypothesis import given

from clone_pipeline.chats.dialogues import persona_dialogues
from clone_pipeline.records import Dialogue, RedditItem, Turn
from clone_pipeline.reddit.chains import messages
from clone_pipeline_tests.chats.whole import conversed
from clone_pipeline_tests.reddit.trees import TITLE, forests, item

NOBODY: dict[str, str] = {}
PERSONAS = {"cy": "cyril"}


def dialogues_of(items: list[RedditItem]) -> tuple[list[Turn], list[Dialogue]]:
    told = messages(items, personas=PERSONAS, replacers=NOBODY)
    turns, dropped = conversed(told, gap_seconds=600)
    assert sum(len(turn.message_ids) for turn in turns) + dropped.total() == len(told)
    found, _ = persona_dialogues(
        turns, personas=["cyril"], names={"cyril": "Cyril"}, min_turns=2, max_turns=10,
        max_chars=8000, seed=0,
    )  # fmt: skip
    return turns, found


def test_a_thread_becomes_a_personas_dialogue_whatever_time_lies_between_the_replies() -> None:
    listed = [
        item("t3_a", text="They come at night and leave nothing."),
        item("t1_1", "t3_a", "Please read the rules of this place.", author="AutoModerator"),
        item("t1_2", "t3_a", "Have you tried copper tape around the bed?", author="Ben", at=600),
        item("t1_3", "t1_2", "> copper tape\n\nIt never worked for me.", author="cy", at=9000),
        item("t1_4", "t1_3", "Then pick them by torchlight.", author="ann", at=90_000),
        item("t1_5", "t1_4", "In my pyjamas, every night of May.", author="cy", at=900_000),
        item("t1_6", "t1_4", "Hedgehogs do it for me, honestly.", author="dee", at=900_001),
    ]
    turns, (dialogue,) = dialogues_of(listed)
    assert len({turn.conversation_id for turn in turns}) == 2
    assert [(turn.role, turn.name) for turn in dialogue.turns] == [
        ("other", "Others"), ("persona", "Cyril"), ("other", "Others"), ("persona", "Cyril"),
    ]  # fmt: skip
    assert dialogue.turns[0].text == (
        f"ann: {TITLE}\n\nThey come at night and leave nothing.\n"
        "Ben: Have you tried copper tape around the bed?"
    )
    assert [turn.text for turn in dialogue.turns[1:]] == [
        "It never worked for me.", "ann: Then pick them by torchlight.",
        "In my pyjamas, every night of May.",
    ]  # fmt: skip
    assert dialogue.turns[3].message_ids == ["reddit:t1_5"]


@given(forests())
def test_a_conversation_is_a_chain(items: list[RedditItem]) -> None:
    told = messages(items, personas=PERSONAS, replacers=NOBODY)
    by_id = {each.message_id: each.conversation for each in told}
    turns, _ = conversed(told, gap_seconds=1, small_conversation_messages=0)
    for turn in turns:
        assert len({by_id[name] for name in turn.message_ids}) == 1
    ids = {(turn.conversation_id, by_id[turn.message_ids[0]]) for turn in turns}
    assert len({one for one, _ in ids}) == len({other for _, other in ids}) == len(ids)
