"""What was asked of a model and answered, noted by prompt, and how long it was."""

from collections import defaultdict
from collections.abc import Sequence

from clone_pipeline.funnel import Usage
from clone_pipeline.llm.asking import Model, Reply, Request
from clone_pipeline.qa.forecast import Size


class Noting:
    """A model that remembers what was asked of it and answered, by prompt."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.said: dict[str, list[tuple[Request, Reply]]] = defaultdict(list)

    async def ask(self, request: Request) -> Reply:
        """As the model's own."""
        reply = await self._model.ask(request)
        self.said[request.step].append((request, reply))
        return reply

    async def ask_votes(self, request: Request, votes: Sequence[int]) -> list[Reply]:
        """As the model's own."""
        replies = await self._model.ask_votes(request, votes)
        self.said[request.step] += [(request, reply) for reply in replies]
        return replies

    def usage(self) -> Usage:
        """As the model's own."""
        return self._model.usage()


def size(said: Sequence[tuple[Request, Reply]]) -> Size:
    """Mean tokens of requests and replies, at least one."""
    told = [_prompt_tokens(request, reply) for request, reply in said]
    written = [reply.completion_tokens or len(reply.text) / 4 for _, reply in said]
    return Size(sum(told) / len(told), sum(written) / len(written))


def _prompt_tokens(request: Request, reply: Reply) -> float:
    """As the endpoint counted; where it did not, four characters a token."""
    chars = sum(len(message["content"]) for message in request.messages)
    return reply.prompt_tokens or chars / 4
