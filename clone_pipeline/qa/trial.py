"""Every prompt tried on one chunk before the rest is asked: do replies parse, what do they cost?

The trial's requests are those of the run itself, so that what it asks is not asked again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from clone_pipeline.funnel import Usage
from clone_pipeline.llm.asking import Model, Reply, Request
from clone_pipeline.llm.prompt import Prompt
from clone_pipeline.qa import dialogue, generation, verification
from clone_pipeline.qa.forecast import Size
from clone_pipeline.qa.prompting import of_style
from clone_pipeline.records import Chunk, Pair
from clone_pipeline.settings import Fault

CHUNKS_TRIED = 3  # a chunk may rightly give no question
SHOWN_CHARS = 300
# What a stage counts when a reply can't be read, by the end of its name.
_UNREAD = ("unreadable_verdict", "unreadable_repair", "unreadable_rating")


@dataclass(slots=True)
class Trial:
    """What came of it.

    Attributes:
        faults: a prompt whose replies don't parse: the file, the reply, what to do.
        sizes: by prompt, mean tokens of a request and its reply.
        pairs_per_chunk: of the chunks tried, in one style.
        used: what was asked.
    """

    faults: list[Fault] = field(default_factory=list)
    sizes: dict[str, Size] = field(default_factory=dict)
    pairs_per_chunk: float = 0.0
    used: Usage = field(default_factory=Usage)


class _Noting:
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
        """One by one, so that each is noted."""
        return [await self.ask(replace(request, vote=vote)) for vote in votes]

    def usage(self) -> Usage:
        """As the model's own."""
        return self._model.usage()


async def try_prompts(
    chunks: Sequence[Chunk],
    *,
    model: Model,
    model_name: str,
    large_model_name: str,
    prompts: Mapping[str, Mapping[str, Prompt]],
    styles: Sequence[str],
    checks: Sequence[str],
    repair: bool,
    min_rating: int | None,
    details: Mapping[str, str],
    structured: bool = False,
    completion: bool = False,
) -> Trial:
    """Ask every prompt of every style about one chunk, or a few where the first gives no pair.

    Args:
        chunks: all there are; the trial takes the first that are at least of middling length.
        model: who is asked.
        model_name: its name at the endpoint.
        large_model_name: who writes conversations.
        prompts: by style and name.
        styles: kinds of questions.
        checks: keys of `verification.CHECKS`.
        repair: whether the context check is made.
        min_rating: None: no pair is rated.
        details: by document_id, what the text is.
        structured: as in `Asker`.
        completion: as in `Asker`.

    Raises:
        LlmFailure: a request failed for good.
    """
    noting, trial, counted = _Noting(model), Trial(), list[int]()
    asked: dict[str, Any] = {
        "model": noting, "prompts": prompts, "structured": structured, "completion": completion,
    }  # fmt: skip
    steps: list[dict[str, Any]] = [{"checks": [check]} for check in checks]
    steps += [{"checks": [], "repair": True}] if repair else []
    steps += [{"checks": [], "min_rating": min_rating}] if min_rating is not None else []
    for style in styles:
        pairs: list[Pair] = []
        for chunk in _middling(chunks)[:CHUNKS_TRIED]:
            pairs, _, _ = await generation.candidates(
                [chunk], model_name=model_name, styles=[style], details=details, **asked
            )
            counted.append(len(pairs))
            if pairs:
                break
        if not pairs and chunks:
            trial.faults.append(_fault(generation.PROMPT, style, prompts, noting))
        for pair in pairs[:1]:
            for step in steps:
                trial.faults += await _judged(pair, chunks, noting, model_name, step, asked)
            trial.faults += await _told(pair, chunks, noting, large_model_name, asked)
    trial.pairs_per_chunk = sum(counted) / len(counted) if counted else 0.0
    trial.sizes = {step: _size(said) for step, said in noting.said.items()}
    trial.used = model.usage()
    return trial


async def _judged(
    pair: Pair, chunks: Iterable[Chunk], noting: _Noting, model_name: str,
    step: Mapping[str, Any], asked: Mapping[str, Any],
) -> list[Fault]:  # fmt: skip
    """One step on its own, so that a check that fails the pair hides no other."""
    before = {name: len(said) for name, said in noting.said.items()}
    _, _, dropped = await verification.verify(
        [pair], chunks=chunks, model_name=model_name, votes=1, **{"repair": False, **step}, **asked
    )
    if not any(reason in _UNREAD for reason in dropped):
        return []
    names = [name for name, said in noting.said.items() if len(said) > before.get(name, 0)]
    return [_fault(name, pair.style, asked["prompts"], noting) for name in names]


async def _told(
    pair: Pair, chunks: Iterable[Chunk], noting: _Noting, model_name: str, asked: Mapping[str, Any]
) -> list[Fault]:
    _, _, made = await dialogue.converse([pair], chunks=chunks, model_name=model_name, **asked)
    if not made.get("plain_conversations"):
        return []
    return [_fault(dialogue.PROMPT, pair.style, asked["prompts"], noting)]


def _fault(
    name: str, style: str, prompts: Mapping[str, Mapping[str, Prompt]], noting: _Noting
) -> Fault:
    said = noting.said.get(name)
    shown = " ".join(said[-1][1].text.split())[:SHOWN_CHARS] if said else "nothing"
    fix = (
        "Nothing else was asked yet. Does the model follow this prompt? Mend the file, take a "
        "stronger model, or set qa.smoke_test: false to go on all the same."
    )
    where = str(of_style(prompts, style)[name].path)
    return Fault(where, f"replies that can't be read, such as: {shown}", fix)


def _size(said: Sequence[tuple[Request, Reply]]) -> Size:
    told = [_prompt_tokens(request, reply) for request, reply in said]
    written = [reply.completion_tokens or len(reply.text) / 4 for _, reply in said]
    return Size(sum(told) / len(told), sum(written) / len(written))


def _prompt_tokens(request: Request, reply: Reply) -> float:
    """As the endpoint counted; where it did not, four characters a token."""
    chars = sum(len(message["content"]) for message in request.messages)
    return reply.prompt_tokens or chars / 4


def _middling(chunks: Sequence[Chunk]) -> list[Chunk]:
    """The chunks of at least middling length, in order."""
    if not chunks:
        return []
    middle = sorted(len(chunk.text) for chunk in chunks)[len(chunks) // 2]
    return [chunk for chunk in chunks if len(chunk.text) >= middle]
