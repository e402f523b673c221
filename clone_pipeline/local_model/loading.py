"""Weights, tokenizer and adapter into memory."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clone_pipeline.lasting import lasting
from clone_pipeline.local_model import attention
from clone_pipeline.settings import Fault, FaultyInput

# What some families do to the logits after the head; training and scoring would leave it out.
_AFTER_HEAD = ("final_logit_softcapping", "logit_scale", "logits_scaling")


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A causal language model in this process; `folder` is where its base came from."""

    model: Any
    tokenizer: Any
    folder: Path


def load(
    folder: Path,
    *,
    adapter: Path | None = None,
    dtype: str = "auto",
    threads: int | None = None,
    merge: bool = False,
) -> LocalModel:
    """Load a model for scoring and generating, on the GPU if there is one.

    Args:
        folder: config, safetensors and tokenizer as transformers saves them, or a hub name.
        adapter: a folder as peft saves it; its tokenizer, if it has one, is taken.
        dtype: "auto" (see `fitting_dtype`), "bfloat16", "float16" or "float32".
        threads: CPU threads of this whole process; None leaves torch's choice.
        merge: add the adapter to the weights: faster, but it can't be switched off any more.

    Raises:
        FaultyInput: the folder or the adapter holds no model that can be loaded.
    """
    set_up(threads=threads, adapters=adapter is not None)
    import torch  # noqa: PLC0415

    wanted = fitting_dtype() if dtype == "auto" else dtype
    model = load_weights(folder, dtype="float32" if adapter and merge else wanted)
    if adapter:
        model = _with_adapter(model, adapter)
        if merge:
            model = _cast(model.merge_and_unload(), getattr(torch, wanted))
    own_tokenizer = adapter is not None and (adapter / "tokenizer.json").is_file()
    tokenizer = load_tokenizer(adapter if adapter and own_tokenizer else folder)
    return LocalModel(model=model.to(device()).eval(), tokenizer=tokenizer, folder=folder)


def set_up(*, threads: int | None = None, adapters: bool = False) -> None:
    """Prepare this process for torch; call it before anything imports torch.

    Threads that wait for each other sleep instead of spinning: beside other work two spinning
    threads lose nine tenths of their speed; alone, sleeping ones lose one tenth.

    Args:
        threads: CPU threads of this whole process; None leaves torch's choice.
        adapters: peft is wanted, too.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    with lasting("torch"):
        import torch  # noqa: PLC0415
        import transformers.modeling_utils  # noqa: F401, PLC0415
        from transformers.utils import logging  # noqa: PLC0415

        if adapters:
            import peft  # noqa: F401, PLC0415

    logging.disable_progress_bar()
    if threads:
        torch.set_num_threads(threads)


def load_weights(folder: Path, *, dtype: str) -> Any:
    """The model of `folder` in memory, in training mode off; FaultyInput if it can't be loaded."""
    import torch  # noqa: PLC0415
    from transformers import AutoModelForCausalLM  # noqa: PLC0415

    try:
        model = AutoModelForCausalLM.from_pretrained(str(folder), dtype=getattr(torch, dtype))
    except (OSError, ValueError) as error:
        raise _faulty(folder, "no causal language model", error) from error
    if touched := sorted(key for key in _AFTER_HEAD if getattr(model.config, key, None)):
        fix = "Take a base model whose logits are the product of its last layer and its head."
        raise FaultyInput([Fault(str(folder), f"a model with {', '.join(touched)}", fix)])
    attention.quicken(model)
    return model


def load_tokenizer(folder: Path) -> Any:
    """The tokenizer of `folder`; FaultyInput if there is none."""
    from transformers import AutoTokenizer  # noqa: PLC0415

    try:
        return AutoTokenizer.from_pretrained(str(folder))
    except (OSError, ValueError) as error:
        raise _faulty(folder, "no tokenizer", error) from error


def fitting_dtype() -> str:
    """bfloat16 where the hardware multiplies it (GPU; AVX512-BF16 or AMX), else float32."""
    import torch  # noqa: PLC0415

    if torch.cuda.is_available():
        return "bfloat16" if torch.cuda.is_bf16_supported() else "float32"
    able = torch.cpu.get_capabilities()
    return "bfloat16" if able.get("avx512_bf16") or able.get("amx_bf16") else "float32"


def device() -> str:
    """Where models of this process live."""
    import torch  # noqa: PLC0415

    return "cuda" if torch.cuda.is_available() else "cpu"


def _cast(model: Any, dtype: Any) -> Any:
    """The weights in `dtype`; buffers stay, as bfloat16 would bend the rotary frequencies."""
    for weights in model.parameters():
        weights.data = weights.data.to(dtype)
    return model


def _with_adapter(model: Any, adapter: Path) -> Any:
    from peft import PeftModel  # noqa: PLC0415

    try:
        return PeftModel.from_pretrained(model, str(adapter), autocast_adapter_dtype=False)
    except (OSError, ValueError, RuntimeError) as error:
        raise _faulty(adapter, "no adapter for this base model", error) from error


def _faulty(folder: Path, found: str, error: Exception) -> FaultyInput:
    reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    fix = f"Give a folder that transformers can load ({reason})."
    return FaultyInput([Fault(str(folder), found, fix)])
