import errno
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections import namedtuple
from pathlib import Path

import pytest

from clone_pipeline.chats import archives
from clone_pipeline.chats.export_files import found_in
from clone_pipeline.settings import Fault
from clone_pipeline_tests.chats.test_export_files import zipped

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def chats(tmp_path: Path) -> Path:
    (tmp_path / "chats").mkdir()
    return tmp_path / "chats"


def found(folder: Path) -> tuple[list[str], list[Fault]]:
    with found_in(folder, private=folder.parent / "private") as there:
        return [each.name for each in there.files], there.faults


def free(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(size, 0, size))


def test_two_runs_at_once_do_not_touch_each_others_files(chats: Path) -> None:
    zipped(chats / "a.zip", {"x.json": b"[1]"})
    private = chats.parent / "private"
    with found_in(chats, private=private) as one:
        with found_in(chats, private=private) as two:
            assert one.files[0].path != two.files[0].path
        assert one.files[0].path.read_bytes() == b"[1]"
        assert not two.files[0].path.exists()
    assert not [path for path in private.rglob("*") if path.is_file()]


def test_what_an_ended_process_left_is_removed_and_a_running_ones_is_not(chats: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    unpacked = chats.parent / "private" / "unpacked"
    kept = f"{os.getppid()}-theirs"
    left = [f"{ended.pid}-left", f"{os.getpid()}-of-one-with-our-number", "tmpx", f"{'9' * 40}-x"]
    for name in (kept, *left):
        (unpacked / name).mkdir(parents=True)
        (unpacked / name / "secret.txt").write_text("x")
    found(chats)
    assert [path.name for path in unpacked.iterdir()] == [kept]


def test_only_the_owner_may_read_what_is_unpacked(chats: Path) -> None:
    zipped(chats / "a.zip", {"x.json": b"[1]"})
    with found_in(chats, private=chats.parent / "private") as there:
        folder = there.files[0].path.parent
        assert [each.stat().st_mode & 0o77 for each in (folder, *folder.parents[:2])] == [0, 0, 0]


def test_all_zips_of_a_run_together_leave_half_of_the_disk_free(
    chats: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free(monkeypatch, 10_000)
    for name in ("a.zip", "b.zip", "c.zip"):
        zipped(chats / name, {f"{number}.txt": os.urandom(1000) for number in range(3)})
    names, faults = found(chats)
    assert names == ["a.zip/0.txt", "a.zip/1.txt", "a.zip/2.txt", "b.zip/0.txt", "b.zip/1.txt"]
    assert [each.where for each in faults] == ["b.zip", "c.zip"]
    assert all("Make room" in each.fix for each in faults)


def test_a_bomb_of_many_small_members_is_refused_as_a_whole(
    chats: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "FREE_BYTES", 1 << 20)
    zipped(chats / "a.zip", {f"{number}.txt": bytes(900_000) for number in range(20)})
    zipped(chats / "b.zip", {"x.json": b"[]"})
    names, faults = found(chats)
    assert names == [*(f"a.zip/{number}.txt" for number in range(4)), "b.zip/x.json"]
    assert [each.where for each in faults] == ["a.zip"]
    assert "unpacks to more than 200 times its size" in faults[0].found


def test_a_full_disk_is_not_told_as_a_broken_zip(
    chats: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    zipped(chats / "a.zip", {"x.json": b"[]", "y.json": b"[]"})
    monkeypatch.setattr(archives, "_copy", full)
    _, [fault] = found(chats)
    assert fault.where == "a.zip"
    assert "Make room" in fault.fix


def test_a_disk_that_takes_no_folder_is_told(chats: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    zipped(chats / "a.zip", {"x.json": b"[]"})
    (chats / "b.json").write_text("[]")
    monkeypatch.setattr(tempfile, "mkdtemp", full)
    names, [fault] = found(chats)
    assert names == ["b.json"]
    assert "No space left" in fault.found


@pytest.mark.parametrize("packing", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, zipfile.ZIP_DEFLATED])
def test_a_broken_member_of_any_packing_leaves_the_others_readable(
    chats: Path, packing: int
) -> None:
    with zipfile.ZipFile(chats / "a.zip", "w", packing) as archive:
        archive.writestr("a.json", " ".join(map(str, range(300))))
        archive.writestr("b.json", "[]")
    whole = (chats / "a.zip").read_bytes()
    start = whole.index(b"a.json") + 6
    told = 0
    for flipped in range(start, start + 40):
        raw = bytearray(whole)
        raw[flipped] ^= 0xFF
        (chats / "a.zip").write_bytes(raw)
        names, faults = found(chats)
        assert names[-1] == "a.zip/b.json"
        assert len(names) + len(faults) == 2
        told += any("broken member" in each.found for each in faults)
    assert told > 30


def test_bzip2_is_unpacked_without_all_of_it_in_memory(
    chats: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces = []
    real = zipfile.ZipExtFile._read2  # type: ignore[attr-defined]

    def read(self: zipfile.ZipExtFile, size: int) -> bytes:
        pieces.append(real(self, size))
        return bytes(pieces[-1])

    monkeypatch.setattr(zipfile.ZipExtFile, "_read2", read)
    with zipfile.ZipFile(chats / "a.zip", "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a.txt", os.urandom(50_000))
    assert found(chats)[0] == ["a.zip/a.txt"]
    assert max(map(len, pieces)) == 4096
