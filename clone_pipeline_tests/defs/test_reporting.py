from typing import cast

import dagster as dg
import pyarrow as pa

from clone_pipeline import records
from clone_pipeline.defs.column_notes import NOTES
from clone_pipeline.defs.reporting import PREVIEW_CHARACTERS, counted, preview
from clone_pipeline.funnel import StageCount


def test_every_column_of_every_table_has_a_note_and_no_other() -> None:
    schemas = [each for each in vars(records).values() if isinstance(each, pa.Schema)]
    assert len(schemas) > 10
    assert {name for schema in schemas for name in schema.names} == set(NOTES)


def test_the_schema_that_the_ui_shows_says_what_columns_mean() -> None:
    table = pa.table({"text": ["hello"], "message_id": ["neutral:1"]})
    shown = counted(table, StageCount("messages", "messages", 1, 1, {}, {})).metadata
    schema = cast(dg.TableSchemaMetadataValue, shown["dagster/column_schema"]).schema
    assert [column.description for column in schema.columns] == [NOTES["text"], NOTES["message_id"]]


def test_a_preview_shows_what_people_read_first_and_cuts_it() -> None:
    given = pa.table(
        {"pair_id": ["p"], "chunk_id": ["c"], "question": ["q" * 999], "answer": ["a"]}
    )
    (row,) = preview(given).records
    assert list(row.data) == ["question", "answer", "pair_id", "chunk_id"]
    assert len(cast(str, row.data["question"])) == PREVIEW_CHARACTERS
