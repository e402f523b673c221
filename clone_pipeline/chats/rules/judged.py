"""Messages that a classifier judges: their language, profanity, toxicity. All off by default."""

import asyncio
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from importlib import resources

from clone_pipeline.chats.rules.rule import Drop
from clone_pipeline.chats.rules.wordings import with_words
from clone_pipeline.classifiers import toxic_labels
from clone_pipeline.classifiers.client import (
    Classifier,
    ClassifierFailure,
    Missing,
    open_classifier,
)
from clone_pipeline.classifiers.language import in_other_languages
from clone_pipeline.settings import Fault, FaultyInput

_LETTER = re.compile(r"[^\W\d_]")
_AT_ONCE = 64  # texts that a classifier is asked about in one request
_KEY = "cleaning.toxicity_"


def other_languages(wanted: Collection[str], *, least: int) -> Drop:
    """Messages of at least `least` letters in none of the languages.

    Raises:
        FaultyInput: see `language.in_other_languages`.
    """
    judge = in_other_languages(frozenset(wanted), where="cleaning.languages")

    def places(texts: Sequence[str]) -> list[int]:
        some = [n for n, text in enumerate(texts) if len(_LETTER.findall(text)) >= least]
        return _where(some, judge([texts[place] for place in some]))

    return Drop("language", places)


def profanity(more: Collection[str] = ()) -> Drop:
    """Messages with a word of the list of profanities, or with one of `more`."""
    file = resources.files("clone_pipeline.classifiers").joinpath("profane_words.txt")
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    words = {line for line in lines if line and not line.startswith("#")}
    return with_words(words.union(more), reason="profanity")


class Toxicity:
    """Messages that a classifier on this machine holds for toxic.

    Args:
        model: a folder, or a hub name whose weights lie on this machine.
        threshold: the probability above which a label that counts is toxic.
        labels: those that count; empty: all but harmless ones.

    Raises:
        FaultyInput: there are no weights, or other labels.
    """

    def __init__(self, model: str, *, threshold: float, labels: Collection[str]) -> None:
        self._stack = AsyncExitStack()
        self._runner = asyncio.Runner()
        try:
            self._classifier = self._runner.run(self._opened(model))
            known = self._classifier.labels
            self._limits: Mapping[str, float] = toxic_labels.limits(
                known, chosen=labels, threshold=threshold, thresholds={}, where=_KEY
            )
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the classifier's process."""
        self._runner.run(self._stack.aclose())
        self._runner.close()

    def drop(self) -> Drop:
        """The rule; it raises `FaultyInput` if the classifier gives no answer."""

        def places(texts: Sequence[str]) -> list[int]:
            some = [place for place, text in enumerate(texts) if text]
            return _where(some, self._judged([texts[place] for place in some]))

        return Drop("toxicity", places)

    async def _opened(self, model: str) -> Classifier:
        found = await self._stack.enter_async_context(open_classifier(model))
        if isinstance(found, Missing):
            fix = f"{found.sentence}; or remove the setting."
            raise FaultyInput([Fault(f"{_KEY}classifier", f"{model}, which is not here", fix)])
        return found

    def _judged(self, texts: Sequence[str]) -> list[bool]:
        found: list[bool] = []
        for first in range(0, len(texts), _AT_ONCE):
            given = texts[first : first + _AT_ONCE]
            try:
                scored = self._runner.run(self._classifier.texts(given, windows=True, seconds=600))
            except ClassifierFailure as error:
                fix = "Try again, or remove the setting: messages are not kept unjudged."
                raise FaultyInput([Fault(f"{_KEY}classifier", str(error), fix)]) from None
            found += [
                any(scores[label] > limit for label, limit in self._limits.items())
                for scores in scored
            ]
        return found


def _where(places: Sequence[int], hits: Sequence[bool]) -> list[int]:
    return [place for place, hit in zip(places, hits, strict=True) if hit]


def judges(
    *,
    languages: Collection[str],
    letters: int,
    profane: bool,
    profane_words: Collection[str],
    classifier: str | None,
    threshold: float,
    labels: Collection[str],
) -> tuple[list[Drop], Callable[[], None]]:
    """The rules that are on, cheap ones first, and what ends the classifier's process.

    Raises:
        FaultyInput: what one needs is not here.
    """
    found = [other_languages(languages, least=letters)] if languages else []
    found += [profanity(profane_words)] if profane else []
    if not classifier:
        return found, lambda: None
    toxicity = Toxicity(classifier, threshold=threshold, labels=labels)
    return [*found, toxicity.drop()], toxicity.close
