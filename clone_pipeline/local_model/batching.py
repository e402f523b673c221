"""Rows of similar length side by side, so that little of a batch is padding."""

from collections.abc import Iterator, Sequence
from typing import Any

from clone_pipeline.local_model.labelled import UNLABELLED, Encoded


def by_length(
    numbers: Sequence[int], lengths: Sequence[int], *, batch_tokens: int
) -> Iterator[list[int]]:
    """The rows `numbers` in batches of at most `batch_tokens`, padding included, shortest first.

    Args:
        numbers: indices into `lengths`; the same one may occur several times.
        lengths: tokens of each row.
        batch_tokens: rows times the longest row; a row longer than this has a batch of its own.
    """
    batch: list[int] = []
    for number in sorted(numbers, key=lambda number: lengths[number]):
        if batch and (len(batch) + 1) * lengths[number] > batch_tokens:
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch


def padded(rows: Sequence[Encoded], *, device: str = "cpu", multiple: int = 1) -> tuple[Any, Any]:
    """Ids and labels as two tensors (rows, width), int64, padded on the right.

    Nothing attends to what is right of it, so that no attention mask is needed; padding is 0. The
    width is the longest row's, rounded up to a multiple of `multiple`.
    """
    import torch  # noqa: PLC0415

    width = max(len(row.input_ids) for row in rows)
    width += -width % multiple
    ids = [row.input_ids + [0] * (width - len(row.input_ids)) for row in rows]
    labels = [row.labels + [UNLABELLED] * (width - len(row.labels)) for row in rows]
    return torch.tensor(ids, device=device), torch.tensor(labels, device=device)
