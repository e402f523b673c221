"""A request and the key under which the journal keeps its answer."""

import dataclasses

from clone_pipeline.llm import journal
from clone_pipeline.llm.asking import Request
from clone_pipeline.llm.exchange import without_surrogates


def keyed(request: Request, *, answer_format: str) -> tuple[Request, str]:
    """The request as it can be sent, halves of surrogate pairs replaced, and its key."""
    try:
        return request, journal.key(request, answer_format=answer_format)
    except TypeError:  # halves of surrogate pairs
        plain = {f.name: getattr(request, f.name) for f in dataclasses.fields(request)}
        request = Request(**without_surrogates(plain))
        return request, journal.key(request, answer_format=answer_format)
