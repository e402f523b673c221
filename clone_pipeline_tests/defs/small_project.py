"""A whole project that runs in seconds: a tiny Llama, a page of chat, one document, an endpoint."""

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from clone_pipeline_tests.tiny_llama import make_tiny_llama

DOCUMENT = """# The ferry to Hove

The ferry to Hove leaves the old pier at seven in the morning. It carries forty people and six
bicycles. The crossing takes fifty minutes when the sea is calm. In winter the captain waits for
the mail van before she casts off.

The old pier was built by the fishermen of Hove in a single summer. Its planks are renewed every
ten years, and the last time was after the great storm. The tickets are sold in the red hut beside
the crane. A return ticket costs nine crowns, and children travel free.

The captain of the ferry is called Ingrid Holm. She learned the channel from her father, who knew
every rock by name. On Sundays the ferry sails only once, and it comes back before dusk.
"""

_OPENINGS = ("did you", "will you ever", "can we", "why did you", "when do we", "shall we")
_DOINGS = ("water", "paint", "sell", "carry", "mend", "count", "hide")
_THINGS = ("the beans", "the blue boat", "that ladder", "the geese", "my bicycle", "the old radio")
_ANSWERS = ("By all means", "Never again", "Not before Sunday", "With pleasure", "Only in the rain")
_REASONS = ("the shed is full", "my knees forbid it", "the wind turned", "Aunt Vera insists")


def chat_rows(conversations: int = 40, *, seed: int = 0) -> list[dict[str, str]]:
    """Rows of the neutral schema: Ben asks, Anna answers, in conversations a day apart."""
    draw = random.Random(seed)
    rows = []
    for day in range(conversations):
        time = datetime(2024, 1, 1, 9, tzinfo=UTC) + timedelta(days=day)
        for _ in range(draw.randint(2, 4)):
            asked = f"{draw.choice(_OPENINGS)} {draw.choice(_DOINGS)} {draw.choice(_THINGS)}"
            answered = f"{draw.choice(_ANSWERS)}, {draw.choice(_REASONS)}!"
            for author, text in (("ben", f"{asked} on day {day}?"), ("anna", answered)):
                time += timedelta(seconds=20)
                rows.append({"author": author, "text": text, "timestamp": time.isoformat()})
    return rows


def settings(base: Path, *, url: str | None) -> dict[str, object]:
    """The small project's clone.yaml as a tree; without `url`, the embedded writer."""
    tree: dict[str, object] = {
        "personas": {"anna": {"name": "Anna", "accounts": {"neutral": ["anna"]}}},
        "chunking": {"max_chars": 300},
        "datasets": {"held_out": 0.2},
        "training": {
            "base_model": str(base),
            "method": {"name": "lora", "r": 8},
            "epochs": 8,
            "learning_rate": 0.01,
            "max_tokens": 256,
            "threads": 1,
            "checkpoint_seconds": 0.0,
        },
        "evaluation": {
            "floors": {
                "max_perplexity_ratio": 10, "min_specificity": None, "min_held_out_groups": 1,
                "regression_margin": 10,
            },
            "samples": 1, "small_talk": [], "max_new_tokens": 4, "max_tokens": 256, "threads": 1,
        },
        "serving": {"max_new_tokens": 12, "threads": 1, "port": 0},
    }  # fmt: skip
    if url:
        tree["llm"] = {"base_url": url, "model": "small", "large_model": "large", "concurrency": 4}
        tree["qa"] = {"votes": 1, "checks": ["question"]}
    return tree


def write_settings(folder: Path, tree: dict[str, object]) -> None:
    """Write `tree` as the project's clone.yaml."""
    (folder / "clone.yaml").write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")


def make_project(
    folder: Path,
    *,
    base: Path,
    url: str | None,
    conversations: int = 40,
    documents: bool = True,
    essay: bool = False,
) -> Path:
    """A project in `folder` with chats of Anna and Ben, one document, and perhaps an essay."""
    for kind in ("chats", "docs", "text"):
        (folder / "raw_input" / kind).mkdir(parents=True)
    lines = [json.dumps(row) for row in chat_rows(conversations)]
    (folder / "raw_input/chats/anna.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    if essay:
        written = "The ferry was late again, and I wrote this on the quay with cold hands."
        (folder / "raw_input/text/essays").mkdir()
        (folder / "raw_input/text/essays/quay.txt").write_text(written, encoding="utf-8")
    if documents:
        (folder / "raw_input/docs/ferry.md").write_text(DOCUMENT, encoding="utf-8")
    write_settings(folder, settings(base, url=url))
    return folder


def make_base(folder: Path) -> Path:
    """The tiny base model, its words learned from the small project's own texts."""
    texts = [row["text"] for row in chat_rows()]
    return make_tiny_llama(folder, texts=[*texts, DOCUMENT])
