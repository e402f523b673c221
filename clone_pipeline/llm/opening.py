"""The model that the settings name, ready to be asked: an endpoint, or the embedded one."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from clone_pipeline.llm import embedded
from clone_pipeline.llm.batch import BatchModel, batched
from clone_pipeline.llm.budget import Prices
from clone_pipeline.llm.endpoint import Endpoint
from clone_pipeline.llm.hosts import host_of, is_local
from clone_pipeline.llm.journal import Journal
from clone_pipeline.llm.mending import known_stop_limit
from clone_pipeline.llm.openai_compatible import LlmSettings, api_key, connect
from clone_pipeline.llm.wire import Manner

_SLOW_SECONDS = 600.0  # a busy machine writes some ten tokens a second


@asynccontextmanager
async def open_model(
    settings: LlmSettings, *, journal: Journal
) -> AsyncIterator[Endpoint | BatchModel]:
    """Connect to `settings.address`, or start the embedded server for as long as it is asked.

    Args:
        settings: the `llm` part of clone.yaml.
        journal: kept open by the caller for at least as long.

    Raises:
        FaultyInput: the key's variable is not set, or the embedded model is not installed.
    """
    if settings.mode == "batch":
        async with _batched(settings, journal) as batches:
            yield batches
        return
    async with AsyncExitStack() as stack:
        url, slots, seconds = settings.address, settings.concurrency, settings.timeout_seconds
        if url is None:
            url = stack.enter_context(embedded.serve())
            slots, seconds = min(slots, embedded.SLOTS), max(seconds, _SLOW_SECONDS)
        connecting = _connected(settings, url, journal, slots, seconds)
        yield await stack.enter_async_context(connecting)


def _connected(
    settings: LlmSettings,
    url: str,
    journal: Journal,
    slots: int,
    seconds: float,
) -> AbstractAsyncContextManager[Endpoint]:
    return connect(
        base_url=url,
        api_key=api_key(settings.api_key_env),
        journal=journal,
        concurrency=slots,
        timeout_seconds=seconds,
        patience_seconds=settings.patience_seconds,
        prompt_price=settings.prompt_price,
        completion_price=settings.completion_price,
        prices=settings.prices,
        stop_limit=settings.stop_limit,
        max_tokens_key=settings.max_tokens_key,
        api_key_env=settings.api_key_env,
        form=settings.form,
        send_stop=settings.send_stop,
        stream=settings.stream,
        several_choices=settings.several_choices and settings.address is not None,
        requests_per_minute=settings.requests_per_minute,
        tokens_per_minute=settings.tokens_per_minute,
        budget=settings.budget,
    )


def _batched(settings: LlmSettings, journal: Journal) -> AbstractAsyncContextManager[BatchModel]:
    url = settings.base_url or ""
    return batched(
        base_url=url,
        api_key=api_key(settings.api_key_env),
        journal=journal,
        form=settings.form,
        manner=Manner(
            max_tokens_key=settings.max_tokens_key,
            send_stop=settings.send_stop,
            stop_limit=settings.stop_limit,
            known_stop_limit=known_stop_limit(url),
        ),
        prices=Prices((settings.prompt_price, settings.completion_price), settings.prices),
        budget=settings.budget,
        timeout_seconds=settings.timeout_seconds,
        patience_seconds=settings.patience_seconds,
        api_key_env=settings.api_key_env,
    )


def who_receives(settings: LlmSettings, *, what: str) -> str:
    """The sentence that says where text goes: "text of chunks goes to api.openai.com"."""
    address = settings.address
    if address is None:
        return "asks the embedded model; nothing leaves this machine"
    host = host_of(address)
    where = ", on this machine" if is_local(address) else ""
    return f"text of {what} goes to {host}{where}"
