import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clone_pipeline import cli, cli_retrain


def test_a_fifo_is_written_to_and_stays(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    cli_retrain._cleared(fifo)
    cli_retrain._write(fifo, "told")
    assert os.read(reader, 100) == b"told"
    os.close(reader)
    assert fifo.is_fifo()


def test_a_link_as_dev_stdout_stays_and_a_link_to_a_file_is_followed(tmp_path: Path) -> None:
    assert cli_retrain._places(Path("/dev/stdout"), None) == (Path("/dev/stdout"), None)
    assert cli_retrain._is_stream(Path("/dev/stdout"))
    cli_retrain._cleared(Path("/dev/stdout"))
    assert Path("/dev/stdout").is_symlink()
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "file")
    assert cli_retrain._places(tmp_path / "link", None)[0] == (tmp_path / "file").resolve()


@pytest.mark.parametrize("other", ["r", "./r", "new/../r"])
def test_one_file_for_both_is_wrong_usage(tmp_path: Path, other: str) -> None:
    options = ["--json", f"{tmp_path}/r", "--summary", f"{tmp_path}/{other}"]
    assert CliRunner().invoke(cli.app, ["retrain", *options]).exit_code == 2
