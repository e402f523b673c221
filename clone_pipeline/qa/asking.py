"""Who is asked with which prompts, and the ids of what comes of it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from clone_pipeline.llm import prompt
from clone_pipeline.llm.asking import Model, Reply, Request

# The number of a vote's second try: no vote reaches it, whatever `votes` is set to.
SECOND_TRY = 1000


@dataclass(frozen=True, slots=True)
class Asker:
    """A model, its name at the endpoint, and the prompts by file name without `.yaml`."""

    model: Model
    model_name: str
    prompts: Mapping[str, prompt.Prompt]

    async def ask(self, name: str, *, vote: int = 0, **fields: str) -> Reply:
        """The reply to the prompt `name`, filled with `fields`.

        Raises:
            LlmFailure: the request failed for good.
        """
        return await self.model.ask(self._request(name, vote, fields))

    async def ask_in_words(
        self, name: str, *, rules: Mapping[str, Sequence[str]], **fields: str
    ) -> Reply:
        """Like `ask`; the prompt's `grammar` (GBNF) is completed by `rules`.

        Args:
            name: a prompt whose `sampling.extra_body.grammar` leaves rules undefined.
            rules: for each of those rules, the texts that it allows.
            fields: what the prompt's `{name}`s stand for.

        Raises:
            LlmFailure: the request failed for good.
        """
        request = self._request(name, 0, fields)
        lines = [f"{rule} ::= {_one_of(texts)}" for rule, texts in rules.items()]
        grammar = "\n".join([str(request.extra.get("grammar", "")).rstrip(), *lines])
        return await self.model.ask(replace(request, extra={**request.extra, "grammar": grammar}))

    def _request(self, name: str, vote: int, fields: Mapping[str, str]) -> Request:
        return prompt.request(self.prompts[name], model=self.model_name, vote=vote, **fields)


def is_cut_off(reply: Reply) -> bool:
    """Whether the reply ended at its token limit."""
    return reply.finish_reason == "length"


def digest(*parts: str) -> str:
    """20 hexadecimal digits that name `parts`."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:20]


def _one_of(texts: Sequence[str]) -> str:
    return " | ".join(json.dumps(text, ensure_ascii=False) for text in texts)
