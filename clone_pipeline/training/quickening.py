"""Faster, smaller nodes for the autograd graph of a Llama with LoRA; the results are the same.

On a CPU a step of a small model is bound by elementwise passes and by the memory they keep.
"""

from typing import Any

import torch


class _Product(torch.autograd.Function):
    """x W' + scale x A' B' in one node: no intermediate of the output's size is kept or added."""

    @staticmethod
    def forward(ctx: Any, x: Any, weight: Any, down: Any, up: Any, scale: float) -> Any:
        """Input (.., in), weight (out, in), down (r, in), up (out, r)."""
        flat = x.reshape(-1, x.shape[-1])
        low = flat @ down.T
        ctx.save_for_backward(flat, low, weight, down, up)
        ctx.scale, ctx.shape = scale, x.shape
        return (flat @ weight.T).addmm_(low, up.T, alpha=scale).view(*x.shape[:-1], -1)

    @staticmethod
    def backward(ctx: Any, *outer: Any) -> tuple[Any, None, Any, Any, None]:
        """Gradients of x, down and up; the weight is frozen."""
        flat, low, weight, down, up = ctx.saved_tensors
        gradient = outer[0].reshape(-1, outer[0].shape[-1])
        below = (gradient @ up).mul_(ctx.scale)
        inner = (gradient @ weight).addmm_(below, down).view(ctx.shape)
        return inner, None, below.T @ flat, (gradient.T @ low).mul_(ctx.scale), None


class _Norm(torch.autograd.Function):
    """Root mean square norm (arXiv:1910.07467) that keeps its input and one number a row."""

    @staticmethod
    def forward(ctx: Any, x: Any, weight: Any, epsilon: float) -> Any:
        """Input (.., size), weight (size,); computed in float32 as transformers does."""
        wide = x.float()
        length = torch.linalg.vector_norm(wide, dim=-1, keepdim=True)
        shrink = torch.rsqrt(length.square_().div_(x.shape[-1]).add_(epsilon))
        ctx.save_for_backward(x, shrink, weight)
        return weight * (wide * shrink).to(x.dtype)

    @staticmethod
    def backward(ctx: Any, *outer: Any) -> tuple[Any, Any, None]:
        """Gradients of the input and, if it learns, of the weight."""
        x, shrink, weight = ctx.saved_tensors
        size = x.shape[-1]
        normed = x.float() * shrink
        by_weight = None
        if ctx.needs_input_grad[1]:
            by_weight = (outer[0].float() * normed).reshape(-1, size).sum(0).to(weight.dtype)
        inner = (outer[0] * weight).float()
        along = torch.linalg.vecdot(inner, normed).unsqueeze(-1).div_(size)
        return inner.sub_(normed.mul_(along)).mul_(shrink).to(x.dtype), by_weight, None


class _Gated(torch.autograd.Function):
    """silu(gate) x up (arXiv:2002.05202) that keeps its two inputs only."""

    @staticmethod
    def forward(ctx: Any, gate: Any, up: Any) -> Any:
        """Both (.., size)."""
        ctx.save_for_backward(gate, up)
        return torch.nn.functional.silu(gate).mul_(up)

    @staticmethod
    def backward(ctx: Any, *outer: Any) -> tuple[Any, Any]:
        """Gradients of gate and up."""
        gate, up = ctx.saved_tensors
        opened = torch.nn.functional.silu(gate)
        by_gate = torch.ops.aten.silu_backward(outer[0] * up, gate)
        return by_gate, opened.mul_(outer[0])


def quicken(model: Any) -> int:
    """Give Llama's norms and gates, and plain LoRA layers, these nodes; returns how many it gave.

    Layers with dropout, a bias or a LoRA variant are left as they are.
    """
    from peft.tuners.lora.layer import Linear  # noqa: PLC0415
    from transformers.activations import SiLUActivation  # noqa: PLC0415
    from transformers.models.llama.modeling_llama import LlamaMLP, LlamaRMSNorm  # noqa: PLC0415

    found = 0
    for module in model.modules():
        if type(module) is LlamaRMSNorm:
            module.forward = _norm_of(module)
            found += 1
        elif type(module) is LlamaMLP and type(module.act_fn) is SiLUActivation:
            module.forward = _gated_of(module)
            found += 1
        elif type(module) is Linear and _plain(module):
            module.forward = _product_of(module)
            found += 1
    return found


def _plain(module: Any) -> bool:
    base, dropouts = module.base_layer, module.lora_dropout.values()
    return (
        type(base) is torch.nn.Linear
        and base.bias is None
        and not module.lora_variant
        and len(module.active_adapters) == 1
        and all(type(each) is torch.nn.Identity for each in dropouts)
    )


def _product_of(module: Any) -> Any:
    name = module.active_adapters[0]
    weight, scale = module.base_layer.weight, module.scaling[name]
    down, up = module.lora_A[name].weight, module.lora_B[name].weight

    def forward(x: Any, *others: Any, **more: Any) -> Any:
        return _Product.apply(x, weight, down, up, scale)  # type: ignore[no-untyped-call]

    return forward


def _gated_of(module: Any) -> Any:
    def forward(x: Any) -> Any:
        return module.down_proj(_Gated.apply(module.gate_proj(x), module.up_proj(x)))  # type: ignore[no-untyped-call]

    return forward


def _norm_of(module: Any) -> Any:
    def forward(x: Any) -> Any:
        return _Norm.apply(  # type: ignore[no-untyped-call]
            x, module.weight, module.variance_epsilon
        )

    return forward
