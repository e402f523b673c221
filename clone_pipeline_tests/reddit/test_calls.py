"""Reddit's refusals are waited for as it tells, and not for ever; credentials are explained."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from clone_pipeline.reddit import session
from clone_pipeline.reddit.calls import Calls, Refused
from clone_pipeline.reddit.session import connect, host, user_agent
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.reddit import nights
from clone_pipeline_tests.reddit.reddit_server import Fault, RedditServer
from clone_pipeline_tests.reddit.reddit_world import World

NAMES = ("REDDITCLIENT", "REDDITSECRET", "REDDITAGENT", "REDDITPASSWORD")


@pytest.fixture
def server(serve: Callable[..., RedditServer]) -> RedditServer:
    world = World(now=100)
    world.open("Plants", born=1)
    return serve(world)


def ask(slept: list[float], patience: float = 900) -> object:
    return Calls(nights.connect, sleep=slept.append, patience=patience).get("r/Plants/new")


def test_retry_after_is_waited_for_to_the_second(server: RedditServer) -> None:
    slept: list[float] = []
    server.clock = lambda: sum(slept)
    server.plan = lambda number, path: (429, 37) if number < 3 else None
    ask(slept)
    assert slept == [37, 37]


def test_a_date_in_retry_after_is_waited_for(server: RedditServer) -> None:
    slept: list[float] = []
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    server.plan = lambda number, path: (429, until) if number == 1 else None
    ask(slept)
    assert len(slept) == 1
    assert 80 < slept[0] <= 90


@pytest.mark.parametrize("told", ["Wed, 21 Oct 2015 07:28:00 GMT", "soon", "-5"])
def test_a_retry_after_that_tells_nothing_is_met_with_growing_pauses(
    server: RedditServer, told: str
) -> None:
    slept: list[float] = []
    server.plan = lambda number, path: (429, told) if number < 3 else None
    ask(slept)
    assert slept == [2, 4]


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 414, 451])
def test_what_waiting_does_not_mend_is_said_with_its_status(
    server: RedditServer, status: int
) -> None:
    slept: list[float] = []
    server.plan = lambda number, path: (status, None)
    with pytest.raises(Refused, match="what was fetched is kept") as raised:
        ask(slept)
    assert (raised.value.status, slept) == (status, [])
    assert raised.value.faults[0].where == "Reddit, r/Plants/new"


def test_a_refusal_that_tells_no_time_is_met_with_growing_pauses(server: RedditServer) -> None:
    slept: list[float] = []
    server.plan = lambda number, path: (429, None) if number < 5 else None
    ask(slept)
    assert slept == [2, 4, 8, 16]


def test_a_broken_connection_and_a_5xx_are_asked_again(server: RedditServer) -> None:
    faults: dict[int, Fault] = {1: "drop", 2: (521, None)}
    server.plan = lambda number, path: faults.get(number)
    slept: list[float] = []
    ask(slept)
    assert server.requests == 3
    assert slept == [2]


def test_patience_ends_and_says_that_what_was_fetched_is_kept(server: RedditServer) -> None:
    slept: list[float] = []
    server.clock = lambda: sum(slept)
    server.plan = lambda number, path: (429, 60)
    with pytest.raises(FaultyInput, match="what was fetched is kept"):
        ask(slept, patience=300)
    assert sum(slept) == 300


def test_both_missing_variables_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(FaultyInput, match="prefs/apps") as raised:
        nights.connect()
    assert [fault.where for fault in raised.value.faults] == ["REDDITCLIENT", "REDDITSECRET"]


def test_a_wrong_secret_is_explained_and_not_shown(
    server: RedditServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDDITSECRET", "hunter2")
    with pytest.raises(FaultyInput, match="credentials that Reddit refuses") as raised:
        ask([])
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(("password", "fails"), [("pass", False), ("wrong", True)])
def test_with_a_password_it_is_the_accounts_session(
    server: RedditServer, monkeypatch: pytest.MonkeyPatch, password: str, fails: bool
) -> None:
    monkeypatch.setenv("REDDITPASSWORD", password)
    assert not nights.connect().read_only
    if fails:
        with pytest.raises(FaultyInput, match="invalid_grant"):
            ask([])
    else:
        ask([])


def test_without_a_password_it_reads_only_and_says_with_whom(
    server: RedditServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    session._say_once.cache_clear()  # another test's server may have had this port
    reddit = nights.connect()
    assert reddit.read_only
    assert host(reddit) == f"127.0.0.1:{server.port}"
    assert host(reddit) in caplog.text


def test_the_host_is_reddits_own_unless_praw_is_told_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("praw_oauth_url", "praw_reddit_url"):
        monkeypatch.delenv(name, raising=False)
    for name in NAMES[:2]:
        monkeypatch.setenv(name, "x")
    names = ("client_id_env", "client_secret_env", "username_env", "password_env")
    given: dict[str, Any] = dict(zip(names, NAMES, strict=True))
    reddit = connect(**given)
    assert host(reddit) == "oauth.reddit.com"


def test_the_user_agent_has_the_form_that_reddit_asks_for() -> None:
    platform, program, version = user_agent("anna").split(":")
    assert program == "clone_pipeline"
    assert version.startswith("v")
    assert version.endswith(" (by /u/anna)")
    assert platform.islower()
