from pathlib import Path

import pytest

from clone_pipeline.settings import FaultyInput
from clone_pipeline.terminal import load_env


@pytest.mark.parametrize("held", [b"TOKEN='hunter\xe9'", b"TOKEN=hunter\x00x"])
def test_an_env_that_no_environment_can_hold_is_a_fault_that_hides_it(
    tmp_path: Path, held: bytes
) -> None:
    (tmp_path / ".env").write_bytes(held)
    with pytest.raises(FaultyInput, match="no UTF-8 text") as raised:
        load_env(tmp_path)
    assert "hunter" not in str(raised.value)
