"""The embedded GGUF as a Hugging Face folder.

Run as python -m clone_pipeline.llm.converter GGUF FOLDER PARENT_PID: a process of its own, so
that its memory (1.2 GB) is gone afterwards. Without `dequantize=True` transformers would refuse
to save what it read.
"""

import os
import sys
from pathlib import Path

from clone_pipeline.scale.parent import die_with_parent


def convert(gguf: Path, folder: Path) -> None:
    """Write the weights in bf16, the tokenizer and its chat template to `folder`."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import torch  # noqa: PLC0415
    from transformers import (  # noqa: PLC0415
        AutoModelForCausalLM,
        AutoTokenizer,
        GgufConfig,
    )

    source, name = str(gguf.parent), gguf.name
    tokenizer = AutoTokenizer.from_pretrained(source, gguf_file=name)
    model = AutoModelForCausalLM.from_pretrained(
        source,
        gguf_file=name,
        dtype=torch.float32,
        quantization_config=GgufConfig(dequantize=True),
    )
    model.to(torch.bfloat16).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


if __name__ == "__main__":
    die_with_parent(int(sys.argv[3]), at_once=False)
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
