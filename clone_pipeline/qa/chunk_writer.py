"""What is asked about one chunk: whether it is worth questions, each style, several chunks."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from clone_pipeline.qa import embedded, multi_source, suitability
from clone_pipeline.qa.asking import Asker
from clone_pipeline.qa.gathering import each
from clone_pipeline.qa.suitability import Unfit
from clone_pipeline.qa.writing import Asked, refused, write_all
from clone_pipeline.records import Chunk


@dataclass(frozen=True, slots=True)
class ChunkWriter:
    """Writes the pairs of a chunk; every reply depends on chunks and journal alone, not on timing.

    Attributes:
        askers: by style; `multi_source.STYLE` among them if `plan` holds anything.
        styles: each is written from every chunk.
        details: by document_id, what the text is.
        by_rules: most pairs of a chunk that the embedded writer makes; None: the model writes.
        filter_chunks: the model judges first whether a chunk is worth questions.
        rounds: see `writing.write_all`.
        enough: likewise.
        alike: likewise.
        plan: by chunk_id, the related chunks of those that questions over several are asked about.
        count: how many of these are taken.
    """

    askers: Mapping[str, Asker]
    styles: Sequence[str]
    details: Mapping[str, str]
    by_rules: int | None
    filter_chunks: bool
    rounds: int
    enough: int | None
    alike: float
    plan: Mapping[str, Sequence[Chunk]]
    count: int
    _judged: dict[str, asyncio.Task[Unfit | None]] = field(default_factory=dict)

    async def write(self, chunk: Chunk) -> tuple[Unfit | None, dict[str, Asked]]:
        """Why nothing is asked about `chunk`, else what came of it, by style.

        Raises:
            LlmFailure: a request failed for good.
        """
        if reason := await self._unfit(chunk):
            return reason, {}
        jobs: dict[str, Callable[[], Awaitable[Asked]]] = {
            style: partial(self._in_style, chunk, style) for style in self.styles
        }
        if chunk.chunk_id in self.plan:
            jobs[multi_source.STYLE] = partial(self._over_several, chunk)
        made = await each(list(jobs.values()), lambda job: job())
        return None, dict(zip(jobs, made, strict=True))

    async def _in_style(self, chunk: Chunk, style: str) -> Asked:
        asker = self.askers[style]
        if self.by_rules is not None:
            found, why_none = await embedded.write(chunk.text, asker=asker, limit=self.by_rules)
            return Asked(found.pairs, refused(found), why_none)
        return await write_all(
            chunk.text,
            asker=asker,
            about=self.details.get(chunk.document_id, ""),
            rounds=self.rounds,
            enough=self.enough,
            alike=self.alike,
        )

    async def _over_several(self, chunk: Chunk) -> Asked:
        async def fit(other: Chunk) -> bool:
            return await self._unfit(other) is None

        others = await multi_source.first_fit(self.plan[chunk.chunk_id], count=self.count, fit=fit)
        asker = self.askers[multi_source.STYLE]
        asked = await multi_source.write_over(chunk, others, asker=asker, details=self.details)
        return replace(asked, related=[other.chunk_id for other in others])

    async def _unfit(self, chunk: Chunk) -> Unfit | None:
        """Why nothing is asked about `chunk`; the model is asked once, whoever wants to know."""
        if suitability.too_short(chunk.text):
            return "too_short"
        if not self.filter_chunks:
            return None
        if chunk.chunk_id not in self._judged:
            judging = suitability.judge(chunk.text, asker=self.askers[self.styles[0]])
            self._judged[chunk.chunk_id] = asyncio.ensure_future(judging)
        return await self._judged[chunk.chunk_id]
