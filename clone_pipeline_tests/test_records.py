from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline import records
from clone_pipeline.records import Dialogue, DialogueTurn, Message, QaConversation, QaTurn, Row

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
TIME = st.none() | st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
MESSAGES = st.builds(
    Message, message_id=TEXT, platform=TEXT, channel_id=TEXT, channel=TEXT, timestamp=TIME,
    author_id=TEXT, author=TEXT, persona=st.none() | TEXT, kind=st.sampled_from(["text", "bot"]),
    text=TEXT, reply_to=st.none() | TEXT, source_file=TEXT, conversation=st.none() | TEXT,
)  # fmt: skip
DIALOGUES = st.builds(
    Dialogue, dialogue_id=TEXT, persona=TEXT, conversation_id=TEXT, started=TIME, ended=TIME,
    turns=st.lists(
        st.builds(
            DialogueTurn, role=st.sampled_from(["other", "persona"]), name=TEXT, text=TEXT,
            message_ids=st.lists(TEXT, max_size=2),
        ),
        max_size=3,
    ),
)  # fmt: skip


@given(st.lists(MESSAGES, max_size=4))
def test_messages_come_back_from_a_table_as_they_went_in(rows: list[Message]) -> None:
    table = records.to_table(rows, records.MESSAGES)
    assert list(records.from_table(table, Message)) == rows


@given(st.lists(DIALOGUES, max_size=4))
def test_nested_turns_come_back_as_records(rows: list[Dialogue]) -> None:
    table = records.to_table(rows, records.PERSONA_DIALOGUES)
    assert list(records.from_table(table, Dialogue)) == rows


def test_qa_conversations_come_back_as_records() -> None:
    rows = [QaConversation("c", "k", ["p"], [QaTurn("human", "q?"), QaTurn("gpt", "a.")])]
    table = records.to_table(rows, records.QA_CONVERSATIONS)
    assert list(records.from_table(table, QaConversation)) == rows


def test_a_column_that_the_schema_lacks_is_left_out_and_comes_back_as_its_default() -> None:
    row = Row("r", "qa", "rag", "sharegpt", "{}", 1.0, ["c"], None, "c", split="train")
    table = records.to_table([row], records.DATASET_ROWS)
    assert "split" not in table.column_names
    (back,) = records.from_table(table, Row)
    assert back.split is None
