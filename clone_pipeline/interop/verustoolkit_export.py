"""QA data in the folder layout of Verustoolkit (https://github.com/e-p-armstrong/verustoolkit).

File by file what its processing.py leaves in OUTPUT; where that draws a UUID, one that stays the
same is taken, so a second export of the same data writes the same files.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from clone_pipeline.formats import sharegpt
from clone_pipeline.formats.exporting import Exported
from clone_pipeline.interop import verustoolkit_exchanges, verustoolkit_tables
from clone_pipeline.interop.verustoolkit_conversations import (
    as_lines,
    as_text,
    master_row,
)
from clone_pipeline.interop.verustoolkit_exchanges import info_name
from clone_pipeline.interop.verustoolkit_tables import Dataset, Tables
from clone_pipeline.llm.journal import Journal

NEW_FILE = "\n\n---NEW FILE---\n\n"
FAILED = "failed"
FOLDERS = frozenset(
    {
        "qatuples_raw", "qatuples_revised", "multi_turn_convs_info", "multi_turn_convs",
        verustoolkit_exchanges.GENERATION, verustoolkit_exchanges.CONVERSATION,
        *verustoolkit_exchanges.FOLDERS.values(),
    }
)  # fmt: skip
FILES = frozenset(
    {
        "pretraining.json", "filtered_worthy_for_questions.json", "master_list.jsonl",
        "simplified_data_no_rag.jsonl", "simplified_data_rag.jsonl", "processed_master_list.json",
    }
)  # fmt: skip

_File = tuple[str, str]

# Why something is not in it, besides `exporting.WHY`.
WHY = {
    "chunk_missing": "pairs of chunks that are no more (run the project again)",
    "unnamed": "exchanges that wrote pairs which name none (rules wrote them, or an older version)",
    "unknown_chunk": "conversations of chunks or pairs that are no more (run the project again)",
    "not_in_journal": "exchanges that are not in the journal",
    "malformed": "conversations that can't be rows of simplified_data",
}


@dataclass(frozen=True, slots=True)
class _Told:
    """How much of what is written, and what is not, by `WHY`."""

    made: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)


class Prompts(NamedTuple):
    """How simplified_data_*.jsonl is made, see `export`."""

    no_rag: str
    rag: str
    wrong_context: float


def export(
    data: Path,
    out: Path,
    *,
    system_prompt: str,
    system_prompt_rag: str,
    wrong_context: float = 0,
) -> Exported:
    """Write the project's QA data to `out`; data of several styles to a folder a style in it.

    What an earlier export left there and is no more is removed. Nothing is asked or sent.

    Args:
        data: the project's folder of tables, with its journal.
        out: the folder.
        system_prompt: of simplified_data_no_rag.jsonl.
        system_prompt_rag: of simplified_data_rag.jsonl; the text takes the place of its `{data}`.
        wrong_context: share of simplified_data_rag.jsonl that gets another text than its own.

    Raises:
        FaultyInput: tables that were never made.
    """
    tables = verustoolkit_tables.load(data)
    told = _Told(left=Counter(chunk_missing=tables.lost))
    prompts = Prompts(system_prompt, system_prompt_rag, wrong_context)
    written = set()
    for style in tables.styles:
        folder = out / style if len(tables.styles) > 1 else out
        found = verustoolkit_tables.dataset(tables, style)
        for name, text in _files(tables, found, data / "journal.sqlite", prompts, told):
            written.add(folder / name)
            _write(folder / name, text)
    told.left["unknown_chunk"] += len(tables.conversations) - told.made["conversations"]
    for stale in [path for path in out.rglob("*") if _ours(path) and path not in written]:
        stale.unlink()
    told.made["files"] = len(written)
    return Exported(out, told.made, +told.left)


def _files(
    tables: Tables, found: Dataset, journal: Path, prompts: Prompts, told: _Told
) -> Iterator[_File]:
    yield "pretraining.json", json.dumps({"text": NEW_FILE.join(tables.documents)})
    ids = [chunk.chunk_id for chunk in tables.chunks]
    worthy = [[tables.texts[each], tables.names[each]] for each in ids]
    yield "filtered_worthy_for_questions.json", json.dumps(worthy)
    yield from _pairs(tables, found, told)
    yield from _conversations(tables, found, told)
    yield from _simplified(tables, found, prompts, told)
    yield from _exchanges(tables, found, journal, told)


def _pairs(tables: Tables, found: Dataset, told: _Told) -> Iterator[_File]:
    """Those that passed, as they were written and as they were repaired."""
    for group, placed in enumerate(found.passed):
        for place, each in enumerate(placed):
            name = f"qatuples_raw/para_{each.chunk}_q_{each.number}.json"
            yield name, _indented(tables.row(each.pair))
            kept = tables.verified.get(each.pair.pair_id)
            row = FAILED if kept is None else _indented(tables.row(kept))
            yield f"qatuples_revised/revised_{group}_{place}.json", row
            told.made["pairs"] += kept is not None


def _conversations(tables: Tables, found: Dataset, told: _Told) -> Iterator[_File]:
    masters, processed = [], []
    for number, (conversation, pairs) in enumerate(found.units):
        rows = [tables.row(pair) for pair in pairs]
        info = [rows, "will", "be", "replaced", info_name(conversation)]
        text, rest = as_text(conversation.turns), ["AI Assistant", "", "N/A", rows]
        yield f"multi_turn_convs_info/info_{number}.json", _indented(info)
        yield f"multi_turn_convs/conv_{number}.json", _indented([text, *rest])
        masters.append(master_row(text, rows))
        processed.append([as_lines(conversation.turns), *rest])
    told.made["conversations"] += len(masters)
    yield "master_list.jsonl", _lines(masters)
    yield "processed_master_list.json", json.dumps(processed)


def _simplified(tables: Tables, found: Dataset, prompts: Prompts, told: _Told) -> Iterator[_File]:
    """What axolotl is given; the rows are those of sharegpt_dataset."""
    conversations = [conversation for conversation, _ in found.units]
    rows, dropped = sharegpt.from_qa(
        conversations,
        chunks=tables.chunks,
        system_prompt=prompts.no_rag,
        system_prompt_rag=prompts.rag,
        wrong_context=prompts.wrong_context,
    )
    for dataset in ("no_rag", "rag"):
        told_rows = [json.loads(row.content) for row in rows if row.dataset == dataset]
        yield f"simplified_data_{dataset}.jsonl", _lines(told_rows)
    told.left.update(dropped)


def _exchanges(tables: Tables, found: Dataset, journal: Path, told: _Told) -> Iterator[_File]:
    names = list(verustoolkit_exchanges.exchanges(found, tables.votes))
    told.left["unnamed"] += sum(not pair.journal_key for pair in found.candidates)
    if not journal.exists():  # to open it would make it
        told.left["not_in_journal"] += len(names)
        return
    with Journal(journal) as opened:
        for name, key in names:
            if (text := verustoolkit_exchanges.text_of(opened, key)) is None:
                told.left["not_in_journal"] += 1
            else:
                told.made["exchanges"] += 1
                yield f"{name}.txt", text


def _write(path: Path, text: str) -> None:
    """Whole or not at all; not flushed one by one, for there are as many as requests."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8", newline="\n")
    os.replace(part, path)


def _ours(path: Path) -> bool:
    return path.is_file() and (path.parent.name in FOLDERS or path.name in FILES)


def _indented(value: Any) -> str:
    return json.dumps(value, indent=4)


def _lines(values: list[Any]) -> str:
    return "".join(f"{json.dumps(value)}\n" for value in values)
