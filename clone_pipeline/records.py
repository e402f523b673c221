"""Arrow schemas and frozen row types: what flows, in order of appearance."""

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, TypeVar

import pyarrow as pa

TIME = pa.timestamp("us", tz="UTC")
TEXTS = pa.list_(pa.string())

Kind = Literal[
    "text", "image", "video", "voice", "sticker", "file", "location", "link", "call", "forward",
    "system", "bot", "deleted",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class RedditItem:
    """A submission or a comment of Reddit, masked; nothing deleted or removed is among them.

    `item_id`, `thread_id` and `parent_id` are Reddit's fullnames: t3_ is a submission, t1_ a
    comment; a submission is its own thread and has no parent; a parent may be missing (deleted).
    `title` and `url` are a submission's ("" else; `url` also "" for a self post); `text` is
    Markdown as written (selftext or body, may be ""); `day` is the submission's day in the
    project's time zone, on every item of its thread; times are UTC.
    """

    item_id: str
    thread_id: str
    parent_id: str | None
    subreddit: str
    day: date
    author: str
    created: datetime
    edited: datetime | None
    score: int
    title: str
    text: str
    url: str
    permalink: str


REDDIT_THREADS = pa.schema(
    [
        ("item_id", pa.string()),
        ("thread_id", pa.string()),
        ("parent_id", pa.string()),
        ("subreddit", pa.string()),
        ("day", pa.date32()),
        ("author", pa.string()),
        ("created", TIME),
        ("edited", TIME),
        ("score", pa.int32()),
        ("title", pa.string()),
        ("text", pa.string()),
        ("url", pa.string()),
        ("permalink", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Message:
    """One message of an export, as written but for masks.

    `message_id` is `<platform>:<the export's own id>`, a digest where the export has none;
    `timestamp` is UTC or None; `reply_to` is a message_id; `conversation` is the neutral schema's
    own grouping, else None; `persona` is the key of the persona whose account wrote it. `login`
    (the login name where it is not `author_id`) and `edited` (UTC) serve the reading of exports
    and are not stored.
    """

    message_id: str
    platform: str
    channel_id: str
    channel: str
    timestamp: datetime | None
    author_id: str
    author: str
    persona: str | None
    kind: Kind
    text: str
    reply_to: str | None
    source_file: str
    conversation: str | None = None
    login: str = ""
    edited: datetime | None = None


MESSAGES = pa.schema(
    [
        ("message_id", pa.string()),
        ("platform", pa.string()),
        ("channel_id", pa.string()),
        ("channel", pa.string()),
        ("timestamp", TIME),
        ("author_id", pa.string()),
        ("author", pa.string()),
        ("persona", pa.string()),
        ("kind", pa.string()),
        ("text", pa.string()),
        ("reply_to", pa.string()),
        ("source_file", pa.string()),
        ("conversation", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one author said in a row within a conversation; times are UTC or None.

    `turn` counts from 0; `text` joins the messages with a newline; `reply_to` is the message_id
    that the first replying message of the turn answers.
    """

    conversation_id: str
    turn: int
    author_id: str
    author: str
    persona: str | None
    text: str
    started: datetime | None
    ended: datetime | None
    message_ids: list[str]
    reply_to: str | None = None
    channel_id: str = ""


CONVERSATIONS = pa.schema(
    [
        ("conversation_id", pa.string()),
        ("turn", pa.int32()),
        ("author_id", pa.string()),
        ("author", pa.string()),
        ("persona", pa.string()),
        ("text", pa.string()),
        ("started", TIME),
        ("ended", TIME),
        ("message_ids", TEXTS),
        ("reply_to", pa.string()),
        ("channel_id", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class DialogueTurn:
    """One side's turn; `name` is the speaker's display name."""

    role: Literal["other", "persona"]
    name: str
    text: str
    message_ids: list[str]


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A section of a conversation seen from a persona.

    Roles alternate, the first turn is the other's, the last is the persona's. `context` is a line
    without a colon that stands below the persona's system prompt: who is there, what time it is.
    """

    dialogue_id: str
    persona: str
    conversation_id: str
    turns: list[DialogueTurn]
    started: datetime | None = None
    ended: datetime | None = None
    context: str = ""


PERSONA_DIALOGUES = pa.schema(
    [
        ("dialogue_id", pa.string()),
        ("persona", pa.string()),
        ("conversation_id", pa.string()),
        (
            "turns",
            pa.list_(
                pa.struct(
                    [
                        ("role", pa.string()),
                        ("name", pa.string()),
                        ("text", pa.string()),
                        ("message_ids", TEXTS),
                    ]
                )
            ),
        ),
        ("started", TIME),
        ("ended", TIME),
        ("context", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Document:
    """One file as text. `path` is relative to the documents folder, with forward slashes."""

    document_id: str
    path: str
    media_type: str
    title: str
    text: str


DOCUMENTS = pa.schema(
    [
        ("document_id", pa.string()),
        ("path", pa.string()),
        ("media_type", pa.string()),
        ("title", pa.string()),
        ("text", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Characters `start` to `end` of a document; the chunks of a document join to its text."""

    chunk_id: str
    document_id: str
    position: int
    start: int
    end: int
    text: str


CHUNKS = pa.schema(
    [
        ("chunk_id", pa.string()),
        ("document_id", pa.string()),
        ("position", pa.int32()),
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("text", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and its answer, written from one chunk, or from `related` ones with it.

    `journal_key` names the exchange that wrote it; "" if no model did.
    """

    pair_id: str
    chunk_id: str
    style: str
    question: str
    answer: str
    repaired: bool = False
    related: list[str] = field(default_factory=list)
    journal_key: str = field(default="", compare=False)


QA_CANDIDATES = pa.schema(
    [
        ("pair_id", pa.string()),
        ("chunk_id", pa.string()),
        ("style", pa.string()),
        ("question", pa.string()),
        ("answer", pa.string()),
        ("related", TEXTS),
        ("journal_key", pa.string()),
    ]
)
VERIFIED_QA = QA_CANDIDATES.append(pa.field("repaired", pa.bool_()))


@dataclass(frozen=True, slots=True)
class Vote:
    """One vote on a pair. `verdict` is "pass", "fail" or "unreadable"; `vote` counts from 0."""

    pair_id: str
    check: str
    vote: int
    verdict: str
    reasoning: str
    journal_key: str


VOTES = pa.schema(
    [
        ("pair_id", pa.string()),
        ("check", pa.string()),
        ("vote", pa.int32()),
        ("verdict", pa.string()),
        ("reasoning", pa.string()),
        ("journal_key", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class QaTurn:
    """One turn of a QA conversation; human and gpt alternate, human first, gpt last."""

    role: Literal["human", "gpt"]
    text: str


@dataclass(frozen=True, slots=True)
class QaConversation:
    """The verified pairs of one chunk as a conversation; `related` chunks belong to it too.

    `journal_key` names the exchange that wrote it; "" if it is plain.
    """

    conversation_id: str
    chunk_id: str
    pair_ids: list[str]
    turns: list[QaTurn]
    related: list[str] = field(default_factory=list)
    journal_key: str = field(default="", compare=False)


QA_CONVERSATIONS = pa.schema(
    [
        ("conversation_id", pa.string()),
        ("chunk_id", pa.string()),
        ("pair_ids", TEXTS),
        ("turns", pa.list_(pa.struct([("role", pa.string()), ("text", pa.string())]))),
        ("related", TEXTS),
        ("journal_key", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Correction:
    """A verified pair with a wrong answer, somebody's objection, and the right answer."""

    correction_id: str
    pair_id: str
    chunk_id: str
    question: str
    wrong_answer: str
    objection: str
    answer: str


CORRECTIONS = pa.schema(
    [
        ("correction_id", pa.string()),
        ("pair_id", pa.string()),
        ("chunk_id", pa.string()),
        ("question", pa.string()),
        ("wrong_answer", pa.string()),
        ("objection", pa.string()),
        ("answer", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Rewriting:
    """What a document or chunk says, in another form; `chunk_id` is None for a whole document."""

    rewriting_id: str
    document_id: str
    chunk_id: str | None
    kind: str
    text: str


REWRITINGS = pa.schema(
    [
        ("rewriting_id", pa.string()),
        ("document_id", pa.string()),
        ("chunk_id", pa.string()),
        ("kind", pa.string()),
        ("text", pa.string()),
    ]
)

Form = Literal["sharegpt", "segments", "completion"]


@dataclass(frozen=True, slots=True)
class Row:
    """One training example.

    Attributes:
        row_id: digest of collection, dataset, form and content.
        collection: "persona", "qa", "pretraining", "text" or another source's name.
        dataset: the persona's key, "no_rag", "rag", "documents" or the folder's name.
        form: how `content` is to be read.
        content: JSON: {"conversations": [..]}, {"segments": [..]} or {"text": ".."}.
        weight: sampling weight; 1.0 is once an epoch.
        sources: message or chunk ids, else `persona:<key>`, `text:<path>`, `document:<id>`,
            `generic:<name>#<row>`.
        persona: the persona's key, None for an expert's rows.
        split_group: rows of one group fall on one side of the split (conversation or chunk id).
        ended: when the conversation ended (UTC), None if unknown.
        split: "train" or "held_out"; None before `training_dataset`.
    """

    row_id: str
    collection: str
    dataset: str
    form: Form
    content: str
    weight: float
    sources: list[str]
    persona: str | None
    split_group: str
    ended: datetime | None = None
    split: Literal["train", "held_out"] | None = None


# segments_dataset, sharegpt_dataset and pretraining_dataset
DATASET_ROWS = pa.schema(
    [
        ("row_id", pa.string()),
        ("collection", pa.string()),
        ("dataset", pa.string()),
        ("form", pa.string()),
        ("content", pa.string()),
        ("weight", pa.float64()),
        ("sources", TEXTS),
        ("persona", pa.string()),
        ("split_group", pa.string()),
        ("ended", TIME),
    ]
)
TRAINING_DATASET = DATASET_ROWS.append(pa.field("split", pa.string()))

Record = TypeVar("Record")

_NESTED: dict[type, tuple[str, type]] = {
    Dialogue: ("turns", DialogueTurn),
    QaConversation: ("turns", QaTurn),
}


def content_id(*parts: str | int) -> str:
    """The id (20 hexadecimal digits) of what `parts` say; their borders count."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:20]


def to_table(rows: Iterable[Any], schema: pa.Schema) -> pa.Table:
    """The records as a table of exactly `schema`; fields that the schema lacks are left out."""
    listed = list(rows)
    columns = {name: [_plain(getattr(row, name)) for row in listed] for name in schema.names}
    return pa.table(columns, schema=schema)


def from_table(table: pa.Table, record: type[Record]) -> Iterator[Record]:
    """The table's rows as `record`; columns that the record lacks are left out."""
    names = [f.name for f in dataclasses.fields(record) if f.name in table.column_names]  # type: ignore[arg-type]
    nested = _NESTED.get(record)
    for batch in table.select(names).to_batches():
        for row in batch.to_pylist():
            if nested:
                row[nested[0]] = [nested[1](**item) for item in row[nested[0]]]
            yield record(**row)


def _plain(value: Any) -> Any:
    if isinstance(value, list) and value and dataclasses.is_dataclass(value[0]):
        return [dataclasses.asdict(item) for item in value]
    return value
