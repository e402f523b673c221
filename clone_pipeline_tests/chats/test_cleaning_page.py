"""docs/cleaning.md: every example is what happens, every key and every reason stands there."""

import re
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.chats.cleaning import REASONS, CleaningSettings
from clone_pipeline_tests.chats.cleaned import ALL_OFF, cleaned

PAGE = (Path(__file__).parents[2] / "docs" / "cleaning.md").read_text(encoding="utf-8")
# What an example needs besides its own key being true.
GIVEN: dict[str, Any] = {
    "command_prefixes": ["hey bot"],
    "non_responses": CleaningSettings().non_responses,
    "blocked_words": ["project falcon"],
    "min_chars": 3,
    "max_chars": 5,
    "languages": ["en"],
}


def rows(*columns: str) -> list[list[str]]:
    """The rows of the table with these columns."""
    head = f"| {' | '.join(columns)} |\n"
    body = PAGE.partition(head)[2].partition("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in body.splitlines()][
        1:
    ]


def code(cell: str) -> str:
    return cell.strip("`").strip().replace("\\n", "\n").replace("\\t", "\t")


def value_of(key: str, default: str) -> Any:
    return True if default in ("true", "false") else GIVEN.get(key, code(default))


@pytest.mark.parametrize("row", rows("key", "default", "before", "after", "why"), ids=str)
def test_an_example_of_a_change_is_what_happens(row: list[str]) -> None:
    key, default, before, after = row[0].strip("`"), row[1], code(row[2]), code(row[3])
    settings = {**ALL_OFF, key: value_of(key, default)}
    assert cleaned([before], **settings) == ([after], {})
    if key != "links" and key != "custom_emoji":
        assert cleaned([before], **ALL_OFF) == ([before], {})
        assert getattr(CleaningSettings(), key) == (default == "true")


@pytest.mark.parametrize("row", rows("key", "default", "reason", "for example", "why"), ids=str)
def test_an_example_of_a_message_is_left_out(row: list[str]) -> None:
    key, default, reason, text = row[0].strip("`"), row[1], code(row[2]), code(row[3])
    settings = {**ALL_OFF, key: value_of(key, default)}
    assert cleaned([text], **settings) == ([], {reason: 1})
    assert cleaned([text], **ALL_OFF) == ([text], {})


def test_every_key_and_every_reason_is_on_the_page() -> None:
    spans = " ".join(span for _, span in re.findall(r"(`+)(.+?)\1", PAGE))
    named = set(re.findall(r"[a-z_]+", spans))
    for name in (*CleaningSettings.model_fields, *REASONS):
        assert name in named, name


def test_the_defaults_of_links_and_emoji_are_the_first_that_are_shown() -> None:
    assert (CleaningSettings().links, CleaningSettings().custom_emoji) == ("shorten", "name")
