"""A conversation with the production model, for a person at a terminal."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from clone_pipeline.serving import client
from clone_pipeline.serving.plan import Plan
from clone_pipeline.serving.settings import ServingSettings


@dataclass(slots=True)
class Conversation:
    """What was said so far; `name` is whom one talks with."""

    name: str
    url: str
    model: str
    messages: list[dict[str, str]] = field(default_factory=list)

    def stream(self, said: str) -> Iterator[str]:
        """Say something; the reply, piece by piece, which is remembered once it is whole."""
        asked = [*self.messages, {"role": "user", "content": said}]
        reply = ""
        for piece in client.ask(self.url, model=self.model, messages=asked):
            reply += piece
            yield piece
        self.messages = [*asked, {"role": "assistant", "content": reply}]

    def say(self, said: str) -> str:
        """Say something; the whole reply."""
        return "".join(self.stream(said))


@contextmanager
def open_chat(
    models: Path, *, persona: str | None, settings: ServingSettings
) -> Iterator[Conversation]:
    """Talk with `persona`, the first if None, for as long as the block lasts.

    Raises:
        FaultyInput: nothing is deployed, or nobody is called `persona`.
    """
    model = client.speaker(models, persona=persona)
    wanted = Plan(models=models).wanted()
    card = wanted.card["personas"].get(model, {}) if wanted else {}
    with client.endpoint(models, settings=settings) as url:
        yield Conversation(card.get("name", model), url, model)
