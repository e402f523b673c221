"""The lines that docs/ci.md gives for object storage, run with a program that stands in."""

import os
import subprocess
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "ci.md"


@pytest.mark.parametrize(("code", "first", "uploads"), [(0, "", 1), (1, "", 0), (0, "true", 1)])
@pytest.mark.parametrize("place", [0, 1], ids=["rclone", "aws"])
def test_nothing_is_uploaded_after_a_download_that_failed(
    tmp_path: Path, place: int, code: int, first: str, uploads: int
) -> None:
    section = PAGE.read_text(encoding="utf-8").split("## Object storage")[1]
    block = section.split("```text\n")[1].split("```")[0].split("\n\n")[place]
    assert "--delete" not in block
    assert "|| true" not in block
    before, after = block.split("# after, always")
    for name in ("rclone", "aws"):
        (tmp_path / name).write_text(f'#!/bin/sh\necho "$@" >> "$CALLS"\nexit {code}\n')
        (tmp_path / name).chmod(0o755)
    environment = os.environ | {
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "RUNNER_TEMP": str(tmp_path),
        "CALLS": str(tmp_path / "calls"), "BUCKET": "b", "FIRST_RUN": first,
    }  # fmt: skip
    done = [
        subprocess.run(["bash", "-c", script], env=environment, check=False, capture_output=True)
        for script in (before, after)
    ]
    assert done[0].returncode == code
    called = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
    sent = [each for each in called if each.startswith(("copy models", "s3 sync models"))]
    fetched = [each for each in called if each.endswith(" models") or " models --exact" in each]
    assert len(sent) == uploads
    assert bool(fetched) == (not first) or code
