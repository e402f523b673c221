"""LoRA adapters by peft."""

from typing import Any


def attach(model: Any, *, r: int, alpha: int, dropout: float, seed: int) -> Any:
    """The model with fresh adapters beside every linear layer but the head; only they learn.

    Args:
        model: a causal language model of transformers.
        r: rank of the adapters.
        alpha: their product is scaled by alpha / r.
        dropout: share of their inputs dropped.
        seed: of their start.
    """
    import torch  # noqa: PLC0415
    from peft import LoraConfig, get_peft_model  # noqa: PLC0415

    torch.manual_seed(seed)
    config = LoraConfig(
        r=r,
        lora_alpha=alpha,
        lora_dropout=dropout,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )
    return get_peft_model(model, config, autocast_adapter_dtype=False)
