"""Causal attention by plain matrix products: on a CPU faster, above all backwards, than sdpa."""

from typing import Any

# Families whose every layer attends to all earlier positions, without bias, sinks or soft caps.
_PLAIN = frozenset({"llama"})
_NAME = "clone_pipeline_products"


def quicken(model: Any) -> None:
    """Let `model` use `attend` where it computes the same: plain families on a CPU."""
    import torch  # noqa: PLC0415
    from transformers import AttentionInterface, AttentionMaskInterface  # noqa: PLC0415
    from transformers.masking_utils import sdpa_mask  # noqa: PLC0415

    if model.config.model_type not in _PLAIN or torch.cuda.is_available():
        return
    AttentionInterface.register(_NAME, attend)
    AttentionMaskInterface.register(_NAME, sdpa_mask)
    model.set_attn_implementation(_NAME)


def attend(
    module: Any,
    query: Any,
    key: Any,
    value: Any,
    attention_mask: Any,
    dropout: float = 0.0,
    scaling: float | None = None,
    **others: Any,
) -> tuple[Any, None]:
    """Attention in the signature of transformers' AttentionInterface.

    Args:
        module: the attention layer; not read.
        query: (batch, heads, asked, size).
        key: (batch, key heads, known, size); heads are a multiple of key heads.
        value: as `key`.
        attention_mask: None for causal attention, else true (or 0.0) where to look,
            (batch, 1, asked, known).
        dropout: share of weights dropped.
        scaling: factor on the products; None for 1 / sqrt(size).
        others: what other implementations take.

    Returns:
        (batch, asked, heads, size), and None for the weights.
    """
    import torch  # noqa: PLC0415

    batch, heads, asked, size = query.shape
    groups, known = key.shape[1], key.shape[2]
    shared = heads // groups
    query = (query * (scaling or size**-0.5)).reshape(batch, groups, shared * asked, size)
    scores = torch.matmul(query, key.transpose(2, 3)).view(batch, groups, shared, asked, known)
    if attention_mask is None:
        hidden = torch.full((asked, known), -torch.inf, dtype=scores.dtype, device=scores.device)
        scores = scores + hidden.triu(known - asked + 1)
    elif attention_mask.dtype == torch.bool:
        scores = scores.masked_fill(~attention_mask[:, :, None], torch.finfo(scores.dtype).min)
    else:
        scores = scores + attention_mask[:, :, None]
    weights = torch.softmax(scores, dim=-1)
    if dropout:
        weights = torch.nn.functional.dropout(weights, dropout)
    mixed = torch.matmul(weights.view(batch, groups, shared * asked, known), value)
    return mixed.view(batch, heads, asked, size).transpose(1, 2).contiguous(), None
