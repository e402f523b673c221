"""A request in the endpoint's own form, without what the endpoint was found not to take."""

import dataclasses
import logging
from collections.abc import Callable, Mapping
from typing import Any

from clone_pipeline.llm import mending, streaming
from clone_pipeline.llm.asking import Request
from clone_pipeline.llm.choices import Memory
from clone_pipeline.llm.posting import Received, Trouble
from clone_pipeline.llm.sending import Refused, Sender

log = logging.getLogger("clone_pipeline.llm")

Mends = Callable[[Trouble], bool]


@dataclasses.dataclass(frozen=True, slots=True)
class Manner:
    """What of a request is sent, and under which names.

    Attributes:
        max_tokens_key: what the endpoint calls the longest answer.
        send_stop: whether stop texts are sent at all.
        stop_limit: how many of them the settings allow, None if they don't say.
        known_stop_limit: how many the endpoint is documented to take, None if that is unknown.
        stream: ask for answers piece by piece.
    """

    max_tokens_key: str = "max_tokens"
    send_stop: bool = True
    stop_limit: int | None = None
    known_stop_limit: int | None = None
    stream: bool = False


class Wire:
    """Puts requests on the wire; what the endpoint refuses of a body is left out from then on.

    Args:
        sender: sends bodies.
        memory: keeps how many stop texts a model takes.
        manner: what is sent.
    """

    def __init__(self, sender: Sender, memory: Memory, manner: Manner) -> None:
        self._sender, self._memory, self._manner = sender, memory, manner
        self._stops: dict[str, int | None] = {}
        self._stream_options = True
        self._told = False

    def asked(self, request: Request) -> Request:
        """The request as the settings want it asked; its key is made of this."""
        manner = self._manner
        if not manner.send_stop and request.stop:
            return dataclasses.replace(request, stop=())
        if manner.stop_limit is not None and len(request.stop) > manner.stop_limit:
            return dataclasses.replace(request, stop=request.stop[: manner.stop_limit])
        return request

    async def reply(self, request: Request) -> Received:
        """The completion.

        Raises:
            LlmFailure: see `Sender.send`.
        """
        return await self._send(request, self._body(request), 1, lambda trouble: False)

    async def several(self, request: Request, count: int, *, refused: Mends) -> Received:
        """A completion with up to `count` choices.

        Args:
            request: the question.
            count: how many answers are wanted, at least 2.
            refused: whether a trouble may mean that several are not to be had.

        Raises:
            Refused: it may.
            LlmFailure: see `Sender.send`.
        """
        return await self._send(request, self._body(request) | {"n": count}, count, refused)

    async def _send(
        self, request: Request, body: dict[str, Any], count: int, refused: Mends
    ) -> Received:
        whole, longest = body, request.max_tokens * count

        def mends(trouble: Trouble) -> bool:
            return self._mended(body, trouble) is not None or refused(trouble)

        while True:
            try:
                received = await self._sender.send(
                    body, model=request.model, longest=longest, mends=mends
                )
            except Refused as refusal:
                mended = self._mended(body, refusal.trouble)
                if mended is None:
                    raise
                body = mended
            else:
                self._learn(request.model, whole, body)
                return received

    def _mended(self, body: Mapping[str, Any], trouble: Trouble) -> dict[str, Any] | None:
        return mending.mended(
            body, stop=self._sender.form.stop, status=trouble.status, found=trouble.found
        )

    def _body(self, request: Request) -> dict[str, Any]:
        manner, limit = self._manner, self._stop_limit(request.model)
        if limit is not None and len(request.stop) > limit:
            self._tell(limit, len(request.stop))
            request = dataclasses.replace(request, stop=request.stop[:limit])
        body = self._sender.form.body_of(request)
        if manner.max_tokens_key != "max_tokens":
            body[manner.max_tokens_key] = body.pop("max_tokens")
        if manner.stream and self._sender.form.streams:
            body |= streaming.ASKED
            if not self._stream_options:
                del body["stream_options"]
        return body

    def _stop_limit(self, model: str) -> int | None:
        if self._manner.stop_limit is not None:
            return self._manner.stop_limit
        if model not in self._stops:
            said = self._memory.recalled(self._name(model))
            self._stops[model] = int(said) if said else self._manner.known_stop_limit
        return self._stops[model]

    def _learn(self, model: str, whole: Mapping[str, Any], taken: Mapping[str, Any]) -> None:
        """Remember what was left out of `whole` before the endpoint took it."""
        if taken is whole:
            return
        self._stream_options = "stream_options" in taken or "stream_options" not in whole
        stop = self._sender.form.stop
        wanted, limit = len(whole.get(stop, ())), len(taken.get(stop, ()))
        if limit < wanted:
            self._stops[model] = limit
            self._memory.remember(self._name(model), str(limit))
            self._tell(limit, wanted)

    def _tell(self, limit: int, wanted: int) -> None:
        if not self._told:
            self._told = True
            log.warning(
                f"{self._sender.host} takes {limit} stop texts: of a prompt's {wanted}, "
                f"the first {limit} are sent (llm.stop_limit, llm.send_stop)"
            )

    def _name(self, model: str) -> str:
        return f"stop texts: {self._sender.host} {model}"
