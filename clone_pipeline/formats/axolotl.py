"""Recipes for axolotl, one for each exported dataset, to train elsewhere."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import yaml

from clone_pipeline.formats.files import write_whole

EMBEDDED = "HuggingFaceTB/SmolLM2-135M-Instruct"

_CHAT = {
    "ds_type": "json",
    "type": "chat_template",
    "field_messages": "conversations",
    "message_property_mappings": {"role": "from", "content": "value"},
    "roles": {"system": ["system"], "user": ["human"], "assistant": ["gpt"]},
    "roles_to_train": ["assistant"],
    "train_on_eos": "turn",
}
# By recipe: the exports that it reads, and how axolotl is told to read each of them.
_DATASETS: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "sharegpt": (("sharegpt.jsonl", "sharegpt_rag.jsonl"), _CHAT),
    "segments": (
        ("segments.json", "qa_segments.json"),
        {"ds_type": "json", "type": "input_output"},
    ),
    "pretraining": (
        ("pretraining.jsonl", "rewritings.jsonl"),
        {"ds_type": "json", "type": "completion", "field": "text"},
    ),
}
_NOTES = {
    "segments": "# The data bears <s> and </s>: name a base model that has these marks.\n",
    "galore": "# GaLore needs `pip install galore-torch`, and no deepspeed.\n",
}
# Settings that Verustoolkit trained its LoRA and its GaLore models with.
_METHODS: dict[str, dict[str, Any]] = {
    "lora": {
        "adapter": "lora",
        "lora_r": 32,
        "lora_alpha": 16,
        "lora_dropout": 0.05,
        "lora_target_linear": True,
        "optimizer": "adamw_bnb_8bit",
        "learning_rate": 0.0002,
        "num_epochs": 4,
    },
    "galore": {
        "optimizer": "galore_adamw_8bit",
        "optim_args": {"rank": 256, "update_proj_gap": 200, "scale": 0.25, "proj_type": "std"},
        "optim_target_modules": ["mlp", "self_attn"],
        "learning_rate": 3.5e-6,
        "cosine_min_lr_ratio": 0,
        "adam_beta1": 0.9,
        "adam_beta2": 0.999,
        "adam_epsilon": 1e-8,
        "num_epochs": 5,
    },
}
_COMMON = {
    "lr_scheduler": "cosine",
    "weight_decay": 0.0,
    "max_grad_norm": 1.0,
    "warmup_steps": 10,
    "micro_batch_size": 1,
    "gradient_accumulation_steps": 6,
    "train_on_inputs": False,
    "bf16": "auto",
    "gradient_checkpointing": True,
    "val_set_size": 0.05,
    "saves_per_epoch": 1,
    "save_total_limit": 2,
    "logging_steps": 1,
}


def write(
    exports: Path, *, base_model: str, method: Literal["lora", "galore"], max_tokens: int
) -> list[Path]:
    """Write `axolotl/sharegpt.yaml`, `segments.yaml` and `pretraining.yaml` into `exports`.

    A recipe names the exports that hold rows, relative to its own folder: run it there, with
    `axolotl train sharegpt.yaml`.

    Args:
        exports: where the datasets lie; write them first.
        base_model: a name on the hub, a folder, or "embedded".
        method: which of the two the recipes use.
        max_tokens: longest example.
    """
    paths = []
    for name, (files, reading) in _DATASETS.items():
        filled = [file for file in files if _holds_rows(exports / file)] or files[:1]
        recipe: dict[str, Any] = {
            "base_model": EMBEDDED if base_model == "embedded" else base_model,
            "datasets": [{"path": f"../{file}", **reading} for file in filled],
            **({"chat_template": "tokenizer_default"} if name == "sharegpt" else {}),
            "sequence_len": max_tokens,
            "sample_packing": False,
            **_METHODS[method],
            **_COMMON,
            "output_dir": f"./{name}-out",
        }
        paths.append(exports / "axolotl" / f"{name}.yaml")
        write_whole(paths[-1], (_NOTES.get(name, ""), _NOTES.get(method, ""), _yaml(recipe)))
    return paths


def _holds_rows(path: Path) -> bool:
    if not path.exists():
        return False
    with path.open("rb") as file:
        return bool(file.read(16).strip(b"[] \n"))


def _yaml(recipe: Mapping[str, Any]) -> str:
    class Plain(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    return yaml.dump(dict(recipe), Dumper=Plain, sort_keys=False, allow_unicode=True)
