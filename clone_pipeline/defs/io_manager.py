"""Tables as Parquet files in data/, written whole or not at all, together with their funnel."""

import hashlib
import logging
import os
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pyarrow as pa
import pyarrow.parquet as pq

from clone_pipeline import durable, funnel, records
from clone_pipeline.funnel import StageCount

log = logging.getLogger("clone_pipeline.tables")

SCHEMAS: dict[str, pa.Schema] = {
    "messages": records.MESSAGES,
    "conversations": records.CONVERSATIONS,
    "persona_dialogues": records.PERSONA_DIALOGUES,
    "documents": records.DOCUMENTS,
    "chunks": records.CHUNKS,
    "qa_candidates": records.QA_CANDIDATES,
    "verified_qa": records.VERIFIED_QA,
    "votes": records.VOTES,
    "qa_conversations": records.QA_CONVERSATIONS,
    "segments_dataset": records.DATASET_ROWS,
    "sharegpt_dataset": records.DATASET_ROWS,
    "pretraining_dataset": records.DATASET_ROWS,
    "text_dataset": records.DATASET_ROWS,
    "training_dataset": records.TRAINING_DATASET,
}


@dataclass(frozen=True, slots=True)
class Counted:
    """A stage's table and what its funnel counted."""

    table: pa.Table
    count: StageCount


class Tables(dg.ConfigurableIOManager):
    """Writes a `Counted` and gives a `pa.Table` back; a table never made reads as an empty one."""

    folder: str

    def handle_output(self, context: dg.OutputContext, obj: Counted) -> None:
        """Write the table, then its funnel."""
        name = context.asset_key.path[-1]
        write_table(obj.table, Path(self.folder) / f"{name}.parquet")
        funnel.save(obj.count, Path(self.folder) / "funnel")
        log.info(funnel.sentence(obj.count))

    def load_input(self, context: dg.InputContext) -> pa.Table:
        """The upstream asset's table."""
        return read_table(Path(self.folder), context.asset_key.path[-1])


def read_table(folder: Path, name: str) -> pa.Table:
    """`folder/<name>.parquet`, or an empty table of its schema if it was never made."""
    path = folder / f"{name}.parquet"
    return pq.read_table(path) if path.exists() else SCHEMAS[name].empty_table()


def write_table(table: pa.Table, path: Path) -> None:
    """Write beside, then rename: a reader never meets half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    pq.write_table(table, part, compression="zstd")
    durable.flush(part)
    part.replace(path)


def content_digest(table: pa.Table) -> str:
    """A digest (16 hexadecimal digits) of the rows; independent of how they are stored."""
    sha = hashlib.sha256()
    combined = table.combine_chunks()
    for row in combined.to_pylist():
        sha.update(repr(sorted(row.items())).encode())
    return sha.hexdigest()[:16]
