"""How probable a model finds the labelled tokens of rows."""

import math
from collections.abc import Sequence
from typing import Any

from clone_pipeline.local_model.batching import by_length, padded
from clone_pipeline.local_model.labelled import UNLABELLED, Encoded
from clone_pipeline.local_model.loading import LocalModel, device

_LOGITS_AT_ONCE = 512


def log_probabilities(
    local: LocalModel, rows: Sequence[Encoded], *, batch_tokens: int = 2048
) -> list[tuple[float, int]]:
    """Natural-log probability of each row's labelled tokens, summed, and their number.

    Args:
        local: the model, its adapter on or off as it stands.
        rows: of any length.
        batch_tokens: most tokens that go through the model at once, padding included.

    Returns:
        One pair a row, in the rows' order; (0.0, 0) where nothing is labelled.
    """
    found = token_log_probabilities(local, rows, batch_tokens=batch_tokens)
    return [(math.fsum(figures), len(figures)) for figures in found]


def token_log_probabilities(
    local: LocalModel, rows: Sequence[Encoded], *, batch_tokens: int = 2048
) -> list[list[float]]:
    """Natural-log probability of each labelled token; arguments as `log_probabilities`.

    Returns:
        One list a row, in the rows' order, as long as the row's `labelled`.
    """
    import torch  # noqa: PLC0415

    found: list[list[float]] = [[] for _ in rows]
    scored = [number for number, row in enumerate(rows) if row.labelled]
    lengths = [len(row.input_ids) for row in rows]
    with torch.inference_mode():
        for batch in by_length(scored, lengths, batch_tokens=batch_tokens):
            ids, labels = padded([rows[number] for number in batch], device=device())
            for number, figures in zip(batch, _figures(local.model, ids, labels), strict=True):
                found[number] = figures
    return found


def labelled_hidden(model: Any, ids: Any, labels: Any) -> tuple[Any, Any]:
    """The last hidden states that predict labelled tokens, (n, size), and those tokens, (n,)."""
    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    hidden = inner.get_decoder()(input_ids=ids, use_cache=False).last_hidden_state
    wanted = labels[:, 1:] != UNLABELLED
    return hidden[:, :-1][wanted], labels[:, 1:][wanted]


def _figures(model: Any, ids: Any, labels: Any) -> list[list[float]]:
    import torch  # noqa: PLC0415

    hidden, targets = labelled_hidden(model, ids, labels)
    head = model.get_output_embeddings()
    parts = []
    for start in range(0, len(targets), _LOGITS_AT_ONCE):
        logits = head(hidden[start : start + _LOGITS_AT_ONCE]).float()
        chosen = targets[start : start + _LOGITS_AT_ONCE]
        right = logits.gather(1, chosen[:, None])[:, 0]
        parts.append(right - torch.logsumexp(logits, dim=-1))
    counts = (labels[:, 1:] != UNLABELLED).sum(1).tolist()
    rows = torch.split(torch.cat(parts), counts)
    return [row.tolist() for row in rows]
