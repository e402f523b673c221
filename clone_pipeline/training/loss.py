"""Cross entropy at the labelled positions only, in chunks: the logits never exist all at once."""

from typing import Any

import torch

from clone_pipeline.local_model.scoring import labelled_hidden

_CHUNK = 128


class _ChunkedCrossEntropy(torch.autograd.Function):
    """Mean cross entropy of `hidden @ weight.T`; the gradient is made in the forward pass."""

    @staticmethod
    def forward(ctx: Any, hidden: Any, weight: Any, bias: Any, targets: Any) -> Any:
        """Hidden (n, size), weight (words, size), bias (words,) or None, targets (n,)."""
        total = torch.zeros((), device=hidden.device)
        gradient = torch.empty_like(hidden)
        for start in range(0, len(targets), _CHUNK):
            part = slice(start, start + _CHUNK)
            chosen = targets[part, None]
            logits = torch.nn.functional.linear(hidden[part], weight, bias).float()
            sums = torch.logsumexp(logits, dim=-1, keepdim=True)
            total += (sums - logits.gather(1, chosen)).sum()
            chances = logits.sub_(sums).exp_()
            chances.scatter_add_(1, chosen, torch.full_like(sums, -1.0))
            gradient[part] = chances.mul_(1 / len(targets)).to(hidden.dtype) @ weight
        ctx.save_for_backward(gradient)
        return total / len(targets)

    @staticmethod
    def backward(ctx: Any, *outer: Any) -> tuple[Any, None, None, None]:
        """The stored gradient, times the loss's own."""
        (gradient,) = ctx.saved_tensors
        return gradient * outer[0].to(gradient.dtype), None, None, None


def mean_loss(model: Any, ids: Any, labels: Any) -> Any:
    """Mean cross entropy, in nats, of the labelled tokens of a batch; the head gets no gradient.

    Args:
        model: a causal language model of transformers or peft.
        ids: (rows, longest), padded on the right.
        labels: the same shape, -100 where nothing is to be predicted.
    """
    hidden, targets = labelled_hidden(model, ids, labels)
    head = model.get_output_embeddings()
    return _ChunkedCrossEntropy.apply(  # type: ignore[no-untyped-call]
        hidden, head.weight, getattr(head, "bias", None), targets
    )
