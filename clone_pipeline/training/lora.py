"""LoRA adapters by peft, with a faster product where nothing but the product is wanted."""

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


def attach(model: Any, *, r: int, alpha: int, dropout: float, seed: int) -> Any:
    """The model with fresh adapters beside every linear layer but the head; only they learn."""
    from peft import LoraConfig, get_peft_model  # noqa: PLC0415

    torch.manual_seed(seed)
    config = LoraConfig(
        r=r,
        lora_alpha=alpha,
        lora_dropout=dropout,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )
    adapted = get_peft_model(model, config, autocast_adapter_dtype=False)
    if dropout == 0.0:
        quicken(adapted)
    return adapted


def quicken(adapted: Any) -> int:
    """Let plain adapters of plain linear layers use `_Product`; returns how many do."""
    from peft.tuners.lora.layer import Linear  # noqa: PLC0415

    found = 0
    for module in adapted.modules():
        if type(module) is not Linear or type(module.base_layer) is not torch.nn.Linear:
            continue
        if module.base_layer.bias is None and not module.lora_variant:
            module.forward = _quick(module)
            found += 1
    return found


def _quick(module: Any) -> Any:
    name = module.active_adapters[0]
    weight, scale = module.base_layer.weight, module.scaling[name]
    down, up = module.lora_A[name].weight, module.lora_B[name].weight

    def forward(x: Any, *others: Any, **more: Any) -> Any:
        return _Product.apply(x, weight, down, up, scale)  # type: ignore[no-untyped-call]

    return forward
