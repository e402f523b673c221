"""A project retrained in this process, and what is changed and looked at between retrainings."""

import json
from pathlib import Path

import yaml

from clone_pipeline.defs import learned, retraining
from clone_pipeline.defs.retraining import Retrained
from clone_pipeline_tests.defs import opened
from clone_pipeline_tests.defs.small_project import write_settings


def retrain(folder: Path) -> Retrained:
    with opened.loaded(folder) as defs:
        return retraining.retrain(defs, folder)


def change(folder: Path, section: str, keys: dict[str, object]) -> None:
    """Set keys of a section of clone.yaml."""
    tree = yaml.safe_load((folder / "clone.yaml").read_text(encoding="utf-8"))
    write_settings(folder, {**tree, section: {**tree.get(section, {}), **keys}})


def states(folder: Path) -> list[str]:
    return [line.state for line in learned.lines(folder / "models")]


def write_chat(folder: Path, rows: list[dict[str, str]]) -> None:
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "raw_input/chats/anna.jsonl").write_text(text, encoding="utf-8")
