"""Connecting with Reddit through praw, with secrets from the environment."""

import functools
import logging
import math
import os
import platform
import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from clone_pipeline.settings import Fault, FaultyInput

if TYPE_CHECKING:
    import praw
    import requests

APPS = "https://www.reddit.com/prefs/apps"
# The longest that praw may wait, in seconds, where an answer says "try again in ...".
_LONGEST_WAIT = 600

log = logging.getLogger(__name__)


def connect(
    *, client_id_env: str, client_secret_env: str, username_env: str, password_env: str,
    http: "requests.Session | None" = None,
) -> "praw.Reddit":  # fmt: skip
    """A praw session; nothing is sent before the first request.

    With user name and password it is the account's own session, without a password the
    application's, which reads public content only. The hosts are praw's, or those that praw.ini
    or the variables `praw_oauth_url` and `praw_reddit_url` name; the host is logged.

    Args:
        client_id_env: name of the variable that holds the app's client id.
        client_secret_env: name of the variable that holds the app's secret.
        username_env: name of the variable that holds the user name; may be unset.
        password_env: name of the variable that holds the password; may be unset.
        http: what sends the requests; left out: a plain session.

    Raises:
        FaultyInput: variables are missing (all at once), or praw is not installed.
    """
    try:
        import praw  # noqa: PLC0415
    except ImportError as error:
        fix = "Install it: pip install 'clone-pipeline[reddit]'."
        raise FaultyInput([Fault("reddit", "no praw here", fix)]) from error
    faults = _missing(client_id_env, client_secret_env, username_env, password_env)
    if faults:
        raise FaultyInput(faults)
    username = os.environ.get(username_env) or None
    urls: dict[str, Any] = {n: os.environ.get(f"praw_{n}") for n in ("oauth_url", "reddit_url")}
    reddit = praw.Reddit(
        client_id=os.environ[client_id_env],
        client_secret=os.environ[client_secret_env],
        username=username,
        password=os.environ.get(password_env) or None,
        user_agent=user_agent(username),
        ratelimit_seconds=_LONGEST_WAIT,
        check_for_updates=False,
        check_for_async=False,
        requestor_kwargs={"session": _http(http)},
        **{name: url for name, url in urls.items() if url},
    )
    _say_once(host(reddit), reddit.config.user_agent)
    return reddit


@functools.cache
def _say_once(where: str, agent: str) -> None:
    log.info("Reddit is asked at %s, as %s", where, agent)


def once(connect: Callable[[], "praw.Reddit"]) -> Callable[[], "praw.Reddit"]:
    """Gives the session of the first call again, so that a run signs in once, if at all."""
    made: list[praw.Reddit] = []

    def session_of_the_run() -> "praw.Reddit":
        if not made:
            made.append(connect())
        return made[0]

    return session_of_the_run


def host(reddit: "praw.Reddit") -> str:
    """The host that this session talks with."""
    return urlsplit(reddit.config.oauth_url).netloc


def user_agent(username: str | None) -> str:
    """Who asks, in the form that Reddit's API rules want.

    `<platform>:<app ID>:<version string> (by /u/<reddit username>)`, see
    https://support.reddithelp.com/hc/en-us/articles/16160319875092-Reddit-Data-API-Wiki.
    """
    program = f"{platform.system().lower()}:clone_pipeline:v{version('clone-pipeline')}"
    return f"{program} (by /u/{username})" if username else program


def _http(session: "requests.Session | None") -> "requests.Session":
    """The session, or a new one, whose answers tell `Retry-After` in seconds.

    The header may be a date, too (RFC 9110, 10.2.3), at which prawcore raises a ValueError.
    """
    import requests  # noqa: PLC0415

    session = session or requests.Session()
    session.hooks["response"].append(_tell_seconds)
    return session


def _tell_seconds(response: "requests.Response", **_: Any) -> None:
    told = response.headers.get("retry-after")
    if told and not re.fullmatch(r"\d+(\.\d+)?", told):
        response.headers["retry-after"] = str(_seconds_until(told))


def _seconds_until(moment: str) -> int:
    """From now, in whole seconds; 0 if `moment` is none or over: then pauses of our own grow."""
    try:
        at = parsedate_to_datetime(moment)
    except ValueError:
        return 0
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(0, math.ceil((at - datetime.now(UTC)).total_seconds()))


def _missing(client_id: str, secret: str, username: str, password: str) -> list[Fault]:
    fix = (
        f'Register a "script" app at {APPS} (Reddit must have approved your use, see '
        "docs/reddit.md) and put its {} into .env as {}=..."
    )
    faults = [
        Fault(name, "no such environment variable", fix.format(what, name))
        for name, what in ((client_id, "client id"), (secret, "secret"))
        if not os.environ.get(name)
    ]
    if os.environ.get(password) and not os.environ.get(username):
        name_it = f"Put the account's name into .env as {username}=..., or unset {password}."
        faults.append(Fault(username, f"{password} without a user name", name_it))
    return faults
