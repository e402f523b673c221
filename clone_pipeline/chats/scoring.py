"""Dialogues judged from 1 to 5 by a model, as WeClone does; those below a mark are left out."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from pydantic import Field

from clone_pipeline.chats.exchanges import OTHERS, Made
from clone_pipeline.llm.asking import Model
from clone_pipeline.llm.prompt import Prompt, request
from clone_pipeline.records import Dialogue
from clone_pipeline.settings import Settings

PROMPT = "score_dialogue"
FIELDS = ("name", "dialogue")

BATCH = 1024  # dialogues that are asked about together
_OF = r"\s*(?:/|of|out of)\s*"
_NUMBER = rf"([1-5])(?:\.\d+)?(?!\d)(?!\.\d)(?!\s*(?:[-–]|to)\s*\d)(?:{_OF}5\b)?(?!{_OF}\d)"
_MARKED = re.compile(
    rf"\bscore\b(?:\s*\([^()\n]{{0,20}}\))?[\s\"'*_`]*(?:[:：=]|\bis\b)[\s\"'*_`(\[<]*{_NUMBER}",
    re.I,
)
# What the prompt ends a dialogue with, so no dialogue may hold it.
_QUOTES = re.compile('"{3,}')
_BARE = re.compile(rf"[\s\"'*_`(\[]*{_NUMBER}[\s\"'*_`)\].]*")


class ScoreSettings(Settings):
    """Dialogues judged by the model under `llm`: relevance, coherence, style, together 1 to 5."""

    enabled: bool = Field(
        False, description="whether dialogues are judged; their text goes to `llm.base_url`"
    )
    accept: int = Field(2, ge=1, le=5, description="the lowest score of dialogues that are kept")


@dataclass(slots=True)
class Scored:
    """What came of the judging.

    Attributes:
        scores: how many dialogues got each score.
        dropped: turns that are in no kept dialogue, by reason: "low_score" where a dialogue of
            theirs was judged so, else "unreadable_score".
    """

    scores: Counter[int] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)


Judged = tuple[Made, int | None]


async def score(
    made: Iterable[Made],
    *,
    model: Model,
    model_name: str,
    prompt: Prompt,
    accept: int,
    keep: Callable[[Dialogue], None],
    progress: Callable[[int, int], None],
) -> Scored:
    """Ask about every dialogue; one without a readable score is asked about once more.

    Args:
        made: drawn as they are asked about; those of one conversation and persona together.
        model: who is asked.
        model_name: its name at the endpoint.
        prompt: `PROMPT`, with `FIELDS`.
        accept: the lowest score that is kept, 1 to 5.
        keep: given the dialogues that are kept, in order.
        progress: told (dialogues done, 0).

    Raises:
        LlmFailure: a request failed for good; what was answered before is in the journal.
    """
    found = Scored()
    together: list[Judged] = []
    rest, done = iter(made), 0

    async def one(each: Made) -> Judged:
        nonlocal done
        mark = await _mark(each.dialogue, model=model, model_name=model_name, prompt=prompt)
        done += 1
        progress(done, 0)
        return each, mark

    while batch := list(islice(rest, BATCH)):
        for judged in await _all([one(each) for each in batch]):
            if together and _whose(together[0]) != _whose(judged):
                settle(together, accept, keep, found)
                together = []
            together.append(judged)
    settle(together, accept, keep, found)
    return found


def parse_score(text: str, *, cut_off: bool = False) -> int | None:
    """The score that a reply gives, 1 to 5; None if it can't be told.

    Read are `SCORE: 4`, `**Score:** 4/5`, `{"score": 4}` and a reply that is no more than a
    number; of several the last. A fraction counts as the whole number below it.

    Args:
        text: the reply.
        cut_off: it ended at its token limit: what it would have concluded is not known.
    """
    if cut_off:
        return None
    if marked := _MARKED.findall(text):
        return int(marked[-1])
    bare = _BARE.fullmatch(text)
    return int(bare[1]) if bare else None


def transcript(dialogue: Dialogue) -> str:
    """The dialogue as the model sees it: each line of talk with its speaker's name."""
    said = (
        turn.text if turn.name == OTHERS else f"{turn.name}: {turn.text}" for turn in dialogue.turns
    )
    return _QUOTES.sub(lambda quotes: " ".join(quotes[0]), "\n".join(said))


async def _mark(dialogue: Dialogue, *, model: Model, model_name: str, prompt: Prompt) -> int | None:
    name, told = dialogue.turns[-1].name, transcript(dialogue)
    for attempt in (0, 1):
        asked = request(prompt, model=model_name, vote=attempt, name=name, dialogue=told)
        reply = await model.ask(asked)
        mark = parse_score(reply.text, cut_off=reply.finish_reason == "length")
        if mark is not None:
            return mark
    return None


async def _all(flows: Sequence[Coroutine[None, None, Judged]]) -> list[Judged]:
    """The results in order; the first error as itself, and then no flow goes on."""
    tasks = [asyncio.ensure_future(flow) for flow in flows]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _whose(judged: Judged) -> tuple[str, str]:
    return judged[0].dialogue.persona, judged[0].dialogue.conversation_id


def settle(
    judged: Sequence[Judged], accept: int, keep: Callable[[Dialogue], None], found: Scored
) -> None:
    """Keep what is good enough of one conversation's dialogues, and count the turns of the rest."""
    good = [made for made, mark in judged if mark is not None and mark >= accept]
    readable = [made for made, mark in judged if mark is not None]
    for made in good:
        keep(made.dialogue)
    found.scores.update(mark for _, mark in judged if mark is not None)
    used = _turns(good)
    low = _turns(readable) - used
    unreadable = _turns([made for made, _ in judged]) - used - low
    found.dropped += Counter(low_score=len(low), unreadable_score=len(unreadable))


def _turns(made: Sequence[Made]) -> set[str]:
    return set(chain.from_iterable(each.turns for each in made))
