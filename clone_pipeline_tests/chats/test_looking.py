import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.chats import reading, wholes
from clone_pipeline.chats.export_files import ExportFile, found_in
from clone_pipeline.chats.parsers import json_array
from clone_pipeline.chats.parsers.beside import nothing_beside
from clone_pipeline.chats.privacy import Masker
from clone_pipeline.chats.reading import map_for
from clone_pipeline.scale.mapping import in_process, open_map
from clone_pipeline.settings import FaultyInput
from clone_pipeline_tests.chats.samples import discord_message, write_discord
from clone_pipeline_tests.chats.whole import read_folder
from clone_pipeline_tests.scale.pooled import kill, ready_map, with_reader, worker_of


@pytest.mark.parametrize("broken", [False, True])
def test_two_processes_read_and_mask_what_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: bool
) -> None:
    monkeypatch.setattr(json_array, "SLICE_BYTES", 700)
    monkeypatch.setattr(wholes, "SMALL", 0)
    personal = ("anna{}@example.org", "+49 151 2345{:04}", "https://example.org/?to=a{}@b.example")
    for part in range(3):
        texts = [
            personal[n % 3].format(n % 40) if n % 4 else f"https://e.org/{n}" for n in range(99)
        ]
        rows = [discord_message(1000 * part + n, text) for n, text in enumerate(texts)]
        rows[50]["author"]["nickname"] = "ben@example.org"
        path = write_discord(tmp_path / f"a [part {part}].json", rows)
        if broken:
            path.write_text(path.read_text().replace('"https://e.org/60"', '"https://e.org/60'))
    alone, together = Masker(), Masker()
    one = read_folder(tmp_path, masker=alone)
    with ready_map(2) as mapped:
        two = read_folder(tmp_path, masker=together, mapped=mapped)
    assert two.messages == one.messages
    assert two.faults == one.faults
    assert bool(one.faults) == broken
    assert together.known == alone.known
    assert len(alone.known) > 50
    assert {"link", "text"} == {message.kind for message in one.messages}


def test_a_worker_that_is_killed_ends_the_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_array, "SLICE_BYTES", 700)
    write_discord(tmp_path / "a.json", [discord_message(n) for n in range(300)])
    with pytest.raises(FaultyInput, match="ended from outside"), open_map(2) as mapped:  # noqa: PT012
        kill(worker_of(mapped))
        read_folder(tmp_path, mapped=mapped)


def test_small_exports_start_no_process(tmp_path: Path) -> None:
    write_discord(tmp_path / "a.json", [discord_message(1)])
    with found_in(tmp_path, private=tmp_path / "x") as found, map_for(found, processes=9) as mapped:
        assert mapped is in_process
    (tmp_path / "b.json").touch()
    os.truncate(tmp_path / "b.json", reading.LARGE)
    with found_in(tmp_path, private=tmp_path / "x") as found, map_for(found, processes=2) as mapped:
        assert mapped is not in_process


@pytest.mark.parametrize("small", [0, 3000, 1 << 20])
def test_many_files_are_read_by_two_processes_as_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: int
) -> None:
    monkeypatch.setattr(wholes, "SMALL", small)
    for number in range(40):
        texts = [f"write to a{n * number % 50}@example.org {n}" for n in range(1 + number % 9)]
        rows = [discord_message(100 * number + n, text) for n, text in enumerate(texts)]
        path = write_discord(tmp_path / f"channel {number}.json", rows)
        written = path.read_text()
        if number % 10 == 3:
            path.write_text(written[: len(written) * 2 // 3])
        if number % 10 == 5:
            path.write_text(written.replace('"write to', '"write "to', 1))
        if number % 10 == 7:
            path.write_text(written[:40])
        if number % 10 == 8:
            path.with_suffix(".txt").write_text("[21:07] <anna> a line of another format\n" * 3)
    alone, together = Masker(), Masker()
    one = read_folder(tmp_path, masker=alone)
    with ready_map(2) as mapped:
        two = read_folder(tmp_path, masker=together, mapped=mapped)
    assert two.messages == one.messages
    assert [str(fault) for fault in two.faults] == [str(fault) for fault in one.faults]
    assert (two.dropped, two.read.refused, two.read.files) == (
        one.dropped, one.read.refused, one.read.files
    )  # fmt: skip
    assert together.known == alone.known
    assert len(one.messages) > 120
    assert len(one.faults) > 8


def test_small_files_are_read_by_the_worker(tmp_path: Path) -> None:
    files = []
    for number in range(300):
        path = write_discord(tmp_path / f"{number}.json", [discord_message(number)])
        files.append((ExportFile(path.name, path), nothing_beside))
    readers: set[int] = set()

    def noted(function: Callable[[Any], Any], shards: Iterable[Any]) -> Iterator[Any]:
        for reader, result in mapped(partial(with_reader, function), shards):
            readers.add(reader)
            yield result

    with ready_map(2) as mapped:
        read = list(wholes.with_wholes(files, noted, kinds=frozenset({"EMAIL"})))
    assert [file for file, _, whole in read if whole and whole.look] == [file for file, _ in files]
    assert len(readers) == 2
