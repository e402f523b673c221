"""Connections to an endpoint, kept open while it is asked."""

import random
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp

from clone_pipeline.llm.asking import LlmFailure
from clone_pipeline.llm.budget import Budget, Prices
from clone_pipeline.llm.choices import Several
from clone_pipeline.llm.endpoint import Endpoint
from clone_pipeline.llm.failing import scrubber
from clone_pipeline.llm.forms import CHAT, Form
from clone_pipeline.llm.gate import Gate
from clone_pipeline.llm.hosts import host_of, is_local
from clone_pipeline.llm.journal import Journal
from clone_pipeline.llm.limits import Kind
from clone_pipeline.llm.line import Line
from clone_pipeline.llm.mending import known_stop_limit
from clone_pipeline.llm.sending import Sender, Terms
from clone_pipeline.llm.wire import Manner, Wire

_FIRST_WAVE = 10  # requests to an endpoint whose limits were never seen, until the first reply
_GRACE_SECONDS = 10.0  # for what is in flight, and paid for, when a run ends by a failure


@asynccontextmanager
async def connect(
    *,
    base_url: str,
    api_key: str | None,
    journal: Journal,
    concurrency: int = 60,
    timeout_seconds: float = 180.0,
    patience_seconds: float = 600.0,
    prompt_price: float = 0.0,
    completion_price: float = 0.0,
    prices: Mapping[str, tuple[float, float]] | None = None,
    stop_limit: int | None = None,
    max_tokens_key: str = "max_tokens",
    failures_in_a_row: int = 10,
    api_key_env: str | None = None,
    form: Form = CHAT,
    send_stop: bool = True,
    stream: bool = False,
    several_choices: bool = True,
    requests_per_minute: float | None = None,
    tokens_per_minute: float | None = None,
    first_wave: int | None = None,
    budget: float | None = None,
    draw: Callable[[], float] = random.random,
) -> AsyncIterator[Endpoint]:
    """Keep connections to `base_url` open while the endpoint is asked.

    Args:
        base_url: without a slash at the end; the form's path is added.
        api_key: sent as a bearer token, and taken out of whatever comes back.
        journal: kept open by the caller for at least as long.
        concurrency: requests in flight at once.
        timeout_seconds: longest wait for one reply; then it is asked again.
        patience_seconds: longest time for one request with all its tries.
        prompt_price: money for a million prompt tokens.
        completion_price: money for a million completion tokens.
        prices: both by model, where a model has prices of its own.
        stop_limit: stop texts beyond this number are not sent.
        max_tokens_key: what the endpoint calls the longest answer.
        failures_in_a_row: after so many requests that failed for good, all others fail at once.
        api_key_env: named in the message about a refused key.
        form: how it is asked: `forms.CHAT`, `completions.COMPLETIONS`, `cohere.COHERE`.
        send_stop: whether stop texts are sent.
        stream: have answers sent piece by piece.
        several_choices: ask for several votes in one request, if the endpoint does that.
        requests_per_minute: None for what the endpoint's headers say.
        tokens_per_minute: likewise.
        first_wave: requests in flight until the first reply shows whether its headers name
            limits; None: ten if the endpoint is not on this machine and was never asked before.
        budget: most that all answers in the journal and those to come may cost together.
        draw: random numbers in [0, 1) for the pauses between tries.
    """
    url = base_url.rstrip("/")
    terms = Terms(url, form, patience_seconds, failures_in_a_row, api_key_env)
    limits = _limits(requests=requests_per_minute, tokens=tokens_per_minute)
    manner = Manner(
        max_tokens_key, send_stop, stop_limit, form.stop_limit or known_stop_limit(url), stream
    )
    several = Several(host_of(url), journal, allowed=several_choices and form.several)
    async with _session(url, api_key, concurrency, timeout_seconds) as session:
        with _gate(url, journal, concurrency, limits, first_wave) as gate:
            sender = Sender(session, terms, gate, scrub=scrubber(api_key), draw=draw)
            wire = Wire(sender, journal, manner)
            line = Line(
                wire, journal, concurrency=concurrency, host=sender.host,
                answer_format=form.answer_format,
                prices=Prices((prompt_price, completion_price), prices or {}),
                budget=Budget(sender.host, budget, spent=journal.spent().cost),
            )  # fmt: skip
            endpoint = Endpoint(sender, wire, line, journal, several)
            async with _taken_in(endpoint):
                yield endpoint


@asynccontextmanager
async def _taken_in(endpoint: Endpoint) -> AsyncIterator[None]:
    """At the end take in, or cancel, what is in flight."""
    try:
        yield
    except LlmFailure as error:
        await endpoint.finish(error, seconds=_GRACE_SECONDS)
        raise
    finally:
        await endpoint.close()


@contextmanager
def _gate(
    url: str, journal: Journal, most: int, limits: Mapping[Kind, float], first_wave: int | None
) -> Iterator[Gate]:
    """A gate that begins with few requests, unless the endpoint is known to name no limits."""
    noted = f"rate limits: {host_of(url)}"
    free = is_local(url) or journal.recalled(noted) == "none"
    gate = Gate(most, limits, first_wave=first_wave or (None if free else _FIRST_WAVE))
    yield gate
    if gate.limited is not None and not is_local(url):
        journal.remember(noted, "some" if gate.limited else "none")


def _limits(**most: float | None) -> dict[Kind, float]:
    kinds: tuple[Kind, ...] = ("requests", "tokens")
    return {kind: limit for kind in kinds if (limit := most[kind]) is not None}


def _session(
    base_url: str, key: str | None, concurrency: int, timeout_seconds: float
) -> aiohttp.ClientSession:
    headers = {"Content-Type": "application/json", "User-Agent": "clone-pipeline"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    proxy = None if is_local(base_url) else _proxy(base_url)
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=concurrency + 1, keepalive_timeout=60),
        timeout=aiohttp.ClientTimeout(total=timeout_seconds, sock_connect=15),
        headers=headers,
        cookie_jar=aiohttp.DummyCookieJar(),
        proxy=proxy,  # `trust_env` would look into ~/.netrc too: a login there breaks every request
    )


def _proxy(base_url: str) -> str | None:
    """The proxy that the environment names for an address."""
    parts = urlsplit(base_url)
    named = "" if proxy_bypass(parts.netloc) else getproxies().get(parts.scheme, "")
    return named if named.startswith(("http://", "https://")) else None
