"""The line to Reddit: one pace for all threads of a bot, waits that can be ended, no doubled posts.

prawcore waits by `time.sleep` and sends a POST again whose answer was lost. Here waiting ends with
the threads, what all answers tell of the account's rate counts for all threads, and a request that
makes something new is sent once.
"""

import threading
import time
from collections.abc import Mapping, MutableMapping
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import NewConnectionError

# Requests that make something new each time they are sent.
WRITES = ("/api/comment", "/api/submit", "/api/compose")
WAITS = (0.3, 1.0, 3.0)  # seconds before another try of any other request
NO_RETRY_AFTER = 5.0  # seconds, where a 429 does not tell
LONGEST_HOLD = 600.0  # seconds; Reddit counts requests in windows of ten minutes
_STEADY = 10.0  # longest pause, in seconds, while there are requests left in the window
_AGAIN = frozenset({408, 500, 502, 503, 504, 520, 521, 522})


class Stopped(Exception):
    """The threads were told to end."""


class Busy(Exception):
    """Reddit wants longer pauses than whoever asks will wait; nothing was sent."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Reddit wants a pause of {seconds:.0f} s")
        self.seconds = seconds


class Unanswered(Exception):
    """No answer that says what became of the request."""


class Pace:
    """When the next request may go; for all threads that share an account.

    Headers as prawcore's rate_limit.py reads them: requests used and left in the window, and the
    seconds until the next window.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next = 0.0

    def wait(self) -> float:
        """Seconds until the next request may be sent."""
        with self._lock:
            return max(0.0, self._next - time.monotonic())

    def hold(self, seconds: float) -> None:
        """Let nothing go for so long."""
        until = time.monotonic() + min(seconds, LONGEST_HOLD)
        with self._lock:
            self._next = max(self._next, until)

    def told(self, headers: MutableMapping[str, str]) -> None:
        """Take the headers out of an answer, so that prawcore does not wait for them as well."""
        values = [headers.pop(f"x-ratelimit-{name}", "") for name in ("remaining", "used", "reset")]
        try:
            left, used, reset = (float(value) for value in values)
        except ValueError:
            return
        if left <= 0:
            self.hold(max(1.0, reset))
        elif left + used > 0:
            due = LONGEST_HOLD - LONGEST_HOLD / (left + used) * used
            self.hold(min(reset, max(0.0, reset - due), _STEADY))


class Line(requests.Session):
    """A session for praw.

    Args:
        pace: shared by all lines of an account.
        stop: set where waiting is to end and nothing more to be sent.
        patience: longest wait for the pace, in seconds.
    """

    def __init__(self, pace: Pace, stop: threading.Event, *, patience: float) -> None:
        super().__init__()
        self._pace, self._stop, self._patience = pace, stop, patience
        self.wrote = False  # something may have been made since this was last set to False

    def send(self, request: requests.PreparedRequest, **given: Any) -> requests.Response:
        """Send it once, or, if that does no harm, up to four times.

        Raises:
            Stopped: see above.
            Busy: the pace asks for more patience.
            Unanswered: as it says.
        """
        path = str(urlsplit(str(request.url)).path).rstrip("/")
        writes = request.method == "POST" and path.endswith(WRITES)
        for wait in (None,) if writes else (*WAITS, None):
            self._rest()
            self.wrote = self.wrote or writes
            answer = self._answer(request, given)
            if isinstance(answer, str):
                if wait is None:
                    raise Unanswered(f"no answer from Reddit at {path}: {answer}")
                self.pause(wait)
            elif answer.status_code == 429:
                self._pace.hold(retry_after(answer.headers, wait or NO_RETRY_AFTER))
                if wait is None:
                    return answer
            else:
                return answer
        raise AssertionError("unreachable")

    def pause(self, seconds: float) -> None:
        """Wait; Stopped where the threads are told to end meanwhile."""
        if self._stop.wait(seconds):
            raise Stopped

    def _answer(
        self, request: requests.PreparedRequest, given: Mapping[str, Any]
    ) -> requests.Response | str:
        """The answer, or what went wrong."""
        try:
            response = super().send(request, **given)
        except requests.RequestException as error:
            if never_reached(error):
                self.wrote = False
            return type(error).__name__
        self._pace.told(response.headers)
        if response.status_code in _AGAIN:
            return f"status {response.status_code}"
        return response

    def _rest(self) -> None:
        while wait := self._pace.wait():
            if wait > self._patience:
                raise Busy(wait)
            self.pause(wait)
        if self._stop.is_set():
            raise Stopped


def retry_after(headers: Mapping[str, str], otherwise: float) -> float:
    """Seconds that an answer asks to wait; `reddit.session` made dates into seconds."""
    try:
        return max(0.0, float(headers.get("retry-after") or ""))
    except ValueError:
        return otherwise


def never_reached(error: requests.RequestException) -> bool:
    """No connection came about, so that nothing can have been taken."""
    reason = getattr(next(iter(error.args), None), "reason", None)
    return isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)
