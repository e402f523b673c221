"""Who is asked with which prompts, and the ids of what comes of it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from clone_pipeline.llm import prompt
from clone_pipeline.llm.asking import Model, Reply, Request
from clone_pipeline.qa import faults, structured

SHOWN = 4000  # characters of a faulty reply that its writer is shown again


@dataclass(frozen=True, slots=True)
class Asker:
    """A model, its name at the endpoint, and the prompts by file name without its ending.

    Attributes:
        model: who is asked.
        model_name: its name at the endpoint.
        prompts: by name.
        structured: replies are asked for as JSON; what comes back is text all the same.
        completion: each prompt is sent as one string.
    """

    model: Model
    model_name: str
    prompts: Mapping[str, prompt.Prompt]
    structured: bool = False
    completion: bool = False

    async def ask(self, name: str, *, vote: int = 0, **fields: str) -> Reply:
        """The reply to the prompt `name`, filled with `fields`.

        Raises:
            LlmFailure: the request failed for good.
        """
        return _read(name, await self.model.ask(self._request(name, vote, fields)))

    async def ask_votes(self, name: str, votes: Sequence[int], **fields: str) -> list[Reply]:
        """Independent replies to the prompt `name`, one for each number in `votes`, in order.

        Raises:
            LlmFailure: a request failed for good.
        """
        request = self._request(name, 0, fields)
        return [_read(name, reply) for reply in await self.model.ask_votes(request, votes)]

    async def ask_again(
        self, name: str, reply: Reply, *, fault: str, vote: int = 0, **fields: str
    ) -> Reply:
        """The model's second try, told what is wrong with its first.

        The same messages, then the faulty reply (none if it was empty, no more than `SHOWN`
        characters), then one sentence.

        Args:
            name: as in `ask`.
            reply: what can't be used.
            fault: a parser's reason (a key of `faults.WORDS`), or words that follow "because".
            vote: the number of the vote that `reply` was.
            fields: as in `ask`.

        Raises:
            LlmFailure: the request failed for good.
        """
        sentence = faults.sentence(name, fault, as_json=self._as_json(name))
        request = self._request(name, vote, fields, again=(reply.text[:SHOWN], sentence))
        return _read(name, await self.model.ask(request))

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

    def _as_json(self, name: str) -> bool:
        return self.structured and name in structured.FORMS

    def _request(
        self, name: str, vote: int, fields: Mapping[str, str], again: tuple[str, str] | None = None
    ) -> Request:
        after = [structured.instruction(name)] if self._as_json(name) else []
        request = prompt.request(
            self.prompts[name], model=self.model_name, vote=vote, completion=self.completion,
            after=after, again=again, **fields,
        )  # fmt: skip
        if not self._as_json(name):
            return request
        form = {"response_format": structured.response_format(name)}
        return replace(request, extra={**request.extra, **form})


def is_cut_off(reply: Reply) -> bool:
    """Whether the reply ended at its token limit."""
    return reply.finish_reason == "length"


def digest(*parts: str) -> str:
    """20 hexadecimal digits that name `parts`."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:20]


def _read(name: str, reply: Reply) -> Reply:
    text = structured.as_text(name, reply.text)
    return reply if text == reply.text else replace(reply, text=text)


def _one_of(texts: Sequence[str]) -> str:
    return " | ".join(json.dumps(text, ensure_ascii=False) for text in texts)
