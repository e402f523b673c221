"""Requests and tokens a minute: what an endpoint's headers and the settings allow.

Headers that are read, the first family that is there:

- OpenAI, Groq, Azure: `x-ratelimit-{limit,remaining,reset}-{requests,tokens}`, the reset as
  "1s", "6m0s", "20ms"; Azure leaves the reset out. https://platform.openai.com/docs/guides/rate-limits
  https://console.groq.com/docs/rate-limits (there the requests are a day's)
- Anthropic: `anthropic-ratelimit-{requests,tokens}-{limit,remaining,reset}`, the reset an RFC 3339
  time. https://docs.anthropic.com/en/api/rate-limits
- Mistral: `x-ratelimit-{limit,remaining}-{req,tokens}-minute`.
  https://github.com/mistralai/client-ts/issues/169
- Together, OpenRouter, gateways: `x-ratelimit-{limit,remaining,reset}`, of requests; the reset in
  seconds, or a Unix time in seconds or milliseconds. https://docs.together.ai/docs/rate-limits
- `RateLimit-{Limit,Remaining,Reset}`, seconds (draft-ietf-httpapi-ratelimit-headers-06), and since
  draft 08 `RateLimit: "default";r=50;t=30` with `RateLimit-Policy: "default";q=100;w=60`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, NamedTuple

Kind = Literal["requests", "tokens"]

MINUTE = 60.0
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+", re.ASCII)
_NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_ITEM = re.compile(r";\s*([a-z]+)\s*=\s*(\d+)")


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is allowed, as one reply's headers say it.

    Attributes:
        limit: most in a period.
        remaining: left of it when the headers were written.
        resets_in: seconds until `remaining` is `limit` again.
        steady: it fills up bit by bit until then; else all at once at that time.
    """

    limit: float
    remaining: float
    resets_in: float
    steady: bool

    @property
    def rate(self) -> float:
        """What comes back in a second, if it fills up bit by bit."""
        used = self.limit - self.remaining
        return used / self.resets_in if used > 0 and self.resets_in > 0 else self.limit / MINUTE


class _Names(NamedTuple):
    kind: Kind
    limit: str
    remaining: str
    reset: str
    steady: bool


def _named(pattern: str, kind: Kind, what: str, *, steady: bool) -> _Names:
    limit, remaining, reset = (
        pattern.format(part=part, what=what) for part in ("limit", "remaining", "reset")
    )
    return _Names(kind, limit, remaining, reset, steady)


_NAMES = (
    _named("x-ratelimit-{part}-{what}", "requests", "requests", steady=True),
    _named("x-ratelimit-{part}-{what}", "tokens", "tokens", steady=True),
    _named("anthropic-ratelimit-{what}-{part}", "requests", "requests", steady=True),
    _named("anthropic-ratelimit-{what}-{part}", "tokens", "tokens", steady=True),
    _named("x-ratelimit-{part}-{what}-minute", "requests", "req", steady=False),
    _named("x-ratelimit-{part}-{what}-minute", "tokens", "tokens", steady=False),
    _named("x-ratelimit-{part}", "requests", "", steady=False),
    _named("ratelimit-{part}", "requests", "", steady=False),
)


def seconds(text: str, *, now: datetime) -> float | None:
    """Seconds that a reset names: "6m0s", "20ms", "12", a Unix time, RFC 3339; None if unreadable.

    A number above 10^9 is a Unix time in seconds, above 10^12 in milliseconds; a time that has
    passed is 0.
    """
    text = text.strip()
    if _NUMBER.fullmatch(text):
        number = float(text)
        if number < 1e9:
            return number
        return max(0.0, number / (1000 if number >= 1e12 else 1) - now.timestamp())
    if _DURATION.fullmatch(text):
        return sum(float(part) * _UNITS[unit] for part, unit in _PART.findall(text))
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        return None
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0.0, (date - now).total_seconds())


def learned(headers: Mapping[str, str], *, now: datetime) -> dict[Kind, Allowance]:
    """What a reply's headers say is allowed; empty if they say nothing that can be read.

    Args:
        headers: whose names compare without regard to case.
        now: when the reply came.
    """
    found: dict[Kind, Allowance] = {}
    for names in _NAMES:
        remaining = _number(headers.get(names.remaining))
        if remaining is not None and names.kind not in found:
            reset = headers.get(names.reset, "")
            resets_in = seconds(reset, now=now) if reset else MINUTE
            if resets_in is not None:
                limit = max(remaining, _number(headers.get(names.limit)) or 1.0)
                steady = names.steady and bool(reset)
                found[names.kind] = Allowance(limit, remaining, resets_in, steady)
    if "requests" not in found and (allowance := _of_structured(headers)) is not None:
        found["requests"] = allowance
    return found


def _of_structured(headers: Mapping[str, str]) -> Allowance | None:
    """The strictest item of `RateLimit`, with the quota of the same place in the policy."""
    if "ratelimit" not in headers:
        return None
    items = [dict(_ITEM.findall(item)) for item in headers["ratelimit"].split(",")]
    quotas = [dict(_ITEM.findall(item)) for item in headers.get("ratelimit-policy", "").split(",")]
    found = []
    for place, item in enumerate(items):
        if "r" in item:
            quota = quotas[place] if place < len(quotas) else {}
            remaining = float(item["r"])
            limit = max(remaining, float(quota.get("q", 1)), 1.0)
            resets_in = float(item.get("t") or quota.get("w") or MINUTE)
            found.append(Allowance(limit, remaining, resets_in, steady=False))
    return min(found, key=lambda allowance: allowance.remaining, default=None)


def _number(text: str | None) -> float | None:
    if text is None:
        return None
    text = text.split(",")[0].split(";")[0].strip()  # "100, 100;w=60": the limit in force is first
    return float(text) if _NUMBER.fullmatch(text) else None
