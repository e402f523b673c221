"""Configurations of Verustoolkit and Augmentoolkit, read as `import verustoolkit` reads them."""

from pathlib import Path
from typing import Any

import yaml

from clone_pipeline import project
from clone_pipeline.interop.verustoolkit import Taken, read_verustoolkit
from clone_pipeline.interop.writing import text_of
from clone_pipeline.project import Project

URL = "http://127.0.0.1:5000/v1"
NOWHERE = Path("/nonexistent")

# Augmentoolkit's keys of July to October 2024.
AUGMENTOOLKIT = """
API:
  LARGE_MODEL: big
  LARGE_API_KEY: s3cret-Value
  LARGE_BASE_URL: https://models.example/v1
  LARGE_MODE: api
  SMALL_MODEL: little
  SMALL_BASE_URL: https://models.example/v1
  SMALL_API_KEY: s3cret-Value
  SMALL_MODE: api
HUGGINGFACE: {HUB_PATH: me/mine, PRIVATE: False, PUSH_TO_HUB: False}
PATH: {DEFAULT_PROMPTS: ./prompts, INPUT: ./input, OUTPUT: ./output, PROMPTS: ./prompts}
PHASE: {PHASE_INDEX: 3, WORK_IN_PHASES: False}
SKIP:
  ANSWER_RELEVANCY_CHECK: False
  REPAIR_QA_TUPLES: True
  FILTER_CHUNKS: False
  QUESTION_CHECK: False
  CONVERSATION_GENERATION: False
SYSTEM:
  CHUNK_SIZE: 1900
  COMPLETION_MODE: False
  CONCURRENCY_LIMIT: 50
  CONVERSATION_INSTRUCTIONS: Be brief.
  DOUBLE_CHECK_COUNTER: 1
  DO_NOT_USE_SYSTEM_PROMPTS: False
  FINAL_ASSISTANT_PROMPTS_NO_RAG: [One., Two.]
  FINAL_ASSISTANT_PROMPTS_RAG: ['One: {data}', '{data} Two.']
  STOP: True
  SUBSET_SIZE: 20
  USE_FILENAMES: False
  USE_SUBSET: True
  RAG_FAILURE_PERCENTAGE: 0.1
SCRAPING: {USE_GUTENBERG: False, START_URL: 'https://books.example', MAX_BOOKS: 5, MAX_FAILURES: 5}
"""


def read(written: Any, root: Path = NOWHERE, **env: str) -> Taken:
    text = written if isinstance(written, str) else yaml.safe_dump(written)
    return read_verustoolkit(text, root=root, folder=NOWHERE, env=env)


def made(written: Any) -> Project:
    """The settings, through the text of clone.yaml."""
    return project.parse(text_of(read(written).imported), folder=NOWHERE)


def told(taken: Taken) -> str:
    """All that is shown or written but .env."""
    found = taken.imported
    return f"{text_of(found)}{found.not_taken}{found.unknown}{found.changed}{found.origins}"
