"""AdamW (Loshchilov & Hutter 2017, arXiv:1711.05101) over one flat float32 vector."""

from collections.abc import Sequence
from typing import Any

import torch

BETAS = (0.9, 0.99)
EPSILON = 1e-8


class AdamW:
    """Keeps float32 masters of parameters that may be bfloat16, and both moments, as plain tensors.

    Args:
        parameters: what learns; each `grad` is read by `step`.
        weight_decay: share of a parameter that a step of rate 1 takes away.
    """

    def __init__(self, parameters: Sequence[Any], *, weight_decay: float = 0.0) -> None:
        self._parameters = list(parameters)
        self._decay = weight_decay
        flat = [each.detach().float().reshape(-1) for each in self._parameters]
        self._master = torch.cat(flat) if flat else torch.zeros(0)
        self._first = torch.zeros_like(self._master)
        self._second = torch.zeros_like(self._master)
        self._steps = torch.zeros(1, dtype=torch.int64)

    def tensors(self) -> dict[str, Any]:
        """The live state; writing into these tensors and calling `publish` restores it."""
        return {
            "adamw.master": self._master,
            "adamw.first": self._first,
            "adamw.second": self._second,
            "adamw.steps": self._steps,
        }

    def step(self, rate: float, *, factor: float = 1.0) -> None:
        """One update at learning rate `rate`, with gradients times `factor`; drops gradients."""
        if not self._parameters:
            return
        gradient = torch.cat([_gradient(each) for each in self._parameters]).mul_(factor)
        self._steps += 1
        self._master.mul_(1 - rate * self._decay)
        self._master.add_(
            update(gradient, self._first, self._second, steps=int(self._steps)), alpha=-rate
        )
        self.publish()
        for each in self._parameters:
            each.grad = None

    def publish(self) -> None:
        """Copy the masters into the parameters."""
        sizes = [each.numel() for each in self._parameters]
        with torch.no_grad():
            for each, part in zip(self._parameters, torch.split(self._master, sizes), strict=True):
                each.copy_(part.view_as(each))


def update(gradient: Any, first: Any, second: Any, *, steps: int) -> Any:
    """Adam's direction; `first` and `second` are updated in place. `steps` counts from 1."""
    first.lerp_(gradient, 1 - BETAS[0])
    second.mul_(BETAS[1]).addcmul_(gradient, gradient, value=1 - BETAS[1])
    spread = (second / (1 - BETAS[1] ** steps)).sqrt_().add_(EPSILON)
    return first / (1 - BETAS[0] ** steps) / spread


def _gradient(parameter: Any) -> Any:
    if parameter.grad is None:
        return torch.zeros(parameter.numel(), device=parameter.device)
    return parameter.grad.reshape(-1).float()
