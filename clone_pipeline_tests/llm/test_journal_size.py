import dataclasses
from pathlib import Path

import pytest

from benchmarks import journal as benchmark
from clone_pipeline.llm.journal import Journal


@pytest.mark.parametrize("count", [4_000, pytest.param(20_000, marks=pytest.mark.slow)])
def test_a_thousand_answers_take_a_megabyte_and_are_quick_to_look_up(
    tmp_path: Path, count: int
) -> None:
    entries = list(benchmark.entries(1_000))
    with Journal(tmp_path / "j") as journal:
        for copy in range(count // 1_000):
            keys = (f"{copy:02x}{entry.key[2:]}" for entry in entries)
            journal.put_many(
                [dataclasses.replace(e, key=k) for e, k in zip(entries, keys, strict=True)]
            ).result()
    figures = benchmark.look_up(tmp_path / "j")
    assert figures["entries"] == count
    assert figures["open_s"] < 1
    assert figures["look_up_us"] < 200, "50 on an idle machine"
    assert (tmp_path / "j").stat().st_size / count < 1_000
