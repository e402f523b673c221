"""Rate limits of an endpoint: refuses what is too fast, and says in headers what is left.

Buckets that fill up bit by bit, as OpenAI's: https://platform.openai.com/docs/guides/rate-limits
"""

import time
from dataclasses import dataclass, field


@dataclass
class Limiter:
    """At most so many `requests` and `tokens` in `period` seconds.

    `refused` counts what was too fast; `headers` says whether replies name what is left.
    """

    requests: float
    period: float
    tokens: float = 1e9
    headers: bool = True
    retry_after: str | None = None
    refused: int = 0
    _left: dict[str, float] = field(default_factory=dict)
    _at: float = 0.0

    def admit(self, tokens: float) -> dict[str, str]:
        """The headers of the reply, with a "status" if it is a refusal."""
        now, limits = time.monotonic(), {"requests": self.requests, "tokens": self.tokens}
        elapsed, self._at = now - self._at, now
        takes = {"requests": 1.0, "tokens": tokens}
        for kind, limit in limits.items():
            filled = self._left.get(kind, limit) + limit * elapsed / self.period
            self._left[kind] = min(limit, filled)
        headers = {}
        if any(self._left[kind] < takes[kind] for kind in limits):
            self.refused += 1
            headers["status"] = "429"
            if self.retry_after:
                headers["Retry-After"] = self.retry_after
        else:
            for kind in limits:
                self._left[kind] -= takes[kind]
        return headers | (self._said(limits) if self.headers else {})

    def _said(self, limits: dict[str, float]) -> dict[str, str]:
        said = {}
        for kind, limit in limits.items():
            resets = (limit - self._left[kind]) * self.period / limit
            said[f"x-ratelimit-limit-{kind}"] = f"{limit:.0f}"
            said[f"x-ratelimit-remaining-{kind}"] = f"{int(self._left[kind])}"
            said[f"x-ratelimit-reset-{kind}"] = f"{resets * 1000:.0f}ms"
        return said
