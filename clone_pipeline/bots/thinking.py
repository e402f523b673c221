"""A bot's brain for as long as it runs, opened again when the project's own endpoint moves."""

import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from clone_pipeline.bots.brain import Brain, open_brain
from clone_pipeline.bots.brain_settings import BrainSettings
from clone_pipeline.bots.wire import Purse


class NoModel(Exception):
    """The project's own model is asked for, and no `serve` answers."""


class Thinker:
    """Hands out the brain; the one that it replaces lives on until nobody uses it.

    Args:
        settings: of the brain.
        own_url: where the project's own model answers now, "" for nowhere.
        purse: what requests are paid from.
        rng: of the pauses between tries.
    """

    def __init__(
        self,
        settings: BrainSettings,
        *,
        own_url: Callable[[], str],
        purse: Purse,
        rng: random.Random,
    ) -> None:
        self.settings, self.own_url, self.purse, self.rng = settings, own_url, purse, rng
        self.needs_own = any(model.base_url is None for model in settings.models())
        self._open: dict[str, tuple[Brain, AsyncExitStack]] = {}
        self._users: dict[str, int] = {}

    def can_think(self) -> bool:
        """Whether its model answers, as far as that is known without asking it."""
        return not self.needs_own or bool(self.own_url())

    @asynccontextmanager
    async def brain(self) -> AsyncIterator[Brain]:
        """The brain, for one reply.

        Raises:
            NoModel: its model is the project's own, and nobody serves it.
            FaultyInput: a key's variable is not set.
        """
        url = self.own_url() if self.needs_own else ""
        if self.needs_own and not url:
            raise NoModel("no `clone-pipeline serve` answers for this project")
        self._users[url] = self._users.get(url, 0) + 1
        try:
            if url not in self._open:
                async with AsyncExitStack() as stack:
                    opened = open_brain(self.settings, base_url=url, purse=self.purse, rng=self.rng)
                    brain = await stack.enter_async_context(opened)
                    if url in self._open:  # somebody else was quicker
                        brain = self._open[url][0]
                    else:
                        self._open[url] = brain, stack.pop_all()
            yield self._open[url][0]
        finally:
            self._users[url] -= 1
            await self._close_all_but(url)

    async def close(self) -> None:
        """Close all connections."""
        for _, stack in self._open.values():
            await stack.aclose()
        self._open.clear()

    async def _close_all_but(self, url: str) -> None:
        for old in [each for each in self._open if each != url and not self._users.get(each)]:
            _, stack = self._open.pop(old)
            await stack.aclose()
