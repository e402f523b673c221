"""Requests to Reddit: one after the other, counted, repeated with patience.

praw keeps to the rate limit that Reddit's X-Ratelimit headers tell and repeats a request that a
5xx answer or a broken connection spoilt, two times. A 429 is not repeated by it
(https://github.com/praw-dev/prawcore/pull/112): Reddit sends some with Retry-After, and one
without to who asks for more children twice at a time.
"""

import logging
import re
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from clone_pipeline.settings import Fault, FaultyInput

if TYPE_CHECKING:
    import praw
    from prawcore.exceptions import PrawcoreException

PATIENCE = 900.0  # seconds of waiting before one request is given up
_LONGEST_PAUSE = 120.0
_LATER = "Run it again later: what was fetched is kept and is not fetched again."
_SECONDS = re.compile(r"\d+(\.\d+)?")

log = logging.getLogger(__name__)


class Refused(FaultyInput):
    """An answer that waiting does not mend: a status of 3xx or 4xx, such as 404.

    Attributes:
        status: of the answer.
        answer: what was told, without help.
    """

    def __init__(self, path: str, status: int, answer: str) -> None:
        self.status, self.answer = status, answer
        super().__init__([Fault(f"Reddit, {path}", f"a refusal ({answer})", _LATER)])


class Calls:
    """Reddit's API; it connects with the first request.

    Args:
        connect: gives the praw session.
        sleep: waits so many seconds.
        patience: seconds to wait in all for one request to be answered.
    """

    def __init__(
        self,
        connect: Callable[[], "praw.Reddit"],
        *,
        sleep: Callable[[float], None] = time.sleep,
        patience: float = PATIENCE,
    ) -> None:
        self.made = 0
        self._connect = connect
        self._sleep = sleep
        self._patience = patience
        self._reddit: praw.Reddit | None = None

    def get(self, path: str, **params: str | int | None) -> Any:
        """The answer to GET `path` as JSON; parameters that are None are left out."""
        given = {name: value for name, value in params.items() if value is not None}
        return self._ask("GET", path, {"params": given})

    def post(self, path: str, **data: str) -> Any:
        """The answer to POST `path` as JSON."""
        return self._ask("POST", path, {"data": data})

    def _ask(self, method: str, path: str, sent: Mapping[str, Any]) -> Any:
        """Ask until there is an answer.

        Raises:
            FaultyInput: the credentials are refused, or patience is at its end.
            Refused: any other answer that waiting does not mend.
        """
        from praw.exceptions import RedditAPIException  # noqa: PLC0415
        from prawcore.exceptions import PrawcoreException  # noqa: PLC0415

        if self._reddit is None:
            self._reddit = self._connect()
        waited, pause = 0.0, 2.0
        while True:
            self.made += 1
            try:
                return self._reddit.request(method=method, path=path, **sent)
            except RedditAPIException as error:  # what praw makes of a 400 with an explanation
                raise Refused(path, 400, str(error)) from error
            except PrawcoreException as error:
                told = _seconds_to_wait(error, path)
                wait = told or pause
                if waited + wait > self._patience:
                    raise _given_up(path, error, waited) from error
                log.warning("%s: %s; asking again in %.0f s", path, error, wait)
                self._sleep(wait)
                waited, pause = waited + wait, min(2 * pause, _LONGEST_PAUSE)


def _seconds_to_wait(error: "PrawcoreException", path: str) -> float:
    """Seconds that Reddit told to wait, 0 if it told none; raises if waiting is of no use."""
    from prawcore.exceptions import (  # noqa: PLC0415
        BadJSON,
        OAuthException,
        RequestException,
        ResponseException,
    )

    if isinstance(error, RequestException | BadJSON):
        return 0.0
    if isinstance(error, OAuthException):
        raise _refused(error) from error
    if not isinstance(error, ResponseException):
        raise error
    status, headers = error.response.status_code, error.response.headers
    if status == 401:
        raise _refused(error) from error
    if status == 429:
        spent = _seconds(headers.get("x-ratelimit-remaining", "1")) < 1
        reset = _seconds(headers.get("x-ratelimit-reset")) if spent else 0
        return max(_seconds(headers.get("retry-after")), reset)
    if status < 500:
        raise Refused(path, status, str(error)) from error
    return 0.0


def _seconds(header: str | None) -> float:
    """What a header tells, 0 if it is absent or tells something else."""
    return float(header) if header and _SECONDS.fullmatch(header) else 0.0


def _refused(error: Exception) -> FaultyInput:
    fix = (
        "Compare client id, secret, user name and password in .env with the app at "
        "https://www.reddit.com/prefs/apps; an account with two-factor login needs no password "
        "here: leave it out and read as the application."
    )
    return FaultyInput([Fault("reddit", f"credentials that Reddit refuses ({error})", fix)])


def _given_up(path: str, error: Exception, waited: float) -> FaultyInput:
    found = f"no answer after waiting {waited:.0f} s ({error})"
    return FaultyInput([Fault(f"Reddit, {path}", found, _LATER)])
