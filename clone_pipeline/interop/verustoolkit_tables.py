"""QA tables as Verustoolkit counts them: which pair of which chunk stands in which of its files.

That system has a folder of results for each set of prompts; so here one `Dataset` is one style.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from clone_pipeline import records
from clone_pipeline.records import Chunk, Document, Pair, QaConversation, Vote
from clone_pipeline.settings import Fault, FaultyInput
from clone_pipeline.tables import Stored

# Steps of `votes` that are not votes on whether a pair is kept as it was written.
_NO_CHECKS = frozenset({"context", "rating"})

_TABLES = {
    "documents": records.DOCUMENTS,
    "chunks": records.CHUNKS,
    "qa_candidates": records.QA_CANDIDATES,
    "verified_qa": records.VERIFIED_QA,
    "votes": records.VOTES,
    "qa_conversations": records.QA_CONVERSATIONS,
}

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Tables:
    """What the QA stages made, by ids.

    Attributes:
        chunks: in reading order.
        texts: of chunks, without the blanks around them.
        names: of the document of each chunk: its path without ".txt".
        documents: texts of all documents.
        candidates: pairs as they were written.
        verified: pairs that are kept, as they were repaired.
        votes: of each pair.
        conversations: in the order of their chunks.
        lost: how many pairs are of chunks that are no more.
    """

    chunks: list[Chunk]
    texts: Mapping[str, str]
    names: Mapping[str, str]
    documents: list[str]
    candidates: list[Pair]
    verified: Mapping[str, Pair]
    votes: Mapping[str, list[Vote]]
    conversations: list[QaConversation]
    lost: int

    @property
    def styles(self) -> list[str]:
        """In the order in which they first occur; at least one."""
        return list(dict.fromkeys(pair.style for pair in self.candidates)) or ["default"]

    def row(self, pair: Pair) -> list[str]:
        """A pair as [question, answer, text, source]."""
        texts = [self.texts[chunk] for chunk in (pair.chunk_id, *pair.related)]
        return [pair.question, pair.answer, "\n\n".join(texts), self.names[pair.chunk_id]]


@dataclass(frozen=True, slots=True)
class Placed:
    """A pair that passed its checks: `chunk` and `number` count chunks and pairs of one."""

    chunk: int
    number: int
    pair: Pair


@dataclass(frozen=True, slots=True)
class Dataset:
    """One style.

    Attributes:
        candidates: all of its pairs.
        passed: those that the votes let pass, whatever the repair said; a list for each chunk (or
            pair of several chunks) that has any.
        units: each conversation with its pairs, as they were repaired.
    """

    candidates: list[Pair] = field(default_factory=list)
    passed: list[list[Placed]] = field(default_factory=list)
    units: list[tuple[QaConversation, list[Pair]]] = field(default_factory=list)


def load(data: Path) -> Tables:
    """The tables of the folder `data`.

    Raises:
        FaultyInput: tables that were never made.
    """
    if missing := [name for name in _TABLES if not (data / f"{name}.parquet").exists()]:
        fix = "Make them: clone-pipeline run --select '+key:\"qa_conversations\"'"
        raise FaultyInput([Fault(str(data), f"no tables {', '.join(missing)}", fix)])
    documents = list(_rows(data, "documents", Document))
    chunks = list(_rows(data, "chunks", Chunk))
    paths = {each.document_id: each.path.removesuffix(".txt") for each in documents}
    votes: dict[str, list[Vote]] = {}
    for vote in _rows(data, "votes", Vote):
        votes.setdefault(vote.pair_id, []).append(vote)
    known = {chunk.chunk_id for chunk in chunks}
    written = list(_rows(data, "qa_candidates", Pair))
    pairs = [pair for pair in written if known.issuperset(_chunks_of(pair))]
    return Tables(
        chunks=chunks,
        texts={chunk.chunk_id: chunk.text.strip() for chunk in chunks},
        names={each.chunk_id: paths.get(each.document_id, "") for each in chunks},
        documents=[document.text for document in documents],
        candidates=pairs,
        verified={pair.pair_id: pair for pair in _rows(data, "verified_qa", Pair)},
        votes=votes,
        conversations=list(_rows(data, "qa_conversations", QaConversation)),
        lost=len(written) - len(pairs),
    )


def dataset(tables: Tables, style: str) -> Dataset:
    """What of the tables is of this style."""
    places = {chunk.chunk_id: place for place, chunk in enumerate(tables.chunks)}
    pairs = sorted(
        (pair for pair in tables.candidates if pair.style == style),
        key=lambda pair: places[pair.chunk_id],
    )
    placed = []
    for chunk, written in groupby(pairs, key=lambda pair: pair.chunk_id):
        for number, pair in enumerate(written):
            if passed(tables.votes.get(pair.pair_id, ()), kept=pair.pair_id in tables.verified):
                placed.append(Placed(places[chunk], number, pair))
    groups = [list(group) for _, group in groupby(placed, key=_unit)]
    return Dataset(pairs, groups, list(_units(tables, style)))


def passed(votes: Sequence[Vote], *, kept: bool) -> bool:
    """Whether the votes on a pair let it pass every check; without any it is as it was decided.

    Args:
        votes: on one pair; of several tries of one vote the last counts.
        kept: whether the pair was kept in the end.
    """
    last = {(vote.check, vote.vote): vote.verdict for vote in votes if vote.check not in _NO_CHECKS}
    if not last or kept:
        return kept
    for check in {check for check, _ in last}:
        verdicts = [verdict for (of, _), verdict in last.items() if of == check]
        if "unreadable" in verdicts or 2 * verdicts.count("pass") <= len(verdicts):
            return False
    return True


def _units(tables: Tables, style: str) -> Iterator[tuple[QaConversation, list[Pair]]]:
    for conversation in tables.conversations:
        found = [tables.verified.get(pair_id) for pair_id in conversation.pair_ids]
        pairs = [p for p in found if p is not None and tables.texts.keys() >= {*_chunks_of(p)}]
        if pairs and pairs[0].style == style:
            yield conversation, pairs


def _unit(placed: Placed) -> tuple[int, str]:
    """What is one conversation: a chunk's pairs, or a pair of several chunks."""
    return placed.chunk, placed.pair.pair_id if placed.pair.related else ""


def _chunks_of(pair: Pair) -> tuple[str, ...]:
    return pair.chunk_id, *pair.related


def _rows(data: Path, name: str, record: type[Record]) -> Iterator[Record]:
    for table in Stored(data / f"{name}.parquet", _TABLES[name]).groups():
        yield from records.from_table(table, record)
