"""Names of people and places in texts, found by a spaCy model where one is installed."""

import importlib
import importlib.util
import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal, NamedTuple

# English models, the best first.
MODELS = ("en_core_web_trf", "en_core_web_lg", "en_core_web_md", "en_core_web_sm")
NOT_MASKED = (
    "names are not masked: no spaCy model is installed (pip install spacy and a model), "
    "patterns are"
)
# So many texts a model sees at a time.
BATCH = 256

_KINDS: dict[str, Literal["NAME", "PLACE"]] = {"PERSON": "NAME", "GPE": "PLACE", "LOC": "PLACE"}


class Named(NamedTuple):
    """A name in a text: characters `start` to `end`."""

    start: int
    end: int
    kind: Literal["NAME", "PLACE"]


# Gives each text back with the names in it, in order.
FindNames = Callable[[Iterable[str]], Iterator[tuple[str, list[Named]]]]


def installed_finder() -> FindNames | None:
    """The finder of the best model that is installed; None without spaCy or without a model."""
    model = next((name for name in MODELS if importlib.util.find_spec(name)), None)
    if model is None or importlib.util.find_spec("spacy") is None:
        return None
    spacy: Any = importlib.import_module("spacy")
    return finder(spacy.load(model, exclude=["parser", "lemmatizer"]))


def finder(pipeline: Any) -> FindNames:
    """A finder of the names that a spaCy pipeline marks as PERSON, GPE or LOC.

    Texts stream through `pipeline.pipe` in batches.
    """

    def find(texts: Iterable[str]) -> Iterator[tuple[str, list[Named]]]:
        given, seen = itertools.tee(texts)
        for text, document in zip(given, pipeline.pipe(seen, batch_size=BATCH), strict=True):
            yield text, _named(document)

    return find


def each_by_itself(find: Callable[[str], list[Named]]) -> FindNames:
    """A finder from a function of one text."""
    return lambda texts: ((text, find(text)) for text in texts)


def _named(document: Any) -> list[Named]:
    return [
        Named(entity.start_char, entity.end_char, _KINDS[entity.label_])
        for entity in document.ents
        if entity.label_ in _KINDS
    ]
