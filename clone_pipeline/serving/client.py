"""Asking the production model, or another version or its base, from a process without torch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clone_pipeline import registry
from clone_pipeline.serving.endpoint import endpoint as endpoint
from clone_pipeline.serving.keeper import NOTHING_DEPLOYED
from clone_pipeline.serving.plan import Plan
from clone_pipeline.serving.prompting import speakers
from clone_pipeline.serving.settings import ServingSettings
from clone_pipeline.settings import Fault, FaultyInput, suggestion

_PATIENCE_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class Answers:
    """One question answered by the base and by the clone."""

    question: str
    base: str
    clone: str


def ask(
    url: str,
    *,
    model: str,
    messages: Sequence[dict[str, str]],
    max_new_tokens: int | None = None,
    temperature: float | None = None,
    seed: int | None = None,
) -> Iterator[str]:
    """The reply of `model` at `url`, piece by piece.

    Raises:
        FaultyInput: the endpoint refuses, in its own words.
    """
    import openai  # noqa: PLC0415

    given: dict[str, Any] = {
        "max_tokens": max_new_tokens,
        "temperature": temperature,
        "seed": seed,
    }
    chosen = {name: value for name, value in given.items() if value is not None}
    asking: Any = list(messages)
    with openai.OpenAI(
        base_url=url, api_key="none", timeout=_PATIENCE_SECONDS, max_retries=0
    ) as client:
        try:
            stream = client.chat.completions.create(
                model=model, messages=asking, stream=True, **chosen
            )
            for piece in stream:
                yield piece.choices[0].delta.content or ""
        except openai.APIError as error:
            fix = "`clone-pipeline models list` shows what could answer instead."
            raise FaultyInput([Fault(f"the model `{model}`", error.message, fix)]) from None


def reply(
    models: Path,
    *,
    persona: str | None,
    messages: Sequence[dict[str, str]],
    settings: ServingSettings | None = None,
    version: str | None = None,
    adapter: bool = True,
    max_new_tokens: int | None = None,
    seed: int | None = None,
) -> str:
    """One whole reply; `endpoint` and `ask` in one. `persona` None takes the first.

    Raises:
        FaultyInput: nothing is deployed, or nobody is called `persona`.
    """
    model = speaker(models, persona=persona, version=version)
    with endpoint(models, settings=settings, version=version, adapter=adapter) as url:
        pieces = ask(url, model=model, messages=messages, max_new_tokens=max_new_tokens, seed=seed)
        return "".join(pieces)


def smoke(models: Path, *, version: str, settings: ServingSettings | None = None) -> str:
    """What a version says to "Hello!", loaded apart from what serves: a look before it is deployed.

    Three tries, as one reply may be empty by chance.

    Raises:
        FaultyInput: it does not load, or refuses, or answers with nothing.
    """
    model = speaker(models, persona=None, version=version)
    hello = [{"role": "user", "content": "Hello!"}]
    with endpoint(models, settings=settings, version=version) as url:
        for seed in (1, 2, 3):
            said = "".join(ask(url, model=model, messages=hello, max_new_tokens=24, seed=seed))
            if said.strip():
                return said
    fix = "Look at its evaluation report, and train again."
    raise FaultyInput([Fault(f"models/{version}", "three empty replies to `Hello!`", fix)])


def side_by_side(
    models: Path,
    questions: Sequence[str],
    *,
    persona: str | None = None,
    settings: ServingSettings | None = None,
    max_new_tokens: int | None = None,
    seed: int | None = 1,
) -> list[Answers]:
    """The same questions to the production model and to its base, in the same prompt.

    Raises:
        FaultyInput: nothing is deployed, or nobody is called `persona`.
    """
    model = speaker(models, persona=persona)
    deployed = registry.production(models)
    version = deployed.version if deployed else None
    said: list[list[str]] = []
    for adapter in (False, True):
        with endpoint(models, settings=settings, version=version, adapter=adapter) as url:
            asked = [[{"role": "user", "content": each}] for each in questions]
            options = {"max_new_tokens": max_new_tokens, "seed": seed}
            said.append(
                ["".join(ask(url, model=model, messages=each, **options)) for each in asked]
            )
    return [Answers(*each) for each in zip(questions, *said, strict=True)]


def speaker(models: Path, *, persona: str | None, version: str | None = None) -> str:
    """The model name to ask for `persona`: its key, or its name; None takes the first.

    Raises:
        FaultyInput: nothing is deployed, or nobody is called that.
    """
    wanted = Plan(models=models, version=version).wanted()
    if wanted is None:
        raise FaultyInput([Fault("models/production.json", "nothing", f"{NOTHING_DEPLOYED}.")])
    known = speakers(wanted.card)
    names = {card["name"]: key for key, card in wanted.card["personas"].items()}
    found = known[0] if persona is None else names.get(persona, persona)
    if found not in known:
        raise FaultyInput([Fault("--persona", f"`{persona}`", suggestion(found, known))])
    return found
