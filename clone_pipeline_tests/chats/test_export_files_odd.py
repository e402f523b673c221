import os
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from clone_pipeline.chats.export_files import ExportFile, found_in
from clone_pipeline_tests.chats.test_export_files import zipped


@pytest.fixture
def chats(tmp_path: Path) -> Path:
    (tmp_path / "chats").mkdir()
    return tmp_path / "chats"


def found(folder: Path) -> tuple[list[str], dict[str, str]]:
    with found_in(folder, private=folder.parent / "private") as there:
        faults = {each.where: each.found for each in there.faults}
        assert len(faults) == len(there.faults)
        return [each.name for each in there.files], faults


def test_links_that_lead_nowhere_are_told(chats: Path) -> None:
    (chats / "loop").symlink_to("loop")
    (chats / "a.json").symlink_to("b.json")
    (chats / "b.json").symlink_to("a.json")
    (chats / "gone.json").symlink_to(chats / "nothing.json")
    (chats / "ok.json").write_text("[]")
    (chats / "all").symlink_to(chats)
    names, faults = found(chats)
    assert names == ["ok.json"]
    nowhere = "a symbolic link that leads nowhere"
    assert faults == dict.fromkeys(["a.json", "b.json", "gone.json", "loop"], nowhere)


def test_a_folder_of_exports_that_is_a_loop_or_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "chats").symlink_to("chats")
    (tmp_path / "file").write_text("x")
    assert set(found(tmp_path / "chats")[1]) == {"chats"}
    assert set(found(tmp_path / "file")[1]) == {"file"}
    assert found(tmp_path / "missing") == ([], {})


def test_pipes_sockets_and_devices_are_told_and_not_opened(
    chats: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(chats / "pipe.json")
    monkeypatch.chdir(chats)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.json")
        names, faults = found(chats)
    assert not names
    assert set(faults) == {"pipe.json", "socket.json"}


def test_a_folder_that_can_not_be_read_is_told(
    chats: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (chats / "a" / "locked").mkdir(parents=True)
    (chats / "a" / "x.json").write_text("[]")
    real = os.listdir

    def listed(path: Any) -> list[str]:
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "listdir", listed)
    names, faults = found(chats)
    assert names == ["a/x.json"]
    assert faults == {"a/locked": "a folder that can't be opened (Permission denied)"}


def test_a_very_deep_folder_does_not_end_the_reading(chats: Path) -> None:
    try:
        here = os.open(chats, os.O_RDONLY)
        for _ in range(1200):
            os.mkdir("d", dir_fd=here)
            below = os.open("d", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = below
        os.close(os.open("x.json", os.O_CREAT | os.O_WRONLY, dir_fd=here))
        os.close(here)
        names, faults = found(chats)
    finally:  # pytest can't
        subprocess.run(["rm", "-r", chats], check=True)
    assert names == ["d/" * 1200 + "x.json"]
    assert not faults


@pytest.mark.parametrize(
    ("names", "read"),
    [
        (["my_Files/a.json"], ["my_Files/a.json"]),
        (["b.html", "b_Files/a.json"], ["b.html"]),
        (["c.json_Files/a.json", "c.json"], ["c.json"]),
        (["_Files/a.json"], ["_Files/a.json"]),
    ],
)
def test_a_folder_of_media_is_one_beside_its_export(
    chats: Path, names: list[str], read: list[str]
) -> None:
    for name in names:
        (chats / name).parent.mkdir(exist_ok=True)
        (chats / name).write_text("[]")
    assert found(chats) == (read, {})


def test_what_is_passed_over_in_a_zip_is_told_once(chats: Path) -> None:
    members = ["a.txt.gz", "b.eml", "irclog", "ok.json", "inner.zip", "pic.png", "chat.db-shm"]
    zipped(chats / "a.zip", dict.fromkeys(members, b"[]"))
    names, faults = found(chats)
    assert names == ["a.zip/ok.json"]
    assert faults == {
        "a.zip": "3 of kinds that are not read in zips (.gz, .eml, no ending)",
        "a.zip/inner.zip": "a zip file in a zip file",
    }


def test_the_log_of_a_database_lies_beside_it_in_a_zip_too(chats: Path) -> None:
    zipped(chats / "a.zip", {"Messages/chat.db": b"base", "Messages/chat.db-wal": b"log"})
    with found_in(chats, private=chats.parent / "private") as there:
        [(file, beside)] = there.besides()
        log = beside("chat.db-wal")
        assert file.name == "a.zip/Messages/chat.db"
        assert log is not None
        assert log.read_bytes() == b"log"
        assert not there.faults


@pytest.mark.parametrize("mark", ["[Content_Types].xml", "mimetype"])
def test_a_document_that_is_a_zip_is_one_fault(chats: Path, mark: str) -> None:
    zipped(chats / "a.docx", {"word/document.xml": b"<a/>", mark: b"x", "b.xml": b"<a/>"})
    assert found(chats) == ([], {"a.docx": "a document, no chat export"})


def test_a_member_is_found_beside_another_however_its_name_is_written(chats: Path) -> None:
    zipped(chats / "a.zip", {"./a//b/1.json": b"[]", "a/./users.json": b"{}"})
    with found_in(chats, private=chats.parent / "private") as there:
        day, beside = next(there.besides())
        assert day.name == "a.zip/a/b/1.json"
        assert beside("../users.json") is not None


def test_a_file_that_vanished_has_no_size(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"123")
    assert ExportFile("a", tmp_path / "a").size() == 3
    assert ExportFile("b", tmp_path / "b").size() == 0
