"""A bot SIGKILLed again and again, a third of the times inside the platform's call."""

import json
import random
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from clone_pipeline.bots.item_rows import items, steps
from clone_pipeline.bots.items import Item
from clone_pipeline.bots.queue import Queue
from clone_pipeline.bots.queue_file import read_file
from clone_pipeline_tests.bots.queue_life import WHERE, Deadly, FilePlatform
from clone_pipeline_tests.bots.quick_folder import quick_folder

KILLS = 60


def after_the_lives(folder: Path, seed: int, asks: str) -> tuple[list[Item], list[Item]]:
    """All items, and those listed as uncertain, after sixty kills and one whole life."""
    life = [sys.executable, "-m", "clone_pipeline_tests.bots.queue_life"]
    subprocess.run([*life, str(folder), str(seed), str(KILLS), asks], check=True, timeout=60)
    killed = json.loads((folder / "killed").read_text())
    assert killed == dict.fromkeys(WHERE, KILLS // 3)
    with read_file(folder / "bots.sqlite") as file:
        return items(file, "true"), Queue(file).uncertain("vtx")


def platform_in(folder: Path) -> FilePlatform:
    return FilePlatform(folder / "platform", Deadly(random.Random(), "nowhere"))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_where_a_platform_can_be_asked_each_reply_is_sent_once_and_none_is_lost(seed: int) -> None:
    with quick_folder() as folder:
        found, uncertain = after_the_lives(folder, seed, "asks")
        received = platform_in(folder).received()
        to_be_answered = {item.key.message_id for item in found if item.state != "silent"}
        assert len(to_be_answered) > 100
        assert Counter(message for _, message, _ in received) == Counter(to_be_answered)
        assert {item.state for item in found} == {"sent", "silent"}
        ours = {message: sent_id for _, message, sent_id in received}
        assert {i.key.message_id: i.sent_id for i in found if i.state == "sent"} == ours
        assert uncertain == []


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_where_it_cannot_each_reply_is_sent_at_most_once_and_the_uncertain_are_listed(
    seed: int,
) -> None:
    with quick_folder() as folder:
        found, uncertain = after_the_lives(folder, seed, "cannot")
        received = Counter(message for _, message, _ in platform_in(folder).received())
        assert set(received.values()) == {1}
        assert {item.state for item in found} == {"sent", "silent", "uncertain"}
        certain = {item.key.message_id for item in found if item.state == "sent"}
        listed = {item.key.message_id for item in uncertain}
        assert certain <= set(received) <= certain | listed
        assert listed & set(received), "some of them arrived"
        assert listed - set(received), "and some did not"


def test_no_decision_is_forgotten_or_rolled_again_and_nothing_is_sent_before_its_time(
    tmp_path: Path,
) -> None:
    found, _ = after_the_lives(tmp_path, 6, "asks")
    lines = [line.split("\t") for line in (tmp_path / "decisions").read_text().splitlines()]
    told = {message: (speak == "True", due) for message, speak, due in lines}
    assert len(told) == len(lines) > len(found) / 2
    with read_file(tmp_path / "bots.sqlite") as file:
        for item in found:
            speak, due = told.get(item.key.message_id, (item.state != "silent", ""))
            assert speak == (item.state != "silent")
            if speak and due:
                handed = [at for at, state, _ in steps(file, item.key) if state == "sending"]
                assert handed[0] >= datetime.fromisoformat(due)
