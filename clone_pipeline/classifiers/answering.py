"""What a classifier's process answers to a request: scores or an error, never nothing."""

from collections.abc import Callable
from itertools import islice
from typing import Any

from clone_pipeline.classifiers import encoding
from clone_pipeline.classifiers.encoding import Row
from clone_pipeline.classifiers.loading import Loaded
from clone_pipeline.classifiers.scoring import Cancelled, probabilities


def answer(
    loaded: Loaded, request: Any, *, unwanted: Callable[[], bool] = lambda: False
) -> dict[str, Any] | None:
    """The answer's line; None if it is unwanted.

    Args:
        loaded: the classifier.
        request: `{"id", "texts": [str]}`, with `"windows": true` if all of long texts is read and
            each label gets its highest probability, or `{"id", "pairs": [[context, reply]]}`.
        unwanted: asked now and then.

    Returns:
        `{"id", "scores": [[[label, probability], ..], ..]}`, or `{"id", "error": sentence}`.
    """
    number = request.get("id") if isinstance(request, dict) else None
    try:
        parts = _rows(loaded, request)
        figures = probabilities(loaded, [row for rows in parts for row in rows], unwanted=unwanted)
    except Cancelled:
        return None
    except (ValueError, TypeError, LookupError, RuntimeError, MemoryError) as error:
        return {"id": number, "error": str(error) or type(error).__name__}
    left = iter(figures)
    highest = [[max(each) for each in zip(*islice(left, len(rows)), strict=True)] for rows in parts]
    scores = [[list(one) for one in zip(loaded.labels, each, strict=True)] for each in highest]
    return {"id": number, "scores": scores}


def _rows(loaded: Loaded, request: Any) -> list[list[Row]]:
    """Of each text or pair its rows."""
    if not isinstance(request, dict) or not isinstance(request.get("id"), int):
        raise ValueError('a request is an object with an "id"')
    texts, pairs = request.get("texts"), request.get("pairs")
    if (texts is None) == (pairs is None):
        raise ValueError('a request has either "texts" or "pairs"')
    if texts is not None:
        if not _strings(texts):
            raise ValueError('"texts" is a list of strings')
        windows = bool(request.get("windows"))
        return [encoding.of_text(loaded, text, windows=windows) for text in texts]
    if not isinstance(pairs, list) or not all(_strings(each) and len(each) == 2 for each in pairs):
        raise ValueError('"pairs" is a list of two strings each')
    return [[encoding.of_pair(loaded, *pair)] for pair in pairs]


def _strings(given: Any) -> bool:
    return isinstance(given, list) and all(isinstance(each, str) for each in given)
