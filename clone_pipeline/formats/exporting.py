"""What is trained, written in the formats of other programs."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from clone_pipeline.formats import (
    alpaca,
    bias,
    bias_text,
    chatml,
    hf_dataset,
    openai_messages,
    segments,
    sharegpt,
    ssi,
    ssi_tags,
)
from clone_pipeline.formats.trained import (
    Side,
    conversations_of,
    rows_of,
    sides_of,
    subreddits_of,
)
from clone_pipeline.records import Row, Turn, content_id

# The formats, and what each is written to.
FILES = {
    "sharegpt": "sharegpt.jsonl",
    "segments": "segments.json",
    "alpaca": "alpaca.json",
    "messages": "messages.jsonl",
    "chatml": "chatml.txt",
    "bias": "bias",
    "ssi": "ssi.txt",
    "hf": "hf",
}


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    Attributes:
        path: a file or a folder.
        made: how much of what.
        left: rows left out by reason, see `WHY`.
        weighted: how many rows have a weight of their own, which the format can't tell.
    """

    path: Path
    made: Mapping[str, int]
    left: Counter[str] = field(default_factory=Counter)
    weighted: int = 0


# Why a row is not in an export, as a sentence has it.
WHY = {
    "other_side": "on the other side of the split",
    "plain_text": "plain text, which this format has no place for",
    "template_free": "taught in another form only",
    "not_trained": "dialogues that are not in training_dataset",
    "duplicate": "the same again",
    "empty": "nothing left when clean",
    "told_as_threads": "conversations of Reddit, which are told as whole threads",
}


def export_rows(data: Path, format_: str, path: Path, *, side: Side) -> Exported:
    """Write training_dataset as ShareGPT, segments, Alpaca, OpenAI's messages, ChatML or hf.

    Alpaca has one answer an example, so a conversation is as many examples as it has answers, each
    with the earlier turns as its history.

    Args:
        data: the project's folder of tables.
        format_: a key of `FILES` but "bias" and "ssi".
        path: of the file, for hf of the folder.
        side: of the split.

    Raises:
        FaultyInput: a table was never made, or a package is missing.
    """
    if format_ == "hf":
        rows, left = rows_of(data, side=side)
        return Exported(path, hf_dataset.write(rows, path), left)
    rows, left = rows_of(data, side=side, form="segments" if format_ == "segments" else "sharegpt")
    once = list(dict.fromkeys(row.content for row in rows))
    left["duplicate"] += len(rows) - len(once)
    made = {"conversations": len(once)}
    if format_ == "segments":
        made = {"examples": segments.write_json(rows, path)}
    elif format_ == "sharegpt":
        sharegpt.write(rows, path)
    elif format_ == "alpaca":
        made["examples"] = alpaca.write(map(json.loads, once), path)
    else:
        write = openai_messages.write if format_ == "messages" else chatml.write
        write(map(json.loads, once), path)
    return Exported(path, made, +left, sum(row.weight != 1 for row in rows))


def export_bias(
    data: Path, path: Path, *, side: Side, biases: Mapping[str, str], seed: int
) -> Exported:
    """Write VTX's training texts: `chats/`, a file a channel, and `reddit/`, a file a thread.

    All conversations are in them, those without a persona too, which are on the side "train";
    Reddit's only if its threads are not told by themselves.

    Args:
        data: the project's folder of tables.
        path: of the folder.
        side: of the split.
        biases: by persona key.
        seed: of the biases that are not known.

    Raises:
        FaultyInput: a table was never made.
    """
    threads, left = _reddit_rows(data, "bias", side)
    bias_of = bias_text.biases(biases, seed=seed)
    channels: dict[str, list[list[bias.Said]]] = {}
    for turns in _talk(data, side, left, threads=bool(threads)):
        if said := bias_text.of_turns(turns, bias_of=bias_of):
            channels.setdefault(turns[0].channel_id, []).append(said)
        else:
            left["empty"] += 1
    written = set()
    for channel, told in channels.items():
        written.add(path / "chats" / f"{content_id(channel)}.txt")
        bias_text.write(told, path / "chats" / f"{content_id(channel)}.txt")
    for stale in set((path / "chats").glob("*.txt")) - written:
        stale.unlink()
    where = subreddits_of(data)
    subreddits = {row.split_group: where.get(row.split_group, "reddit") for row in threads}
    files = bias.write(threads, path / "reddit", subreddits=subreddits)
    made = {"conversations": sum(map(len, channels.values())), "lines of Reddit": len(threads)}
    return Exported(path, {**made, "files": len(written) + files}, +left)


def export_ssi(data: Path, path: Path, *, side: Side, dialect: ssi_tags.Dialect) -> Exported:
    """Write ssi-bot's lines: Reddit's threads, and conversations as threads of their channel.

    Args:
        data: the project's folder of tables.
        path: of the file.
        side: of the split.
        dialect: see `ssi_tags`.

    Raises:
        FaultyInput: a table was never made.
    """
    rows, left = _reddit_rows(data, "ssi", side)
    told = [ssi.parse(json.loads(row.content)["text"]) for row in rows]
    threads = len(told)
    for turns in _talk(data, side, left, threads=bool(rows)):
        told += ssi_tags.of_conversation(turns, subreddit=turns[0].channel_id)
    ssi_tags.write(told, path, dialect=dialect)
    made = {"threads of Reddit": threads, "threads of chats": len(told) - threads}
    return Exported(path, made, +left)


def _reddit_rows(data: Path, dataset: str, side: Side) -> tuple[list[Row], Counter[str]]:
    rows, _ = rows_of(data, side="all")
    ours = [row for row in rows if (row.collection, row.dataset) == ("reddit", dataset)]
    kept = [row for row in ours if side in ("all", row.split)]
    return kept, Counter(other_side=len(ours) - len(kept))


def _talk(data: Path, side: Side, left: Counter[str], *, threads: bool) -> Iterator[list[Turn]]:
    sides = sides_of(data)
    for turns in conversations_of(data):
        if threads and turns[0].channel_id.startswith("r/"):
            left["told_as_threads"] += 1
        elif side not in ("all", sides.get(turns[0].conversation_id) or "train"):
            left["other_side"] += 1
        else:
            yield turns
