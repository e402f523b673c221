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
from clone_pipeline.tables import GROUP_ROWS, Grown, Stored

log = logging.getLogger("clone_pipeline.tables")

SCHEMAS: dict[str, pa.Schema] = {
    "reddit_threads": records.REDDIT_THREADS,
    "messages": records.MESSAGES,
    "conversations": records.CONVERSATIONS,
    "persona_dialogues": records.PERSONA_DIALOGUES,
    "documents": records.DOCUMENTS,
    "chunks": records.CHUNKS,
    "qa_candidates": records.QA_CANDIDATES,
    "verified_qa": records.VERIFIED_QA,
    "votes": records.VOTES,
    "qa_conversations": records.QA_CONVERSATIONS,
    "qa_corrections": records.CORRECTIONS,
    "rewritings": records.REWRITINGS,
    "segments_dataset": records.DATASET_ROWS,
    "sharegpt_dataset": records.DATASET_ROWS,
    "qa_segments_dataset": records.DATASET_ROWS,
    "pretraining_dataset": records.DATASET_ROWS,
    "text_dataset": records.DATASET_ROWS,
    "reddit_dataset": records.DATASET_ROWS,
    "generic_dataset": records.DATASET_ROWS,
    "training_dataset": records.TRAINING_DATASET,
}

# What is made part by part, and the part that stands for none of them.
PARTED = {"reddit_threads": "none"}


@dataclass(frozen=True, slots=True)
class Counted:
    """A stage's table and what its funnel counted."""

    table: pa.Table | Grown
    count: StageCount


class Tables(dg.ConfigurableIOManager):
    """Writes a `Counted` and gives a `pa.Table` back; a table never made reads as an empty one."""

    folder: str

    def handle_output(self, context: dg.OutputContext, obj: Counted) -> None:
        """Write the table, or the partition's part of it, then its funnel."""
        name = context.asset_key.path[-1]
        part = part_of(context.partition_key) if context.has_partition_key else PARTED.get(name, "")
        write_counted(obj, Path(self.folder), part=part)

    def load_input(self, context: dg.InputContext) -> pa.Table | Stored:
        """The upstream asset's table, all its partitions together; as `Stored`, if asked so."""
        name = context.asset_key.path[-1]
        if context.dagster_type.typing_type is Stored:
            return Stored(Path(self.folder) / f"{name}.parquet", SCHEMAS[name])
        return read_table(Path(self.folder), name)


def part_of(partition_key: str) -> str:
    """Where in a table's folder a partition lies: the last dimension's folder holds the first's.

    In lower case, as Reddit does not tell r/Ferries from r/ferries.
    """
    if isinstance(partition_key, dg.MultiPartitionKey):
        dimensions = partition_key.keys_by_dimension
        partition_key = "/".join(dimensions[name] for name in sorted(dimensions, reverse=True))
    return partition_key.lower()


def write_counted(obj: Counted, folder: Path, *, part: str = "") -> None:
    """Write the stage's table, or a part of it, and what its funnel counted."""
    name = obj.count.stage
    path = folder / f"{name}.parquet"
    if isinstance(obj.table, Grown):
        obj.table.settle()
    else:
        write_table(obj.table, path / f"{part}.parquet" if part else path)
    funnel.save(obj.count, folder / "funnel", part=part)
    log.info(funnel.sentence(obj.count))


def read_table(folder: Path, name: str) -> pa.Table:
    """`folder/<name>.parquet`, a file or a folder of parts; an empty table if never made."""
    path = folder / f"{name}.parquet"
    if path.is_dir():
        parts = [pq.read_table(part) for part in sorted(path.rglob("*.parquet"))]
        return pa.concat_tables([SCHEMAS[name].empty_table(), *parts])
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
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table.combine_chunks(), max_chunksize=GROUP_ROWS)
    return hashlib.sha256(sink.getvalue()).hexdigest()[:16]
