"""Whether an adapter is better added to the weights than kept beside them."""

import json
from pathlib import Path

_MERGEABLE = {"LORA", "ADALORA", "LOHA", "LOKR", "IA3"}
_SMALL_BYTES = 2_000_000_000


def worth_merging(base: Path, adapter: Path) -> bool:
    """Whether to merge `adapter` for scoring and generating: twice as fast where it can be done.

    Merging goes through float32, so only small bases are (weights up to 2 GB on disk); prefixes
    and prompts can't be merged at all.
    """
    stored = sum(path.stat().st_size for path in base.glob("*.safetensors"))
    config = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))
    return 0 < stored <= _SMALL_BYTES and config["peft_type"] in _MERGEABLE
