"""Whether a bot can be on Reddit, and the account's pace."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from clone_pipeline.bots.platform_settings import RedditPlatform
from clone_pipeline.bots.platforms import reddit
from clone_pipeline.bots.platforms.reddit_line import Pace
from clone_pipeline.bots.platforms.reddit_marks import Marks
from clone_pipeline.bots.platforms.reddit_refusals import break_seconds
from clone_pipeline_tests.bots.platforms.reddit_bot import ENVIRONMENT


def test_unset_variables_are_all_named_and_their_contents_never(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    told = reddit.skipped(RedditPlatform())
    assert told
    assert all(name in told for name in ENVIRONMENT)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    assert reddit.skipped(RedditPlatform()) is None
    monkeypatch.setenv("REDDITPASSWORD", "")
    told = reddit.skipped(RedditPlatform(username_env="OTHER"))
    assert told == "unset: OTHER, REDDITPASSWORD (docs/reddit.md)"


def test_without_praw_it_is_left_out_with_what_to_install() -> None:
    program = (
        "import sys\n"
        "for name in ('praw', 'prawcore', 'requests', 'urllib3'): sys.modules[name] = None\n"
        "import importlib.util as util\n"
        "found = util.find_spec\n"
        "util.find_spec = lambda name, *more: None if name == 'praw' else found(name, *more)\n"
        "from clone_pipeline.bots.platforms import reddit\n"
        "from clone_pipeline.bots.platform_settings import RedditPlatform\n"
        "print(reddit.skipped(RedditPlatform()))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "pip install 'clone-pipeline[bots]'" in done.stdout, done.stderr


@pytest.mark.parametrize(
    ("left", "used", "reset", "low", "high"),
    [
        ("995.0", "5", "590", 0, 0),
        ("0.0", "1000", "37", 36, 37),
        ("500.0", "500", "600", 9, 10),
        ("999.0", "1", "600", 0.5, 0.7),
        ("nan", "x", "", 0, 0),
    ],
)
def test_the_pace_is_what_reddits_headers_ask_for(
    left: str, used: str, reset: str, low: float, high: float
) -> None:
    pace = Pace()
    headers = {"x-ratelimit-remaining": left, "x-ratelimit-used": used, "x-ratelimit-reset": reset}
    pace.told(headers)
    assert low <= pace.wait() <= high
    assert not headers, "prawcore is not to wait as well"


def test_a_hold_is_over_when_its_time_is(monkeypatch: pytest.MonkeyPatch) -> None:
    pace = Pace()
    pace.hold(0.05)
    pace.hold(0.01)
    assert pace.wait() > 0.03
    time.sleep(0.06)
    assert pace.wait() == 0


def test_marks_go_only_forward_and_are_one_accounts(tmp_path: Path) -> None:
    path = tmp_path / "marks.json"
    marks = Marks(path, account="anna")
    marks.read("comments", ["Plants"], until=5.0)
    marks.read("comments", ["plants", "moss"], until=3.0)
    marks.set_imported()
    for again in (marks, Marks(path, account="Anna")):
        assert (again.of("comments", "PLANTS"), again.of("comments", "moss")) == (5.0, 3.0)
        assert again.imported
    other = Marks(path, account="ben")
    assert (other.of("comments", "plants"), other.imported) == (None, False)
    for broken in ("", "[]", '{"account": "anna", "streams": 7, "imported": 1}', "{"):
        path.write_text(broken)
        assert Marks(path, account="anna").of("comments", "plants") is None


@pytest.mark.parametrize(
    ("sentence", "seconds"),
    [
        ("Take a break for 4 minutes before trying again.", 241),
        ("Take a break for 1 second before trying again.", 2),
        ("try again in 500 milliseconds", 1.5),
        ("Take a break for 2 hours", 7201),
        ("Slow down.", None),
    ],
)
def test_breaks_are_read_in_their_unit(sentence: str, seconds: float | None) -> None:
    assert break_seconds(sentence) == seconds
