"""AdamW in the low-rank space of the gradients (GaLore: Zhao et al. 2024, arXiv:2403.03507)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from clone_pipeline.training.adamw import AdamW, update

_ITERATIONS = 2


@dataclass(frozen=True, slots=True)
class _Matrix:
    """A weight, its float32 master, and what it keeps between steps.

    `basis` (side, rank) spans the gradients' strongest directions on the projected side; the
    moments are (rank, other side). `right`: the projected side is the columns.
    """

    weight: Any
    master: Any
    basis: Any
    first: Any
    second: Any
    right: bool


class GaLore:
    """Matrices learn through projected gradients, everything else through plain AdamW.

    Args:
        parameters: what learns; each `grad` is read by `step`.
        rank: of the projection; a matrix with a shorter side than this is projected to that side.
        update_proj_gap: steps between two computations of the basis.
        scale: factor on the update that comes back from the low-rank space.
        proj_type: "std" projects the shorter side, "reverse_std" the longer, or "left", "right".
        weight_decay: share of a parameter that a step of rate 1 takes away.
        seed: of the first guess at each basis.
    """

    def __init__(
        self,
        parameters: Sequence[Any],
        *,
        rank: int,
        update_proj_gap: int,
        scale: float,
        proj_type: str,
        weight_decay: float = 0.0,
        seed: int = 0,
    ) -> None:
        listed = list(parameters)
        dice = torch.Generator().manual_seed(seed)
        self._matrices = [_matrix(each, rank, proj_type, dice) for each in listed if each.ndim == 2]
        self._rest = AdamW([each for each in listed if each.ndim != 2], weight_decay=weight_decay)
        self._gap, self._scale, self._decay = update_proj_gap, scale, weight_decay
        self._steps = torch.zeros(1, dtype=torch.int64)

    def tensors(self) -> dict[str, Any]:
        """The live state; writing into these tensors and calling `publish` restores it."""
        state = {"galore.steps": self._steps, **self._rest.tensors()}
        for number, matrix in enumerate(self._matrices):
            for name in ("master", "basis", "first", "second"):
                state[f"galore.{number}.{name}"] = getattr(matrix, name)
        return state

    def step(self, rate: float, *, factor: float = 1.0) -> None:
        """One update at learning rate `rate`, with gradients times `factor`; drops gradients."""
        self._rest.step(rate, factor=factor)
        renew = int(self._steps) % self._gap == 0
        self._steps += 1
        for matrix in self._matrices:
            if matrix.weight.grad is not None:
                self._learn(matrix, matrix.weight.grad.float().mul_(factor), rate, renew=renew)
                matrix.weight.grad = None

    def publish(self) -> None:
        """Copy the masters into the parameters."""
        self._rest.publish()
        with torch.no_grad():
            for matrix in self._matrices:
                matrix.weight.copy_(matrix.master)

    def _learn(self, matrix: _Matrix, gradient: Any, rate: float, *, renew: bool) -> None:
        turned = gradient.T if matrix.right else gradient
        if renew:
            matrix.basis.copy_(strongest(turned, matrix.basis))
        low = matrix.basis.T @ turned
        change = matrix.basis @ update(low, matrix.first, matrix.second, steps=int(self._steps))
        with torch.no_grad():
            matrix.master.mul_(1 - rate * self._decay)
            matrix.master.add_(change.T if matrix.right else change, alpha=-rate * self._scale)
            matrix.weight.copy_(matrix.master)


def strongest(gradient: Any, guess: Any) -> Any:
    """An orthonormal basis of about the strongest left directions of `gradient`.

    Subspace iteration (Halko et al. 2011, arXiv:0909.4061, algorithm 4.4) in place of the paper's
    full decomposition: a hundredth of its time, and the last basis is a good guess at the next.

    Args:
        gradient: (side, other).
        guess: (side, rank), rank at most the shorter of both sides.
    """
    basis = guess
    for _ in range(_ITERATIONS):
        basis = torch.linalg.qr(gradient @ (gradient.T @ basis))[0]
    return basis


def _matrix(weight: Any, rank: int, proj_type: str, dice: Any) -> _Matrix:
    rows, columns = weight.shape
    right = {
        "std": rows >= columns,
        "reverse_std": rows < columns,
        "left": False,
        "right": True,
    }[proj_type]
    side, other = (columns, rows) if right else (rows, columns)
    rank = min(rank, side, other)
    whole = weight.dtype == torch.float32
    basis = torch.randn(side, rank, generator=dice)
    return _Matrix(
        weight=weight,
        master=weight.detach() if whole else weight.detach().float(),
        basis=basis.to(weight.device),
        first=torch.zeros(rank, other, device=weight.device),
        second=torch.zeros(rank, other, device=weight.device),
        right=right,
    )
