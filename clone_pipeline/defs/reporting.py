"""What the UI shows of a table: rows, funnel, schema, a preview."""

from collections.abc import Collection, Mapping
from typing import Any

import dagster as dg
import pyarrow as pa

from clone_pipeline.defs.column_notes import NOTES
from clone_pipeline.defs.io_manager import Counted, content_digest
from clone_pipeline.funnel import StageCount
from clone_pipeline.tables import Grown

PREVIEW_ROWS = 5
PREVIEW_CHARACTERS = 160
_REFERENCES = frozenset({"platform", "related", "sources", "source_file", "permalink"})


def counted(
    table: pa.Table | Grown,
    count: StageCount,
    *,
    more: Mapping[str, Any] | None = None,
    hidden: Collection[str] = (),
) -> dg.Output[Counted]:
    """The output of an asset: its table, its funnel, and metadata for the UI.

    An empty table's note says why it is so; a `note` in `more` goes before it.
    Columns in `hidden` are not in the preview, for Dagster keeps that in its history for ever.
    """
    if isinstance(table, Grown):
        rows, head, digest = table.rows, table.head, table.digest
    else:
        rows, head, digest = table.num_rows, table, content_digest(table)
    metadata: dict[str, Any] = {
        "dagster/row_count": rows,
        "dagster/column_schema": _schema(head),
        "funnel": dg.MetadataValue.md(funnel_table(count)),
        **{f"dropped_{reason}": n for reason, n in count.dropped.items() if n},
        **(more or {}),
    }
    if rows:
        metadata["preview"] = preview(head.drop_columns(list(hidden)))
    else:
        metadata.setdefault("note", f"No rows: {_why_empty(count)}")
    version = dg.DataVersion(digest)
    return dg.Output(Counted(table, count), metadata=metadata, data_version=version)


def funnel_table(count: StageCount) -> str:
    """The stage's counts as a Markdown table."""
    rows = [("came in", count.entered), *((f"- {r}", n) for r, n in count.dropped.items() if n)]
    rows += [("kept", count.kept), *((f"made: {name}", n) for name, n in count.made.items())]
    body = "\n".join(f"| {name} | {n:,} |" for name, n in rows)
    return f"| {count.unit} | |\n|---|---:|\n{body}"


def preview(table: pa.Table) -> dg.TableMetadataValue:
    """The first rows, long values cut; what is there to be read stands before ids."""
    names = sorted(table.column_names, key=_is_reference)
    rows = table.slice(0, PREVIEW_ROWS).select(names).to_pylist()
    return dg.MetadataValue.table(
        [dg.TableRecord({key: _cell(value) for key, value in row.items()}) for row in rows]
    )


def _is_reference(column: str) -> bool:
    """Whether programs rather than people read it."""
    return column.endswith(("_id", "_ids", "_key", "_to", "_group")) or column in _REFERENCES


def _cell(value: object) -> str:
    shown = "" if value is None else str(value)
    return shown if len(shown) <= PREVIEW_CHARACTERS else shown[: PREVIEW_CHARACTERS - 3] + "..."


def _schema(table: pa.Table) -> dg.TableSchema:
    columns = [dg.TableColumn(f.name, str(f.type), NOTES.get(f.name)) for f in table.schema]
    return dg.TableSchema(columns)


def _why_empty(count: StageCount) -> str:
    if not count.entered:
        return f"no {count.unit} came in, so this branch of the project is empty."
    return f"all {count.entered} {count.unit} were dropped; the funnel says why."
