import os
import subprocess
import sys
from pathlib import Path

import pytest

from clone_pipeline.local_model import loading
from clone_pipeline.settings import FaultyInput


def test_a_folder_without_a_model_is_named_with_the_fix(tmp_path: Path) -> None:
    with pytest.raises(FaultyInput, match="no causal language model"):
        loading.load(tmp_path)


def test_an_adapter_folder_without_an_adapter_is_named(tiny_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(FaultyInput, match="no adapter"):
        loading.load(tiny_folder, adapter=tmp_path)


def test_a_model_that_changes_its_logits_after_the_head_is_refused(
    tiny_folder: Path, tmp_path: Path
) -> None:
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(str(tiny_folder))
    model.config.final_logit_softcapping = 30.0
    model.save_pretrained(str(tmp_path))
    with pytest.raises(FaultyInput, match="final_logit_softcapping"):
        loading.load_weights(tmp_path, dtype="float32")


def test_threads_wait_asleep_in_a_process_that_loads_a_model() -> None:
    code = (
        "import sys; from clone_pipeline.local_model import loading, encoding, scoring, generating;"
        "assert 'torch' not in sys.modules;"
        "loading.set_up(threads=1); import os, torch;"
        "assert os.environ['OMP_WAIT_POLICY'] == 'passive'; assert torch.get_num_threads() == 1"
    )
    env = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    subprocess.run([sys.executable, "-c", code], check=True, env=env)
