"""Versions of a tiny Llama in a registry of their own."""

import functools
import shutil
from pathlib import Path
from typing import Any

from clone_pipeline import registry
from clone_pipeline_tests.tiny_llama import make_tiny_llama

PERSONAS = {
    "anna": {"name": "Anna", "system_prompt": "CONTEXT: Anna is a gardener."},
    "ben": {"name": "Ben", "system_prompt": "CONTEXT: Ben is a baker."},
}


@functools.cache
def tiny_adapter(folder: Path, seed: int) -> Path:
    """A LoRA with random weights for the tiny base beside it, both in `folder`."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    base = folder / "base"
    if not base.exists():
        make_tiny_llama(base)
    torch.manual_seed(seed)
    config = LoraConfig(r=4, target_modules="all-linear", init_lora_weights=False)
    model: Any = AutoModelForCausalLM.from_pretrained(str(base))
    get_peft_model(model, config).save_pretrained(str(folder / f"adapter-{seed}"))
    return folder / f"adapter-{seed}"


def publish(models: Path, weights: Path, *, seed: int, **card: Any) -> registry.Version:
    """Publish the adapter of this seed, made in the folder `weights`."""
    key = f"seed {seed} {sorted(card)}"
    work = registry.working_folder(models, training_key=key)
    shutil.copytree(tiny_adapter(weights, seed), work / "model", dirs_exist_ok=True)
    described = {
        "training_key": key,
        "kind": "adapter",
        "base_model": {"name": str(weights / "base")},
        "form": "sharegpt",
        "personas": PERSONAS,
        "expert": None,
        "training": {},
        "dataset": {},
    }
    return registry.publish(models, work, card={**described, **card})
