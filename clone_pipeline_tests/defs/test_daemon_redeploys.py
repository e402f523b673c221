"""What a live daemon's run that redeploys comes to."""

import time
from pathlib import Path
from unittest.mock import Mock

import pytest

from clone_pipeline import registry
from clone_pipeline.defs import launch


@pytest.mark.parametrize(
    ("finished", "digest", "said"),
    [
        ([False, True], "new", "taken the promotion"),
        ([True], "old", ""),
        ([], "old", ""),
        ([False] * 9, "new", "has not ended yet"),
    ],
)
def test_it_is_waited_for_and_left_to_this_process_if_it_failed(
    monkeypatch: pytest.MonkeyPatch, finished: list[bool], digest: str, said: str
) -> None:
    clock = iter(range(0, 100_000, 300))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(time, "sleep", lambda _: None)
    monkeypatch.setattr(launch, "project_folder", Path)
    monkeypatch.setattr(registry, "promotions", lambda _: [Mock(number=1, digest="new")])
    monkeypatch.setattr(registry, "production", lambda _: Mock(digest=digest))
    answers = iter([[Mock(is_finished=each)] for each in finished])
    instance = Mock()
    instance.get_runs = lambda *_, **__: next(answers, [])
    note = launch._daemon_redeploys(instance)
    assert said in note
    assert bool(note) == bool(said)
