"""Rows through a classifier, and probabilities out of it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from clone_pipeline.classifiers.encoding import Row
from clone_pipeline.classifiers.loading import Loaded

_BATCH_TOKENS = 4096
_BATCH_ROWS = 32


class Cancelled(Exception):
    """Nobody waits for the answer any more."""


def probabilities(
    loaded: Loaded, rows: Sequence[Row], *, unwanted: Callable[[], bool] = lambda: False
) -> list[list[float]]:
    """Of each row the probability of each label.

    One logit goes through a sigmoid, as do several that are independent; others through a softmax.
    A row's figures do not depend on its neighbours.

    Args:
        loaded: the classifier.
        rows: none longer than its limit.
        unwanted: asked before each batch.

    Raises:
        Cancelled: the answer is unwanted.
        ValueError: the model gave no number.
    """
    found: list[list[float]] = [[] for _ in rows]
    for batch in _batches(rows):
        if unwanted():
            raise Cancelled
        for number, figures in zip(
            batch, _scored(loaded, [rows[each] for each in batch]), strict=True
        ):
            found[number] = figures
    return found


def _scored(loaded: Loaded, rows: Sequence[Row]) -> list[list[float]]:
    import torch  # noqa: PLC0415

    with torch.inference_mode():
        logits = loaded.model(**_inputs(loaded, rows)).logits.double()
    given = torch.sigmoid(logits) if loaded.independent else torch.softmax(logits, dim=-1)
    if not bool(torch.isfinite(given).all()):
        raise ValueError("the model's scores are no numbers")
    figures: list[list[float]] = given.tolist()
    return figures


def _batches(rows: Sequence[Row]) -> Iterator[list[int]]:
    """Numbers of rows of similar length, shortest first."""
    batch: list[int] = []
    for number in sorted(range(len(rows)), key=lambda each: len(rows[each].ids)):
        wide = (len(batch) + 1) * len(rows[number].ids) > _BATCH_TOKENS
        if batch and (wide or len(batch) == _BATCH_ROWS):
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch


def _inputs(loaded: Loaded, rows: Sequence[Row]) -> dict[str, Any]:
    """Ids, mask and (where the model tells two texts apart by them) types, padded on the right."""
    import torch  # noqa: PLC0415

    width = max(len(row.ids) for row in rows)
    padding = _padding(loaded, rows)
    given = {
        "input_ids": [row.ids + [padding] * (width - len(row.ids)) for row in rows],
        "attention_mask": [
            [1] * len(row.ids) + [0] * (width - len(row.ids)) for row in rows
        ],
    }  # fmt: skip
    if "token_type_ids" in loaded.tokenizer.model_input_names and _has_types(loaded):
        given["token_type_ids"] = [row.types + [0] * (width - len(row.types)) for row in rows]
    return {name: torch.tensor(each, device=loaded.model.device) for name, each in given.items()}


def _has_types(loaded: Loaded) -> bool:
    """GPT-2 would take types for words, and others take none."""
    return (getattr(loaded.model.config, "type_vocab_size", None) or 0) > 1


def _padding(loaded: Loaded, rows: Sequence[Row]) -> int:
    """The id that fills rows up.

    Models without a separator, such as GPT2ForSequenceClassification, score the last token that is
    not `config.pad_token_id`, which for many is the end mark, and a row may end with one. They look
    backwards only: any id will do that is in no row.
    """
    config, own = loaded.model.config.get_text_config(), loaded.tokenizer.pad_token_id
    if own is None or loaded.joins:
        used = {each for row in rows for each in row.ids}
        own = next(each for each in range(len(used) + 1) if each not in used)
        if own >= config.vocab_size:
            raise ValueError("the rows use the whole vocabulary")
        config.pad_token_id = own
    return int(own)
