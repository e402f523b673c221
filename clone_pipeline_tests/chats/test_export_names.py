import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clone_pipeline.chats.export_files import ExportFile, found_in
from clone_pipeline.chats.export_names import natural, readable, unique
from clone_pipeline.settings import Fault
from clone_pipeline_tests.chats.test_export_files import zipped


@pytest.fixture
def chats(tmp_path: Path) -> Path:
    (tmp_path / "chats").mkdir()
    return tmp_path / "chats"


def found(folder: Path) -> tuple[list[ExportFile], list[Fault]]:
    with found_in(folder, private=folder.parent / "private") as there:
        return there.files, there.faults


def write(folder: Path, name: bytes, text: bytes) -> None:
    path = os.path.join(os.fsencode(folder), name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(text)


def test_names_that_are_no_utf8_are_shown_apart_and_their_files_are_read(chats: Path) -> None:
    for name in (b"caf\xe9.json", b"caf\xe8.json", "caf\ufffd.json".encode()):
        write(chats, name, name)
    files, faults = found(chats)
    assert [each.name for each in files] == [
        "caf\ufffd.json", "caf\ufffd.json~2", "caf\ufffd.json~3"
    ]  # fmt: skip
    texts = [each.path.read_bytes() for each in files]
    assert texts == ["caf\ufffd.json".encode(), b"caf\xe8.json", b"caf\xe9.json"]
    assert not faults


def test_two_folders_whose_names_look_alike_keep_their_files_apart(chats: Path) -> None:
    for folder in (b"\xe8", b"\xe9"):
        write(chats, folder + b"/day/1.json", b"[]")
        write(chats, folder + b"/users.json", folder)
    with found_in(chats, private=chats.parent / "private") as there:
        days = [each for each in there.besides() if each[0].name.endswith("1.json")]
        users = [beside("../users.json") for _, beside in days]
    assert [path and path.read_bytes() for path in users] == [b"\xe8", b"\xe9"]


def test_two_zips_whose_names_look_alike_keep_their_members_apart(chats: Path) -> None:
    for name in (b"\xe8.zip", b"\xe9.zip"):
        write(chats, name, zipped(chats.parent / "z", {"a.json": b"[]"}).read_bytes())
    assert [each.name for each in found(chats)[0]] == [
        "\ufffd.zip/a.json", "\ufffd.zip~2/a.json"
    ]  # fmt: skip


def test_control_characters_reach_neither_names_nor_faults(chats: Path) -> None:
    bad = "\x1b]0;x\x07\nb"
    zipped(chats / "a.zip", {f"{bad}.json": b"[]", f"../{bad}.json": b"", f"{bad}.zip": b""})
    (chats / f"{bad}.json").write_text("[]")
    (chats / f"{bad}-link").symlink_to("nowhere")
    files, faults = found(chats)
    assert len(files) == 2
    assert len(faults) == 3
    said = "".join([*(each.name for each in files), *map(str, faults)])
    assert said.isprintable()
    assert "\ufffd]0;x\ufffd\ufffdb" in said


@given(name=st.text(st.characters(exclude_categories=[])))
def test_a_readable_name_is_utf8_on_one_line(name: str) -> None:
    shown = readable(name)
    assert len(shown.encode().splitlines()) <= 1
    assert len(shown.splitlines()) <= 1
    assert readable(shown) == shown


@given(st.lists(st.sampled_from(["a", "a~2", "a~3", "a~2~2", "b"])))
def test_numbered_names_are_never_equal(names: list[str]) -> None:
    taken: set[str] = set()
    assert len({unique(each, taken) for each in names}) == len(names)


@given(st.integers(0), st.integers(0))
def test_parts_are_sorted_by_their_numbers(one: int, other: int) -> None:
    keys = natural(f"a [part {one}].json"), natural(f"a [part {other:03}].json")
    assert (keys[0] < keys[1]) is (one < other)


def test_a_number_of_any_length_is_sorted(chats: Path) -> None:
    zipped(chats / "a.zip", {"9" * 5000 + ".json": b"[]", "8.json": b"[]"})
    assert found(chats)[0][0].name == "a.zip/8.json"


def test_a_member_without_a_name_does_not_end_the_reading(chats: Path) -> None:
    with zipfile.ZipFile(chats / "a.zip", "w") as archive:
        archive.writestr("x", b"[]")
        archive.writestr("b.json", b"[]")
        archive.filelist[0].filename = ""
    assert [each.name for each in found(chats)[0]] == ["a.zip/b.json"]


def test_a_colon_in_a_members_name_is_a_name_like_others(chats: Path) -> None:
    members = ["WhatsApp Chat: Ben.json", "2024-01-01 12:30.txt", "a/b: c.json"]
    zipped(chats / "a.zip", dict.fromkeys(members, b"[]"))
    files, faults = found(chats)
    assert {each.name for each in files} == {f"a.zip/{name}" for name in members}
    assert not faults
