"""Group documents: files -> documents -> chunks."""

import logging
from functools import partial

import dagster as dg
import pyarrow as pa

from clone_pipeline import records
from clone_pipeline.defs import plots
from clone_pipeline.defs.io_manager import Counted
from clone_pipeline.defs.reddit_items import usable
from clone_pipeline.defs.reporting import counted
from clone_pipeline.defs.resources import ProjectFolder
from clone_pipeline.documents import addresses, chunking, reading, youtube
from clone_pipeline.funnel import StageCount
from clone_pipeline.records import Document
from clone_pipeline.reddit import as_documents

log = logging.getLogger("clone_pipeline.documents")

FETCHES = f"the pages in {addresses.LIST} are fetched; nothing else leaves this machine"

raw_documents = dg.AssetSpec(
    "raw_documents",
    group_name="documents",
    kinds={"file"},
    description="Files in raw_input/docs, folders in it included, left as they are.",
)


@dg.asset(group_name="documents", kinds={"parquet"}, deps=[raw_documents], code_version="3")
def documents(project: ProjectFolder, reddit_threads: pa.Table) -> dg.Output[Counted]:
    """The text of every file and listed address, and threads of `documents: true` subreddits."""
    settings = project.load()
    told = settings.documents
    listed = any(project.raw("docs").rglob(addresses.LIST))
    log.info(f"documents: {FETCHES if listed else 'nothing leaves this machine'}")
    read, dropped, faults = reading.read_documents(
        project.raw("docs"),
        ocr=told.ocr_languages if told.ocr else None,
        fetch=partial(
            addresses.pages,
            kept=project.data / "pages",
            transcript=partial(youtube.transcript, languages=told.transcript_languages),
        ),
    )
    for fault in faults:
        log.warning(f"documents: {fault}")
    chosen = [name for name, sub in settings.reddit.subs.items() if sub.documents]
    items, _ = usable(reddit_threads, settings)
    threads = as_documents.documents(items, subreddits=chosen)
    read += threads
    made = {"of_reddit_threads": len(threads)} if threads else {}
    entered = len(read) + sum(dropped.values())
    count = StageCount("documents", "files", entered, len(read), dropped, made)
    table = records.to_table(read, records.DOCUMENTS)
    return counted(table, count, more={"files_left_out": [str(fault) for fault in faults]})


@dg.asset(group_name="documents", kinds={"parquet"}, code_version="2")
def chunks(project: ProjectFolder, documents: pa.Table) -> dg.Output[Counted]:
    """The documents cut at natural breaks into passages that fit in one prompt."""
    settings = project.load().chunking
    log.info("chunks: nothing leaves this machine")
    made, dropped, left_out = chunking.chunks(
        records.from_table(documents, Document), **settings.model_dump()
    )
    count = StageCount(
        "chunks",
        "documents",
        documents.num_rows,
        documents.num_rows - sum(dropped.values()),
        dropped,
        {"chunks": len(made), **({"chunks_not_in_subset": left_out} if left_out else {})},
    )
    lengths = [len(chunk.text) for chunk in made]
    plot = plots.lengths(lengths, title="Length of a chunk", unit="characters")
    table = records.to_table(made, records.CHUNKS)
    return counted(table, count, more={"chunk_lengths": plot})
