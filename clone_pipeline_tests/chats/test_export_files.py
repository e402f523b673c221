import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clone_pipeline.chats import archives
from clone_pipeline.chats.export_files import found_in


def names(folder: Path, private: Path) -> list[str]:
    with found_in(folder, private=private) as found:
        return [each.name for each in found.files]


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def chats(tmp_path: Path) -> Path:
    (tmp_path / "chats").mkdir()
    return tmp_path / "chats"


@pytest.fixture
def private(tmp_path: Path) -> Path:
    return tmp_path / "private"


def test_hidden_files_and_media_are_not_exports(chats: Path, private: Path) -> None:
    for name in (".DS_Store", ".git/x.json", "a.json_Files/a.json", "b.txt", "pic.JPG"):
        (chats / name).parent.mkdir(exist_ok=True)
        (chats / name).write_text("x")
    with found_in(chats, private=private) as found:
        assert [each.name for each in found.files] == ["b.txt"]
        assert found.media == 1


def test_parts_come_in_the_order_of_their_numbers(chats: Path, private: Path) -> None:
    for name in ("a [part 10].json", "a.json", "a [part 2].json"):
        (chats / name).write_text("{}")
    assert names(chats, private) == ["a.json", "a [part 2].json", "a [part 10].json"]


def test_the_members_of_a_zip_are_files_for_as_long_as_they_are_read(
    chats: Path, private: Path
) -> None:
    zipped(chats / "s.zip", {"general/1.json": b"[]", "users.json": b"{}", "pic.png": b"x"})
    with found_in(chats, private=private) as found:
        assert [each.name for each in found.files] == ["s.zip/general/1.json", "s.zip/users.json"]
        day, beside = next(found.besides())
        users = beside("../users.json")
        assert day.path.read_bytes() == b"[]"
        assert users is not None
        assert users.read_bytes() == b"{}"
        assert beside("../none.json") is None
        assert beside("../../../../etc/passwd") is None
    assert not any(private.rglob("*.json"))


@pytest.mark.parametrize(
    "name", ["../x.json", "a/../../x.json", "/etc/x.json", "C:/x.json", "..\\x.json"]
)
def test_a_name_that_leads_out_of_a_zip_is_refused_and_the_others_are_read(
    chats: Path, private: Path, name: str
) -> None:
    zipped(chats / "s.zip", {name: b"[]", "ok.json": b"[]"})
    with found_in(chats, private=private) as found:
        assert [each.name for each in found.files] == ["s.zip/ok.json"]
        assert "leads out" in found.faults[0].found
    assert not (chats.parent / "x.json").exists()


def test_a_bomb_is_refused_and_the_others_are_read(
    chats: Path, private: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "FREE_BYTES", 1 << 20)
    zipped(chats / "s.zip", {"bomb.txt": bytes(4 << 20), "ok.json": b"[]"})
    with found_in(chats, private=private) as found:
        assert [each.name for each in found.files] == ["s.zip/ok.json"]
        assert "unpacks to more than 200 times" in found.faults[0].found


def test_a_bomb_that_lies_about_its_size_is_refused(
    chats: Path, private: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "FREE_BYTES", 1 << 20)
    path = zipped(chats / "s.zip", {"bomb.txt": bytes(4 << 20)})
    raw = path.read_bytes()
    path.write_bytes(raw.replace((4 << 20).to_bytes(4, "little"), (9).to_bytes(4, "little")))
    with found_in(chats, private=private) as found:
        assert not found.files
        assert found.faults


def test_broken_and_locked_zips_are_told(chats: Path, private: Path) -> None:
    whole = zipped(chats / "a.zip", {"x.json": b"[1, 2, 3]" * 99}).read_bytes()
    (chats / "a.zip").write_bytes(whole[:-30])
    (chats / "b.zip").write_bytes(b"PK\3\4")
    locked = bytearray(zipped(chats / "c.zip", {"x.json": b"[]"}).read_bytes())
    locked[locked.index(b"PK\1\2") + 8] |= 1
    locked[6] |= 1
    (chats / "c.zip").write_bytes(bytes(locked))
    zipped(chats / "d.zip", {"pic.png": b"x"})
    with found_in(chats, private=private) as found:
        assert not found.files
        assert [each.where for each in found.faults] == ["a.zip", "b.zip", "c.zip/x.json", "d.zip"]


def test_a_link_out_of_the_folder_is_not_followed(chats: Path, private: Path) -> None:
    outside = chats.parent / "secret.txt"
    outside.write_text("x")
    (chats / "link.txt").symlink_to(outside)
    (chats / "folder").symlink_to(chats.parent)
    (chats / "inside.txt").write_text("x")
    (chats / "alias.txt").symlink_to(chats / "inside.txt")
    with found_in(chats, private=private) as found:
        assert [each.name for each in found.files] == ["alias.txt", "inside.txt"]
        assert sorted(each.where for each in found.faults) == ["folder", "link.txt"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_told(chats: Path, private: Path) -> None:
    (chats / "a.txt").write_text("x")
    (chats / "a.txt").chmod(0)
    with found_in(chats, private=private) as found:
        assert [each.where for each in found.faults] == ["a.txt"]


@settings(max_examples=40, deadline=None)
@given(raw=st.binary(max_size=400), cut=st.integers(0, 400))
def test_no_bytes_end_the_unpacking(
    raw: bytes, cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("zips")
    whole = zipped(folder / "a.zip", {"x.json": b"[]" * 50, "y.txt": b"hello"}).read_bytes()
    (folder / "a.zip").write_bytes(whole[:cut] + raw + whole[cut + len(raw) :])
    names(folder, folder.parent / "private")
