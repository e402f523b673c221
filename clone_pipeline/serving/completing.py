"""One chat request, from its body to its reply, whole or streamed."""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from clone_pipeline.serving import shapes
from clone_pipeline.serving.handle import Question, Worker, WorkerGone
from clone_pipeline.serving.keeper import Keeper
from clone_pipeline.serving.plan import Plan
from clone_pipeline.serving.prompting import speaker_of, speakers
from clone_pipeline.serving.shapes import ChatRequest, Refused


@dataclass(slots=True)
class Asking:
    """A request in hand. A worker that dies is asked again once, on the next that comes up."""

    keeper: Keeper
    plan: Plan
    asked: ChatRequest
    identifier: str = field(default_factory=shapes.new_id)

    async def whole(self) -> web.Response:
        """The reply in one piece.

        Raises:
            Refused: the request can't be answered.
            WorkerGone: two workers ended over it.
        """
        try:
            return await self._whole(await self.keeper.answering())
        except WorkerGone:
            return await self._whole(await self.keeper.answering())

    async def streamed(self, request: web.Request) -> web.StreamResponse:
        """The reply as server-sent events; the first piece decides the HTTP status.

        Raises:
            Refused: as for `whole`, if nothing was sent yet.
            WorkerGone: likewise. Afterwards an error event ends the stream.
        """
        try:
            return await self._streamed(request, await self.keeper.answering())
        except WorkerGone:
            return await self._streamed(request, await self.keeper.answering())

    async def _whole(self, worker: Worker) -> web.Response:
        text = ""
        end: dict[str, Any] = {}
        async with aclosing(self._ask(worker)) as answers:
            async for answer in answers:
                text += answer.get("piece", "")
                end = answer.get("end", end)
        body = shapes.completion(
            self.identifier,
            model=self.asked.model,
            fingerprint=self.plan.fingerprint(worker.version),
            text=text,
            end=end,
        )
        return web.json_response(body)

    async def _streamed(self, request: web.Request, worker: Worker) -> web.StreamResponse:
        async with aclosing(self._ask(worker)) as answers:
            first = await anext(answers)
            response = web.StreamResponse(
                headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
            )
            await response.prepare(request)
            await self._send(response, worker, delta={"role": "assistant", "content": ""})
            try:
                await self._pass_on(response, worker, first)
                async for answer in answers:
                    await self._pass_on(response, worker, answer)
            except WorkerGone as error:
                gone = Refused(str(error), kind="server_error", code="worker_gone")
                await _event(response, gone.body())
            else:
                await response.write(b"data: [DONE]\n\n")
        await response.write_eof()
        return response

    async def _pass_on(
        self, response: web.StreamResponse, worker: Worker, answer: dict[str, Any]
    ) -> None:
        if "piece" in answer:
            await self._send(response, worker, delta={"content": answer["piece"]})
            return
        end = answer["end"]
        await self._send(response, worker, delta={}, finish_reason=end["finish_reason"])
        if self.asked.stream_options and self.asked.stream_options.include_usage:
            await self._send(response, worker, delta=None, usage=shapes.usage(end))

    async def _send(self, response: web.StreamResponse, worker: Worker, **said: Any) -> None:
        body = shapes.chunk(
            self.identifier,
            model=self.asked.model,
            fingerprint=self.plan.fingerprint(worker.version),
            **said,
        )
        await _event(response, body)

    def _ask(self, worker: Worker) -> AsyncGenerator[dict[str, Any]]:
        if worker.waiting >= self.plan.max_waiting:
            raise Refused(
                f"{worker.waiting} requests are waiting already",
                status=429,
                kind="rate_limit_error",
                code="rate_limit_exceeded",
                retry_after=5,
            )
        return worker.ask(self._question(worker))

    def _question(self, worker: Worker) -> Question:
        asked, plan, card = self.asked, self.plan, worker.version.card
        speaker = speaker_of(card, asked.model)
        if speaker is None:
            known = ", ".join([*speakers(card), card["name"]])
            raise Refused(
                f"there is no model `{asked.model}` here; known: {known}",
                status=404,
                code="model_not_found",
                param="model",
            )
        return Question(
            speaker=speaker,
            said=asked.said(),
            max_new_tokens=asked.max_completion_tokens or asked.max_tokens or plan.max_new_tokens,
            temperature=plan.temperature if asked.temperature is None else asked.temperature,
            top_p=plan.top_p if asked.top_p is None else asked.top_p,
            seed=asked.seed,
            stop=asked.stops(),
        )


async def _event(response: web.StreamResponse, body: dict[str, Any]) -> None:
    await response.write(f"data: {json.dumps(body, ensure_ascii=False)}\n\n".encode())
