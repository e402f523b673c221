"""The embedded model's way: rules make questions and extracts, it chooses, rules check.

A 135M model words questions badly and judges no better than chance, so it never writes freely: a
grammar lets it choose one of the questions that a sentence answers, then one extract as answer.
"""

from collections import Counter
from typing import Literal

from clone_pipeline.qa import grounding, sentences, wording
from clone_pipeline.qa.asking import Asker
from clone_pipeline.qa.gathering import each
from clone_pipeline.qa.parsing import Written
from clone_pipeline.qa.wondering import Wonder, extracts, wonders
from clone_pipeline.records import Pair, Vote

QUESTION_PROMPT, ANSWER_PROMPT = "question", "answer"
CHOICES = 4  # most questions that the model chooses from

NoPairs = Literal["nothing_to_ask", "nothing_grounded"]


async def write(text: str, *, asker: Asker, limit: int) -> tuple[Written, NoPairs | None]:
    """At most `limit` pairs from a chunk's text, one from each of its most informative sentences.

    Args:
        text: the chunk's text.
        asker: with the prompts `QUESTION_PROMPT` and `ANSWER_PROMPT`.
        limit: most pairs, at least 1.

    Returns:
        The pairs and what was refused by reason, and why there is none if there is none.

    Raises:
        LlmFailure: a request failed for good.
    """
    chosen = sentences.informative(text, limit=limit, fit=lambda s: bool(wonders(s, text=text)))
    if not chosen:
        return Written([]), "nothing_to_ask"
    refused = Counter[str]()
    pairs: list[tuple[str, str]] = []
    for question, answer in await each(chosen, lambda sentence: _pair(sentence, text, asker)):
        reason: str | None = grounding.ungrounded(question, answer, text)
        if reason is None and any(wording.likeness(question, known) > 0.8 for known, _ in pairs):
            reason = "repeated"
        if reason is None:
            pairs.append((question, answer))
        else:
            refused[reason] += 1
    return Written(pairs, refused), None if pairs else "nothing_grounded"


def check(pair: Pair, text: str) -> tuple[Vote, grounding.Reason | None]:
    """The rules' vote on a pair, and the reason if it is dropped."""
    reason = grounding.ungrounded(pair.question, pair.answer, text)
    verdict = "pass" if reason is None else "fail"
    return Vote(pair.pair_id, "grounding", 0, verdict, reason or "grounded", ""), reason


async def _pair(sentence: str, text: str, asker: Asker) -> tuple[str, str]:
    """A question that `sentence` answers, and the answer."""
    asked = {wonder.question: wonder for wonder in wonders(sentence, text=text)[:CHOICES]}
    question = await _choose(QUESTION_PROMPT, list(asked), asker, sentence=sentence)
    wonder = asked.get(question, Wonder(question, ""))
    answers = extracts(sentence, wonder)
    answer = await _choose(ANSWER_PROMPT, answers, asker, sentence=sentence, question=question)
    return question, answer


async def _choose(prompt: str, choices: list[str], asker: Asker, **fields: str) -> str:
    """The choice that the model takes; nothing is asked where there is only one."""
    if len(choices) == 1:
        return choices[0]
    reply = await asker.ask_in_words(prompt, rules={"choice": choices}, **fields)
    return reply.text.strip()
