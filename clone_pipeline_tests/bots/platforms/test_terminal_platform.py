import asyncio
import io
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clone_pipeline.bots.heard import Heard
from clone_pipeline.bots.platform_settings import TerminalSettings
from clone_pipeline.bots.platforms import terminal
from clone_pipeline_tests.bots.platforms.ears import FakeEars
from clone_pipeline_tests.bots.platforms.listening import reply


def listen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: bytes) -> list[str]:
    """The lines that a bot hears of these bytes."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given), encoding="utf-8"))
    ears = FakeEars()
    connector = terminal.connector(TerminalSettings(), bot="anna", folder=tmp_path)
    asyncio.run(asyncio.wait_for(connector.run(ears), 5))
    return [each.text for each in ears.heard]


def test_a_byte_that_is_no_text_hides_neither_its_line_nor_the_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert listen(monkeypatch, tmp_path, b"one\nt\xffwo\n\nthree") == ["one", "t\ufffdwo", "three"]


def test_more_lines_than_are_read_ahead_are_all_heard(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lines = [f"line {number}" for number in range(350)]
    assert listen(monkeypatch, tmp_path, "\n".join(lines).encode()) == lines


def test_nothing_that_a_terminal_obeys_is_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    connector = terminal.connector(TerminalSettings(), bot="anna", folder=tmp_path)
    heard = Heard("terminal", "1", "terminal", "you", "Hi", datetime.now(UTC), kind="direct")
    bad = "a\x1b[2Jb\rc\x9bd\x07\ud83d\n\te \U0001f469\u200d\U0001f33e"
    asyncio.run(connector.send(reply(heard, bad)))
    assert capsys.readouterr().out == "anna: a[2Jbcd\n\te \U0001f469\u200d\U0001f33e\n"
