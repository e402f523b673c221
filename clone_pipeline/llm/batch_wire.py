"""OpenAI's Batch API on the wire, through its own client.

Reference: https://platform.openai.com/docs/api-reference/batch and .../files.
"""

import asyncio
import itertools
import random
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from clone_pipeline.llm import pacing
from clone_pipeline.llm.asking import LlmFailure
from clone_pipeline.llm.exchange import SHOWN_CHARS
from clone_pipeline.llm.failing import failure

if TYPE_CHECKING:
    import openai
    from openai.types import Batch

Made = TypeVar("Made")

_MARK = "clone_pipeline"  # the key of a batch's mark in its metadata
_TIDY_SECONDS = 10.0  # patience when nothing hangs on it
_CLOCKS_SECONDS = 86_400.0  # by how much the endpoint's clock may differ


class BatchWire:
    """Calls of the Batch API, each tried again within patience.

    Args:
        client: that does not try again by itself.
        host: named in messages.
        path: of the requests in a batch, "/v1/chat/completions" or "/v1/completions".
        folder: for the file that is being sent; it is never seen there.
        patience_seconds: longest time for one call with all its tries.
        scrub: takes secrets out of what goes into a message.
        key_env: the key's variable, named in messages.
    """

    def __init__(
        self, client: "openai.AsyncOpenAI", host: str, path: str, folder: Path, *,
        patience_seconds: float = 600.0, scrub: Callable[[str], str] = str,
        key_env: str | None = None,
    ) -> None:  # fmt: skip
        self.host, self.path = host, path
        self._client, self._folder, self._patience = client, folder, patience_seconds
        self._scrub, self._key_env = scrub, key_env
        self._answered = False

    async def submit(self, mark: str, lines: Iterable[bytes], model: str) -> str:
        """Send a batch; its id. A try that got no reply is looked for before the next.

        Raises:
            LlmFailure: the endpoint does not take it, or does not answer.
        """
        with tempfile.TemporaryFile(dir=self._folder) as file:
            file.writelines(lines)
            name = f"clone-pipeline-{mark}.jsonl"

            async def upload() -> str:
                file.seek(0)
                sent = await self._client.files.create(file=(name, file), purpose="batch")
                return sent.id

            file_id = await self._patiently(upload, model)
        began, tries = time.time(), itertools.count()

        async def create() -> str:
            if next(tries) and (found := await self._find(mark, began)):
                return found
            batch = await self._client.batches.create(
                input_file_id=file_id, endpoint=self.path, completion_window="24h",  # type: ignore[arg-type]
                metadata={_MARK: mark},
            )  # fmt: skip
            return batch.id

        return await self._patiently(create, model)

    async def find(self, mark: str, began: float) -> str | None:
        """The id of the batch that carries `mark`; None if the endpoint has none.

        Args:
            mark: in its metadata.
            began: it was not created before, in seconds since 1970.
        """
        return await self._patiently(lambda: self._find(mark, began), "")

    async def _find(self, mark: str, began: float) -> str | None:
        async for batch in self._client.batches.list(limit=100):
            if (batch.metadata or {}).get(_MARK) == mark:
                return batch.id
            if batch.created_at < began - _CLOCKS_SECONDS:
                return None
        return None

    async def state(self, batch_id: str) -> "Batch | None":
        """How far a batch is; None if the endpoint does not know it."""
        import openai  # noqa: PLC0415

        async def retrieve() -> "Batch | None":
            try:
                return await self._client.batches.retrieve(batch_id)
            except openai.NotFoundError:
                return None

        return await self._patiently(retrieve, "")

    async def lines(self, file_id: str) -> AsyncIterator[str]:
        """The lines of an output or error file, once all of it is here."""
        with tempfile.TemporaryFile(dir=self._folder) as file:

            async def download() -> None:
                file.seek(0)
                file.truncate()
                streaming = self._client.files.with_streaming_response
                async with streaming.content(file_id) as response:
                    async for piece in response.iter_bytes():
                        file.write(piece)

            await self._patiently(download, "")
            file.seek(0)
            for line in file:
                yield line.decode("utf-8", "replace")

    async def delete(self, file_id: str) -> None:
        """Have the endpoint forget a file; it may have done so before."""
        import openai  # noqa: PLC0415

        async def delete() -> None:
            with suppress(openai.NotFoundError):
                await self._client.files.delete(file_id)

        await self._patiently(delete, "", patience=min(self._patience, _TIDY_SECONDS))

    async def _patiently(
        self, call: Callable[[], Awaitable[Made]], model: str, *, patience: float | None = None
    ) -> Made:
        """Call again after what may pass: no reply, too many requests, the server's own errors."""
        import httpx  # noqa: PLC0415
        import openai  # noqa: PLC0415

        started = time.monotonic()
        for attempt in itertools.count(1):
            status, asked = None, None
            try:
                made = await call()
            except openai.APIStatusError as error:
                status, found = error.status_code, str(error.body or error.message)
                asked = pacing.requested_pause(error.response.headers, now=datetime.now(UTC))
                self._answered = True
            except openai.APIConnectionError as error:
                found = str(error.__cause__ or error)
            except httpx.TransportError as error:  # while a body was being read
                found = str(error) or type(error).__name__
            else:
                self._answered = True
                return made
            wait = pacing.pause(attempt, asked=asked, draw=random.random())
            late = pacing.gives_up(
                time.monotonic() - started, wait, patience=patience or self._patience,
                answered_before=self._answered, connected=self._answered,
            )  # fmt: skip
            if late or pacing.kind_of(status, found) != "again":
                raise self._failure(status, found, model)
            await asyncio.sleep(wait)
        raise AssertionError("unreachable")

    def _failure(self, status: int | None, found: str, model: str) -> LlmFailure:
        found = self._scrub(found)
        if status in (404, 405, 501):
            shown = " ".join(found[:SHOWN_CHARS].split())
            fix = "Does it have a Batch API? If not, set llm.mode: api"
            return LlmFailure(self.host, status, shown, fix)
        return failure(self.host, status, found, model=model, key_env=self._key_env)
